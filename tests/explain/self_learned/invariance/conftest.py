"""A small model and a pool of unlabelled graphs."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN

D = torch.double


@pytest.fixture
def model() -> SiameseGNN:
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()


@pytest.fixture
def pool() -> list[Data]:
    return [random_graph(5 + k % 4, 20 + k, D) for k in range(12)]
