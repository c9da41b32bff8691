import torch
from torch_geometric.explain import Explainer, GraphMaskExplainer
from torch_geometric.nn import GCN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GCN(3, 8, 2, 1)

    def forward(self, x, edge_index):
        return global_add_pool(self.gnn(x, edge_index), None)


torch.manual_seed(0)
x, edge_index = torch.randn(3, 3), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
model = Model().eval()
before = model(x, edge_index)
config = dict(mode="regression", task_level="graph", return_type="raw")
algorithm = GraphMaskExplainer(2, epochs=1, log=False)
explainer = Explainer(model, algorithm, "model", config, edge_mask_type="object")
explanation = explainer(x, edge_index)
assert all(p.requires_grad for p in model.parameters()), "the model can not be trained any more"
torch.testing.assert_close(model(x, edge_index), before)
