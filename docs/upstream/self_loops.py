import torch
from torch_geometric.explain import CaptumExplainer, Explainer
from torch_geometric.nn import GCNConv, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = GCNConv(3, 1, bias=False)

    def forward(self, x, edge_index):
        return global_add_pool(self.conv(x, edge_index), None)


def edge_importance(edge_index):
    config = dict(mode="regression", task_level="graph", return_type="raw")
    algorithm = CaptumExplainer("InputXGradient")
    explainer = Explainer(model, algorithm, "model", config, edge_mask_type="object")
    mask = explainer(x, edge_index).edge_mask
    return {
        tuple(edge): float(value) for edge, value in zip(edge_index.T.tolist(), mask, strict=True)
    }


torch.manual_seed(0)
model, x = Model(), torch.randn(3, 3)
edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
loops = torch.arange(3).repeat(2, 1)
loops_first = torch.cat([loops, edges], dim=1)  # the same graph,
loops_last = torch.cat([edges, loops], dim=1)  # its columns in another order
torch.testing.assert_close(model(x, loops_first), model(x, loops_last))
first, last = edge_importance(loops_first), edge_importance(loops_last)
assert all(abs(first[edge] - last[edge]) < 1e-5 for edge in last), (first, last)
