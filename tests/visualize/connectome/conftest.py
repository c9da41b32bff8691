"""Explained connectomes made by hand, and readers of the pictures."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from matplotlib.figure import Figure
from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation

PLACES = torch.tensor(
    [[-40, 30, 20], [-30, -60, 30], [40, 30, 20], [30, -60, 30], [-5, 0, 50], [5, -90, 0]]
)
NETWORKS = ["front", "back", "front", "back", "middle", "back"]
EDGES = torch.tensor([[0, 0, 1, 2, 4], [1, 2, 3, 3, 5]])


def _brain(edges: Any = None, nodes: Any = None, **rest: Any) -> Explanation:
    """Six regions and five undirected edges; ``edges`` holds a value for each."""
    both = torch.cat([EDGES, EDGES.flip(0)], dim=1)
    given = {"pos": PLACES.float(), "networks": list(NETWORKS), "roi_names": list("ABCDEF")}
    graph = Explanation(x=torch.ones(6, 2), edge_index=both, **{**given, **rest})
    for name in [name for name, value in rest.items() if value is None]:
        del graph[name]
    if edges is not None:
        graph.edge_mask = torch.tensor(edges, dtype=torch.float).repeat(2)
    if nodes is not None:
        graph.node_mask = torch.tensor(nodes, dtype=torch.float).view(-1, 1)
    return graph


@pytest.fixture
def brain() -> Callable[..., Explanation]:
    return _brain


@pytest.fixture(scope="session")
def brains() -> PairExplanation:
    """Signed edges on both sides; not to be changed."""
    sides = _brain([1.0, -2.0, 0.5, 0.0, 0.25]), _brain([0.1, 0.2, 0.3, 0.4, 0.5])
    return PairExplanation(*sides, prediction=0.8125, algorithm="Occlusion")


def _texts(figure: Figure) -> list[str]:
    """All texts of a figure, its axes and legends."""
    legends = [text for legend in figure.legends for text in legend.get_texts()]
    titles = [legend.get_title() for legend in figure.legends]
    inside = [text for axes in figure.axes for text in axes.texts]
    return [text.get_text() for text in (*figure.texts, *legends, *titles, *inside)]


@pytest.fixture
def texts() -> Callable[[Figure], list[str]]:
    return _texts
