import torch
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import GIN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GIN(3, 8, 2, 1)

    def forward(self, x, edge_index, batch=None):
        return global_add_pool(self.gnn(x, edge_index), batch)


class ConstantStart(GNNExplainer):
    """Without the random start, which alone would make two runs differ."""

    def _initialize_masks(self, x, edge_index):
        super()._initialize_masks(x, edge_index)
        self.edge_mask.data.zero_()


def explain(graph, **kwargs):
    config = dict(mode="regression", task_level="graph", return_type="raw")
    algorithm = ConstantStart(epochs=30, lr=0.1)
    explainer = Explainer(model, algorithm, "model", config, edge_mask_type="object")
    return explainer(graph.x, graph.edge_index, **kwargs).edge_mask


torch.manual_seed(0)
path = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
graphs = [Data(x=torch.randn(3, 3), edge_index=path) for _ in range(32)]
model, batch = Model().eval(), Batch.from_data_list(graphs)
together = explain(batch, batch=batch.batch)
alone = torch.cat([explain(graph) for graph in graphs])
gap = (together - alone).abs().max()
assert gap < 1e-3, f"masks in a batch differ by up to {gap:.2f} from those one by one"
