import torch
from torch_geometric.explain import CaptumExplainer, Explainer, GNNExplainer
from torch_geometric.nn import GIN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GIN(3, 8, 2, 1)

    def forward(self, x, edge_index):
        return global_add_pool(self.gnn(x, edge_index), None)


def explain(model, algorithm):
    config = dict(mode="regression", task_level="graph", return_type="raw")
    explainer = Explainer(model, algorithm, "model", config, edge_mask_type="object")
    return explainer(x, edge_index).edge_mask


torch.manual_seed(0)
x, edge_index = torch.randn(3, 3), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
model = Model()
before = explain(model, CaptumExplainer("Saliency"))
explain(model, GNNExplainer(epochs=1))
assert "_edge_mask" not in model.gnn.convs[0]._parameters  # fails: it is there, as None
after = explain(model, CaptumExplainer("Saliency"))  # and this raises RuntimeError
assert torch.equal(before, after)
