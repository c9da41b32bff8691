from torch_geometric.explain import GraphMaskExplainer, PGExplainer

first = PGExplainer(epochs=1)
PGExplainer(epochs=1, edge_size=123.0)
assert first.coeffs["edge_size"] == 0.05, first.coeffs
assert PGExplainer(epochs=1).coeffs["edge_size"] == 0.05
GraphMaskExplainer(2, node_feat_size=123.0)
assert GraphMaskExplainer(2).coeffs["node_feat_size"] == 1.0
