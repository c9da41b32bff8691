"""Factors of six small graphs."""

import pytest
from explain.relevance.direct import SIZES
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import GIN

from pyg_siamex.explain.algorithm.bilrp import BiLRP


@pytest.fixture
def model():
    return siamese(GIN(5, 8, 2))


@pytest.fixture
def factors(model):
    graphs = [random_graph(k, n, 2 * n - 2) for k, n in enumerate(SIZES)]
    return BiLRP().factors(model, graphs, "edges")
