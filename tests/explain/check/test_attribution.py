"""Attributions that are not what was requested are refused by name."""

from dataclasses import replace

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.check.attribution import Observed
from pyg_siamex.explain.check.outcome import CheckError

GRAPHS = random_graph(5, 1), random_graph(6, 2)


class Changed(Occlusion):
    """Occlusion, with something else in its result."""

    def __init__(self, change):
        super().__init__()
        self.change = change

    def attribute(self, problem):
        return self.change(super().attribute(problem))


def explain(change):
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    explainer = PairExplainer(model, Observed(Changed(change)), edge_mask_type="object")
    return explainer(*GRAPHS)


def masks(**changed):
    return lambda found: replace(found, query=replace(found.query, **changed))


def test_what_was_requested_passes_unchanged():
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    plain, seen = (
        PairExplainer(model, algorithm, edge_mask_type="object")(*GRAPHS)
        for algorithm in (Occlusion(), Observed(Occlusion()))
    )
    assert torch.equal(plain.query.edge_mask, seen.query.edge_mask)
    assert Observed(Occlusion()).name == Occlusion().name


@pytest.mark.parametrize(
    ("change", "message", "check"),
    [
        (lambda found: None, "returned a NoneType", "shapes"),
        (lambda found: replace(found, query=torch.ones(3)), "query is a Tensor", "shapes"),
        (masks(edge=None), "the query has none for 'edge'", "shapes"),
        (masks(node=torch.ones(5, 1)), "the query has one for 'node'", "shapes"),
        (masks(edge=torch.ones(3)), r"query.edge is \[3\]", "shapes"),
        (masks(edge=torch.ones(GRAPHS[0].num_edges).long()), "torch.int64", "floating"),
        (lambda found: replace(found, terms=[{}, {}]), "terms has 2 entries for 1", "shapes"),
        (
            lambda found: replace(found, relevance=[torch.ones(2, 2)]),
            r"relevance of pair 0",
            "shapes",
        ),
    ],
)
def test_what_was_not_is_named(change, message, check):
    with pytest.raises(CheckError, match=message) as caught:
        explain(change)
    assert caught.value.check == check
