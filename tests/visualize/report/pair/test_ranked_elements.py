import pytest
import torch
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.metric.trust import side_ranks
from pyg_siamex.visualize.report.pair.ranked_elements import (
    RankedElements,
    edge_ends,
    ranked_elements,
)
from pyg_siamex.visualize.report.pair.subject import subject_of


def test_edges_are_unordered_where_the_graph_is(bonds):
    found = ranked_elements(bonds, subject_of(bonds), 0)
    assert found.noun == "bond" and len(found.ends) == 13
    assert all(u < v for u, v in found.ends)
    index = bonds.query.edge_index.T.tolist()
    for ends, value in zip(found.ends, found.values, strict=True):
        both = [float(bonds.query.edge_mask[index.index(list(e))]) for e in (ends, ends[::-1])]
        assert value == max(both, key=abs)


def test_directed_edges_stay_directed():
    graph = Explanation(
        x=torch.ones(3, 1),
        edge_index=torch.tensor([[2, 1, 1], [0, 1, 0]]),
        edge_mask=torch.tensor([0.1, 9.0, 0.3]),
    )
    explanation = PairExplanation(graph, graph, prediction=0.0)
    found = ranked_elements(explanation, subject_of(explanation), 0)
    assert found.ends == edge_ends(graph) == [(2, 0), (1, 0)]
    assert found.order == [1, 0]


def test_ranks_are_those_of_the_measures(bonds, rows):
    for explanation in (bonds, rows):
        found = ranked_elements(explanation, subject_of(explanation), 1)
        assert found.ranks == side_ranks(explanation, "reference").tolist()


def test_nodes_outlive_their_last_edge():
    elements = RankedElements("edge", [(0, 1), (1, 2)], [0.2, 0.9], [1, 0])
    assert elements.node_ranks(4) == [1, 0, 0, 2]


def test_a_side_without_masks_has_its_sums_of_relevance(alike):
    graphs = [g.clone() for g in (alike.query, alike.reference)]
    for graph in graphs:
        del graph.node_mask
    bare = PairExplanation(*graphs, prediction=0.5, relevance=alike.relevance)
    found = ranked_elements(bare, subject_of(bare), 0)
    sums = alike.relevance.sum(1).abs()
    assert found.explained and found.order[0] == int(sums.argmax())
    nothing = PairExplanation(alike.query, graphs[1], prediction=0.5)
    assert not ranked_elements(nothing, subject_of(nothing), 1).explained


def row(names, width=3):
    return Explanation(
        x=torch.ones(1, width),
        edge_index=torch.empty(2, 0, dtype=torch.long),
        node_mask=torch.rand(1, width),
        **({} if names is None else {"feature_names": names}),
    )


@pytest.mark.parametrize(
    "other", [row(list("abd")), row(None, 5), row([torch.inf, "b", "c"])], ids=["b", "5", "inf"]
)
def test_features_that_differ_between_both_sides_are_on_no_page(other):
    explanation = PairExplanation(row(list("abc")), other, prediction=0.0)
    with pytest.raises(ValueError, match="the query has importances of 3 features, and a page of"):
        ranked_elements(explanation, subject_of(explanation), 0)
