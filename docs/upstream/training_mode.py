import torch
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import GCN, global_add_pool


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gnn = GCN(3, 8, 2, 1, norm="batch_norm")

    def forward(self, x, edge_index):
        return global_add_pool(self.gnn(x, edge_index), None)


torch.manual_seed(0)
x, edge_index = torch.randn(3, 3), torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
model = Model().train()
model.gnn.norms.eval()  # fine-tuning with frozen batch statistics
config = dict(mode="regression", task_level="graph", return_type="raw")
explainer = Explainer(model, GNNExplainer(epochs=1), "model", config, edge_mask_type="object")
explainer(x, edge_index)
assert not model.gnn.norms[0].training, "the frozen normalisation is training again"
