import torch
from torch_geometric.explain import CaptumExplainer, Explainer
from torch_geometric.nn import GCN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GCN(3, 8, 2, 1)

    def forward(self, x, edge_index, edge_weight=None, node_weight=None):
        if node_weight is not None:
            x = x * node_weight.view(-1, 1)
        return global_add_pool(self.gnn(x, edge_index, edge_weight), None)


torch.manual_seed(0)
x, edge_index = torch.randn(4, 3), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
weight = torch.tensor([1.0, 2.0, 3.0, 4.0])  # as many nodes as edges: nothing raises
model = Model().eval()
config = dict(mode="regression", task_level="graph", return_type="raw")
algorithm = CaptumExplainer("Saliency")
explainer = Explainer(model, algorithm, "model", config, node_mask_type="attributes")
found = explainer(x, edge_index, node_weight=weight).node_mask

x.requires_grad_()
model(x, edge_index, node_weight=weight).sum().backward()
torch.testing.assert_close(found, x.grad.abs())  # it is the gradient with edge_weight=weight
