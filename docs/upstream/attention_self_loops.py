import torch
from torch_geometric.explain import AttentionExplainer, Explainer
from torch_geometric.nn import GATConv


def attention(edge_index):
    config = dict(mode="regression", task_level="node", return_type="raw")
    explainer = Explainer(model, AttentionExplainer(), "model", config, edge_mask_type="object")
    mask = explainer(x, edge_index, index=torch.arange(3)).edge_mask
    return {
        tuple(edge): float(value) for edge, value in zip(edge_index.T.tolist(), mask, strict=True)
    }


torch.manual_seed(0)
model, x = GATConv(3, 1), torch.randn(3, 3)
edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
with_loop = torch.cat([torch.tensor([[1], [1]]), edges], dim=1)  # GATConv adds it anyway
torch.testing.assert_close(model(x, edges), model(x, with_loop))
plain, looped = attention(edges), attention(with_loop)
assert all(abs(plain[edge] - looped[edge]) < 1e-5 for edge in plain), (plain, looped)
