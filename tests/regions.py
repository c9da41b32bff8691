"""Small seeded graphs that share their regions."""

import torch
from torch import Tensor
from torch_geometric.data import Data

REGIONS = 6


def connectivity(seed: int, regions: int = REGIONS, dtype: torch.dtype = torch.double) -> Tensor:
    """A symmetric matrix of weights in [0, 1), about half of them 0, no region alone."""
    generator = torch.Generator().manual_seed(seed)
    upper = torch.rand(regions, regions, generator=generator, dtype=dtype)
    upper = upper * (torch.rand(regions, regions, generator=generator) < 0.5)
    ring = torch.eye(regions, dtype=dtype).roll(1, dims=1) * 0.3
    upper = torch.triu(upper + ring, diagonal=1)
    return upper + upper.T


def subject(seed: int, features: str = "identity", dtype: torch.dtype = torch.double) -> Data:
    """A connectome with one-hot or profile features and a label."""
    matrix = connectivity(seed, dtype=dtype)
    x = matrix if features == "profile" else torch.eye(REGIONS, dtype=dtype)
    edges = matrix.nonzero().T.contiguous()
    return Data(x=x, edge_index=edges, edge_weight=matrix[tuple(edges)], y=torch.tensor(seed % 2))
