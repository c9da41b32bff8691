import contextlib

import torch
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import GCN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GCN(3, 8, 2, 1)
        self.calls = 0

    def forward(self, x, edge_index):
        self.calls += 1
        if self.calls == 5:  # any error in the middle: out of memory, Ctrl-C, a bad batch
            raise RuntimeError("out of memory")
        return global_add_pool(self.gnn(x, edge_index), None)


torch.manual_seed(0)
x, edge_index = torch.randn(3, 3), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
model = Model().train()
expected, keys = model(x, edge_index), list(model.state_dict())
config = dict(mode="regression", task_level="graph", return_type="raw")
explainer = Explainer(model, GNNExplainer(), "model", config, edge_mask_type="object")
with contextlib.suppress(RuntimeError):
    explainer(x, edge_index)
assert model.training, "the model stays in evaluation mode"
assert list(model.state_dict()) == keys, "masks are in the state dict"
assert torch.equal(model(x, edge_index), expected), "every later prediction is masked"
