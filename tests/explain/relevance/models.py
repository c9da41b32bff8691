"""Small seeded graphs and models in float64."""

import torch
from torch import nn
from torch_geometric.data import Data

from pyg_siamex import SiameseGNN


def random_graph(
    seed: int, nodes: int = 6, edges: int = 10, features: int = 5, signed=True
) -> Data:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(nodes, features, generator=generator, dtype=torch.float64)
    index = torch.randint(0, nodes, (2, edges), generator=generator)
    attr = torch.rand(edges, 3, generator=generator, dtype=torch.float64)
    return Data(x=x if signed else x.abs(), edge_index=index, edge_attr=attr)


def siamese(encoder: nn.Module, pool="mean", similarity="cosine", seed=0, bias=True) -> SiameseGNN:
    """A model with every weight drawn anew, so that biases and running statistics matter."""
    generator = torch.Generator().manual_seed(seed)
    model = SiameseGNN(encoder, pool, similarity).double().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            vector = parameter.dim() == 1 and parameter.numel() > 1
            if vector or name.endswith("bias"):
                parameter.copy_(torch.randn(parameter.shape, generator=generator))
                if not bias and "norm" not in name:
                    parameter.zero_()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm1d):
                module.running_mean.copy_(torch.randn(module.num_features, generator=generator))
                module.running_var.copy_(torch.rand(module.num_features, generator=generator) + 0.5)
                if not bias:
                    module.running_mean.zero_()
                    module.bias.zero_()
    return model


class Residual(nn.Module):
    """A user's encoder: functional activations, a residual sum, dropout and a final linear map."""

    def __init__(
        self, conv, width: int = 5, out: int = 4, activation=torch.relu, bias=True
    ) -> None:
        super().__init__()
        self.first, self.second = conv(width), conv(width)
        self.activation = activation
        self.last = nn.Linear(width, out, bias=bias)

    def forward(self, x, edge_index):
        x = x + self.activation(self.first(x, edge_index))
        x = nn.functional.dropout(x, 0.5, self.training)
        x = x + self.activation(self.second(x, edge_index))
        return self.last(x)
