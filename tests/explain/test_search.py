from dataclasses import replace

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Data
from torch_geometric.edge_index import EdgeIndex
from torch_geometric.nn import GAT, GIN

from pyg_siamex import BiLRP, IntegratedJacobians, Occlusion, PairExplainer, contrast
from pyg_siamex.datasets import molecule
from pyg_siamex.explain.search import same_graph, search
from pyg_siamex.nn import Library


@pytest.fixture
def graphs():
    return [random_graph(k, 5 + k % 4) for k in range(12)]


@pytest.fixture
def model():
    return siamese(GIN(5, 8, 2))


def explainer_of(model, algorithm=None):
    return PairExplainer(model, algorithm or BiLRP(), node_mask_type="object")


def test_hits_are_the_nearest_each_with_its_explanation(model, graphs):
    library = Library.embed(model, graphs)
    found = search(library, graphs, graphs[2], 4, explainer=explainer_of(model))
    assert [hit.position for hit in found.hits] == library.nearest(2, 4).position
    assert [hit.rank for hit in found.hits] == [1, 2, 3, 4]
    for hit in found.hits:
        with torch.no_grad():
            similarity = float(model(graphs[2], graphs[hit.position]))
            probability = float(model.probability(graphs[2], graphs[hit.position]))
        assert hit.similarity == pytest.approx(similarity)
        assert hit.probability == pytest.approx(probability, rel=1e-4)
        assert hit.explanation.prediction == pytest.approx(similarity)
        alone = explainer_of(model)(graphs[2], graphs[hit.position])
        torch.testing.assert_close(hit.explanation.relevance, alone.relevance)


def test_the_query_is_no_hit_under_any_name(model, graphs):
    graphs[7] = graphs[2].clone()
    library = Library.embed(model, graphs, [f"g{k}" for k in range(12)])
    by_graph = search(library, graphs, graphs[2], 3, explainer=explainer_of(model))
    by_position = search(library, graphs, 2, 3, explainer=explainer_of(model))
    assert by_graph.excluded == by_position.excluded == ["g2", "g7"]
    assert [h.position for h in by_graph.hits] == [h.position for h in by_position.hits]
    assert not {2, 7} & {hit.position for hit in by_graph.hits}
    assert (by_graph.query_name, by_position.query_name) == ("query", "g2")
    with pytest.raises(ValueError, match="10 entries besides the query"):
        search(library, graphs, 2, 11, explainer=explainer_of(model))


def test_the_contrast_is_of_the_first_two_hits(model, graphs):
    library = Library.embed(model, graphs)
    found = search(library, graphs, 0, 3, explainer=explainer_of(model))
    first, second = (graphs[hit.position] for hit in found.hits[:2])
    expected = contrast(explainer_of(model), graphs[0], first, second)
    torch.testing.assert_close(found.contrast.node, expected.node)
    difference = found.hits[0].similarity - found.hits[1].similarity
    assert found.contrast.terms["difference"] == pytest.approx(difference)
    assert search(library, graphs, 0, 1, explainer=explainer_of(model)).contrast is None


def test_masks_explain_hits_and_relevance_contrasts_them(model, graphs):
    library = Library.embed(model, graphs)
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    found = search(library, graphs, 0, 3, explainer=explainer)
    assert all(hit.explanation.query.edge_mask is not None for hit in found.hits)
    assert found.contrast.preferred.algorithm == "BiLRP"


class Square(torch.nn.Module):
    """A layer that BiLRP has no rule for."""

    def forward(self, x):
        return x * x.cos()


def test_models_without_rules_are_contrasted_by_integrated_jacobians(graphs):
    model = siamese(GAT(5, 8, 2, act=Square()))
    with pytest.raises(ValueError):
        explainer_of(model)(graphs[0], graphs[1])
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
    found = search(Library.embed(model, graphs), graphs, 0, 2, explainer=explainer)
    assert found.contrast.preferred.algorithm == IntegratedJacobians().name


def test_only_the_first_hits_are_explained_and_only_hits_are_read(model, graphs):
    library = Library.embed(model, graphs)
    read = []

    class Lazy:
        def __getitem__(self, position):
            read.append(position)
            return graphs[position]

    found = search(library, Lazy(), graphs[2], 5, explainer=explainer_of(model), explained=2)
    assert [hit.explanation is not None for hit in found.hits] == [True, True, False, False, False]
    assert set(read) == {2, *(hit.position for hit in found.hits)}


def test_wrong_arguments_are_refused(model, graphs):
    library = Library.embed(model, graphs)
    other = explainer_of(siamese(GIN(5, 8, 2)))
    with pytest.raises(ValueError, match="one and the same model"):
        search(library, graphs, 0, 2, explainer=other)
    with pytest.raises(ValueError, match="explained must be at least 1"):
        search(library, graphs, 0, 2, explainer=explainer_of(model), explained=0)


def test_molecules_are_the_same_however_they_are_written():
    assert same_graph(molecule("OCC"), molecule("CCO"))
    assert not same_graph(molecule("OCC"), molecule("CCN"))
    assert not same_graph(molecule("C[C@H](N)O"), molecule("C[C@@H](N)O"))


def test_other_graphs_are_the_same_if_features_and_edges_are():
    graph = random_graph(0)
    other = graph.clone()
    assert same_graph(graph, other)
    other.edge_attr = None
    assert not same_graph(graph, other)
    other.edge_attr, other.x = graph.edge_attr, graph.x[:-1]
    assert not same_graph(graph, other)


def test_near_duplicates_are_folded_and_hits_move_up(model, graphs):
    library = Library.embed(model, graphs)
    nearest = library.nearest(2, 6).position
    key = {p: "near" for p in (2, nearest[0], nearest[2])}
    number = {id(graph): k for k, graph in enumerate(graphs)}
    found = search(
        library,
        graphs,
        2,
        3,
        explainer=explainer_of(model),
        duplicate=lambda graph: key.get(number[id(graph)], number[id(graph)]),
    )
    assert [hit.position for hit in found.folded] == [nearest[0], nearest[2]]
    assert [hit.position for hit in found.hits] == [nearest[1], nearest[3], nearest[4]]
    assert all(hit.explanation is None for hit in found.folded)


def test_near_duplicates_of_a_hit_are_its_twins(model, graphs):
    library = Library.embed(model, graphs, [f"g{k}" for k in range(12)])
    nearest = library.nearest(2, 11).position
    number = {id(graph): k for k, graph in enumerate(graphs)}
    same = {nearest[k]: nearest[0] for k in (2, 3)} | {nearest[5]: nearest[4]}

    def key(graph):
        own = number[id(graph)]
        return same.get(own, own)

    found = search(library, graphs, 2, 4, explainer=explainer_of(model), duplicate=key)
    assert [hit.position for hit in found.hits] == [nearest[k] for k in (0, 1, 4, 6)]
    twins = {hit.position: hit.twins for hit in found.hits}
    assert twins[nearest[0]] == (f"g{nearest[2]}", f"g{nearest[3]}")
    assert twins[nearest[4]] == (f"g{nearest[5]}",) and twins[nearest[1]] == ()
    assert list(found.to_frame()["near_duplicates"])[1] == ""
    few = search(library, graphs, 2, 11, explainer=explainer_of(model), duplicate=key)
    assert len(few.hits) == 8 and not few.folded, "all others are twins"


def test_hits_are_chosen_among_ten_times_as_many(model, graphs):
    library = Library.embed(model, graphs)
    asked = []

    def last(some, k):
        asked.append((len(some), k))
        return list(range(len(some) - k, len(some)))

    found = search(library, graphs, 2, 3, explainer=explainer_of(model), choose=last)
    assert asked == [(11, 3)] and found.diverse
    assert [hit.position for hit in found.hits] == library.nearest(2, 11).position[-3:]
    assert [hit.rank for hit in found.hits] == [1, 2, 3]


@pytest.mark.parametrize("kept", [None, [], [99], [-1], ["a"], [0, 0], [0, 1, 2, 3], 1])
def test_hits_that_are_not_among_the_nearest_are_refused(model, graphs, kept):
    library, explainer = Library.embed(model, graphs), explainer_of(model)
    with pytest.raises(ValueError, match="`choose` must give at most 3 different positions"):
        search(library, graphs, 2, 3, explainer=explainer, choose=lambda nearest, k: kept)
    with pytest.raises(ValueError, match="`choose` failed with ZeroDivisionError"):
        search(library, graphs, 2, 3, explainer=explainer, choose=lambda nearest, k: 1 // 0)


def test_a_result_is_one_line_and_a_table(model, graphs):
    library = Library.embed(model, graphs, [f"g{k}" for k in range(12)])
    found = search(library, graphs, 2, 3, explainer=explainer_of(model))
    assert repr(found).startswith("SearchResult(query='g2', 3 hits of 12, first='g")
    hits = [replace(hit, columns={"name": hit.name, "rank": "x"}) for hit in found.hits]
    frame = replace(found, hits=hits).to_frame()
    assert list(frame) == ["rank", "entry", "name", "similarity", "probability", "rank_"]
    assert frame["entry"].tolist() == [hit.position + 1 for hit in found.hits]
    assert hits[0].graph is graphs[hits[0].position]


@pytest.mark.parametrize("query", [-1, 12, 10**9])
def test_a_position_that_no_entry_has_is_refused(model, graphs, query):
    library = Library.embed(model, graphs)
    with pytest.raises(ValueError, match=rf"from 0 to 11 \(got {query}\)"):
        search(library, graphs, query, 2, explainer=explainer_of(model))


@pytest.mark.parametrize("bad", [None, "CCO", Data()], ids=["None", "text", "empty"])
def test_graphs_that_are_none_are_named_by_their_position(model, graphs, bad):
    library = Library.embed(model, graphs)
    [far] = library.nearest(graphs[2], 12).position[-1:]
    entries = [bad if k == far else graph for k, graph in enumerate(graphs)]
    explainer = explainer_of(model)
    assert len(search(library, entries, graphs[2], 3, explainer=explainer).hits) == 3
    with pytest.raises((TypeError, ValueError), match=f"^entry {far} of graphs "):
        search(library, entries, graphs[2], 11, explainer=explainer)
    with pytest.raises((TypeError, ValueError), match=f"^entry {far} of graphs "):
        search(library, entries, far, 3, explainer=explainer)


def test_a_query_that_cannot_be_read_is_called_the_query(model, graphs):
    query = random_graph(3, 5)
    query.x[0, 0] = torch.nan
    with pytest.raises(ValueError, match=r"^the query has NaN"):
        search(Library.embed(model, graphs), graphs, query, 3, explainer=explainer_of(model))


OTHER = {
    "another order": lambda graphs: graphs[::-1],
    "moved by one": lambda graphs: graphs[1:] + graphs[:1],
    "other graphs": lambda graphs: [random_graph(100 + k, 5 + k % 4) for k in range(12)],
}


@pytest.mark.parametrize("query", ["position", "graph"])
@pytest.mark.parametrize("other", OTHER)
def test_graphs_that_are_not_the_librarys_are_refused(model, graphs, other, query):
    library = Library.embed(model, graphs)
    with pytest.raises(
        ValueError,
        match=r"has similarity -?\d\S* to the query, and entry \d+ of graphs -?\d.*in its order",
    ):
        search(
            library,
            OTHER[other](graphs),
            0 if query == "position" else random_graph(50, 6),
            3,
            explainer=explainer_of(model),
        )


@pytest.mark.parametrize("dtype", [torch.float, torch.double], ids=str)
def test_rounding_of_embeddings_is_no_other_graph(graphs, dtype):
    model = siamese(GIN(5, 8, 2)).to(dtype)
    graphs = [graph.clone() for graph in graphs]
    for graph in graphs:
        graph.x = graph.x.to(dtype)
    library = Library.embed(model, graphs)
    rounded = replace(library, embeddings=library.embeddings.half().to(dtype))
    found = search(rounded, graphs, 0, 3, explainer=explainer_of(model))
    assert len(found.hits) == 3


def edges_as(kind, graph):
    edges = graph.edge_index
    if kind == "EdgeIndex":
        edges = EdgeIndex(edges, sparse_size=(graph.num_nodes, graph.num_nodes))
    return Data(x=graph.x, edge_index=edges)


@pytest.mark.parametrize("kind", ["tensor", "EdgeIndex"])
@pytest.mark.parametrize("other", ["tensor", "EdgeIndex"])
def test_edge_lists_of_any_class_are_compared_and_searched(model, graphs, kind, other):
    assert same_graph(edges_as(kind, graphs[0]), edges_as(other, graphs[0]))
    assert not same_graph(edges_as(kind, graphs[0]), edges_as(other, graphs[4]))
    entries = [edges_as(kind, graph) for graph in graphs]
    library = Library.embed(model, entries)
    found = search(library, entries, edges_as(other, graphs[2]), 3, explainer=explainer_of(model))
    plain = search(library, graphs, graphs[2], 3, explainer=explainer_of(model))
    assert [hit.position for hit in found.hits] == [hit.position for hit in plain.hits]
    assert found.excluded == plain.excluded == ["3"]


@pytest.mark.parametrize("name", ["x", "edge_attr"])
def test_graphs_without_values_are_not_compared(name):
    one, other = (Data(x=torch.ones(2, 2), edge_index=torch.tensor([[0], [1]])) for _ in range(2))
    one[name], other[name] = torch.ones(2, 2), torch.empty(2, 2, device="meta")
    for pair in ((one, other), (other, one), (other, other)):
        with pytest.raises(ValueError, match=f"{name} of a graph is on the device 'meta'"):
            same_graph(*pair)


def test_columns_that_have_taken_names_are_all_there(model, graphs):
    library = Library.embed(model, graphs)
    explainer = PairExplainer(model, Occlusion(), node_mask_type="object")
    result = search(library, graphs, 0, 2, explainer=explainer)
    columns = {"rank": "a", "rank_": "b", "entry": "c"}
    told = replace(result, hits=[replace(hit, columns=columns) for hit in result.hits])
    row = told.to_frame().iloc[0]
    assert row["rank"] == 1 and row[["rank__", "rank_", "entry_"]].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("key", ["edge_type", "edge_weight", "edge_attr", "node_type", "z"])
def test_graphs_with_other_types_or_weights_are_other_graphs(graphs, key):
    rows = graphs[0].num_edges if key.startswith("edge") else graphs[0].num_nodes
    one, other, same = (graphs[0].clone() for _ in range(3))
    for graph, value in ((one, 0), (other, 1), (same, 0)):
        graph[key] = torch.full([rows], value)
    assert same_graph(one, same)
    assert not same_graph(one, other)
    assert not same_graph(one, graphs[0])
