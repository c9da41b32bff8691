import pytest
import torch
import torch_geometric.transforms as T
from graphs import odd_graphs, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric import EdgeIndex
from torch_geometric.data import Batch, Data

from pyg_siamex.data import GraphInputs


def inputs(graphs):
    return GraphInputs.from_data(Batch.from_data_list(graphs), ("edge_attr",))


def test_concat_equals_one_batch():
    graphs = odd_graphs()
    joined, whole = inputs(graphs[:2]).concat(inputs(graphs[2:])), inputs(graphs)
    assert joined.num_graphs == whole.num_graphs == 4
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(joined, name), getattr(whole, name))
    assert torch.equal(joined.edge_extras["edge_attr"], whole.edge_extras["edge_attr"])


def test_repeat_equals_a_batch_of_copies():
    graphs = odd_graphs()[:2]
    copies, whole = inputs(graphs).repeat(3), inputs(graphs * 3)
    assert copies.num_graphs == 6
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(copies, name), getattr(whole, name))


def test_select_edges_keeps_their_features():
    one = inputs([random_graph(5, 1)])
    order = torch.arange(one.edge_index.size(1)).flip(0)
    turned = one.select_edges(order)
    assert torch.equal(turned.edge_index, one.edge_index[:, order])
    assert torch.equal(turned.edge_extras["edge_attr"], one.edge_extras["edge_attr"][order])


def test_what_one_side_lacks_is_named():
    plain = random_graph(4, 1)
    del plain.edge_attr
    with pytest.raises(ValueError, match="only one of the two graphs has 'edge_attr'"):
        inputs([random_graph(4, 2)]).concat(inputs([plain]))
    wide = random_graph(4, 1)
    wide.x = torch.ones(4, 2)
    with pytest.raises(ValueError, match=r"\[5\] against \[2\] columns"):
        inputs([random_graph(4, 2)]).concat(inputs([wide]))


def test_edge_graph():
    union = inputs(odd_graphs())
    assert torch.equal(union.edge_graph, union.batch[union.edge_index[1]])


EXTRAS = ("edge_attr", "root_index", "anchors", "u", "pos", "ring", "vector", "level", "far_index")


class Rooted(Data):
    """A data set of somebody's own: anchors are node numbers under a name that says nothing."""

    def __inc__(self, key, value, *args, **kwargs):
        return self.num_nodes if key == "anchors" else super().__inc__(key, value, *args, **kwargs)

    def __cat_dim__(self, key, value, *args, **kwargs):
        return None if key == "vector" else super().__cat_dim__(key, value, *args, **kwargs)


def rooted(seed):
    generator = torch.Generator().manual_seed(seed)
    nodes = 1 + seed % 5
    edges = torch.randint(0, nodes, (2, seed % 7), generator=generator)

    def numbers(*shape):
        return torch.randint(0, nodes, shape, generator=generator)

    return Rooted(
        x=torch.randn(nodes, 3, generator=generator),
        edge_index=edges,
        edge_attr=torch.randn(edges.size(1), 2, generator=generator),
        root_index=numbers(1),
        anchors=numbers(2, 2),
        u=torch.randn(1, 3, generator=generator),
        pos=torch.randn(nodes, 3, generator=generator),
        ring=numbers(nodes),
        vector=torch.randn(4, generator=generator),
        level=seed % 3,
        far_index=numbers(2, seed % 4),
    )


def assert_is(union, graphs):
    """A union is what PyG's own batch of the graphs is."""
    batch = Batch.from_data_list(graphs)
    assert union.num_graphs == len(graphs)
    for name in ("x", "edge_index", "batch"):
        assert torch.equal(getattr(union, name), batch[name]), name
    for name in EXTRAS:
        if name in union.constants:
            assert (batch[name] == union.constants[name]).all()
        else:
            assert torch.equal(union.extras[name].value.flatten(), batch[name].flatten()), name


seeds = st.lists(st.integers(0, 500), min_size=1, max_size=5)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_unions_of_lists_and_of_batches_are_those_of_pyg(numbers):
    graphs = [rooted(k) for k in numbers]
    assert_is(GraphInputs.from_graphs(graphs, EXTRAS), graphs)
    assert_is(GraphInputs.from_data(Batch.from_data_list(graphs), EXTRAS), graphs)


@given(seeds, st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_copies_are_a_batch_of_copies(numbers, times):
    graphs = [rooted(k) for k in numbers]
    for union in (
        GraphInputs.from_graphs(graphs, EXTRAS),
        GraphInputs.from_data(Batch.from_data_list(graphs), EXTRAS),
    ):
        assert_is(union.repeat(times), graphs * times)


@given(seeds, seeds, st.data())
@settings(max_examples=40, deadline=None)
def test_joining_and_selecting_graphs(numbers, others, data):
    left, right = [rooted(k) for k in numbers], [rooted(k) for k in others]
    both = GraphInputs.from_graphs(left, EXTRAS).concat(GraphInputs.from_graphs(right, EXTRAS))
    graphs = left + right
    assert_is(both, graphs)
    chosen = sorted(data.draw(st.sets(st.integers(0, len(graphs) - 1), min_size=1)))
    assert_is(both.select_graphs(torch.tensor(chosen)), [graphs[k] for k in chosen])


def test_one_node_stands_for_a_graph_with_all_its_inputs():
    union = GraphInputs.from_graphs([rooted(11), rooted(9)], EXTRAS)
    single = union.first_node()
    more = union.concat(single)
    assert len(single.x) == 1 and not single.edge_index.numel()
    assert more.extras["root_index"].value[-1] == len(union.x)
    assert (more.extras["anchors"].value[-2:] == len(union.x)).all()
    assert torch.equal(more.extras["u"].value[-1], union.extras["u"].value[0])


def test_nodes_that_something_points_at_are_not_deleted():
    union = GraphInputs.from_graphs([rooted(11)], EXTRAS)
    keep = torch.arange(len(union.x)) > 0
    with pytest.raises(ValueError, match="'root_index' points at nodes"):
        union.select_nodes(keep)
    plain = GraphInputs.from_graphs([rooted(11)], ("pos", "edge_attr")).select_nodes(keep)
    assert torch.equal(plain.node_extras["pos"], rooted(11).pos[1:])
    assert len(plain.edge_extras["edge_attr"]) == plain.edge_index.size(1)


def test_plain_numbers_stay_numbers_where_they_agree_and_become_rows_where_not():
    same = [Data(x=torch.ones(2, 1), hops=2) for _ in range(2)]
    assert GraphInputs.from_graphs(same, ("hops",)).constants == {"hops": 2}
    other = [same[0], Data(x=torch.ones(1, 1), hops=3)]
    assert GraphInputs.from_graphs(other, ("hops",)).extras["hops"].value.tolist() == [2, 3]
    named = [Data(x=torch.ones(2, 1), kind=kind) for kind in ("a", "b")]
    with pytest.raises(ValueError, match="differ in 'kind'"):
        GraphInputs.from_graphs(named, ("kind",))


def test_a_batch_made_by_hand_is_read_by_its_counts():
    graphs = [random_graph(4, 1), random_graph(3, 2)]
    whole = Batch.from_data_list(graphs)
    made = Batch(x=whole.x, edge_index=whole.edge_index, batch=whole.batch, u=torch.ones(2, 3))
    made.edge_attr, made._num_graphs = whole.edge_attr, 2
    union = GraphInputs.from_data(made, ("edge_attr", "u"))
    assert torch.equal(union.edge_extras["edge_attr"], whole.edge_attr)
    assert union.extras["u"].sizes.tolist() == [1, 1]
    made.odd = torch.ones(5, 3)
    with pytest.raises(ValueError, match=r"data.odd of the batch.*Batch.from_data_list"):
        GraphInputs.from_data(made, ("odd",))


@pytest.mark.parametrize("weighted", [False, True])
def test_a_sparse_adjacency_is_read_as_edges(weighted):
    graph = random_graph(6, 1)
    del graph.edge_attr
    if weighted:
        graph.edge_weight = torch.rand(graph.num_edges)
    sparse = T.ToSparseTensor(attr="edge_weight")(graph.clone())
    union = GraphInputs.from_data(sparse, ("edge_weight",))
    ends = {tuple(e) for e in graph.edge_index.T.tolist()}
    assert {tuple(e) for e in union.edge_index.T.tolist()} == ends
    if not weighted:
        assert not union.extras
        return
    weight = dict(zip(map(tuple, graph.edge_index.T.tolist()), graph.edge_weight, strict=True))
    for edge, value in zip(
        union.edge_index.T.tolist(), union.edge_extras["edge_weight"], strict=True
    ):
        assert weight[tuple(edge)] == value
    with pytest.raises(ValueError, match=r"adj_t has values.*no 'edge_weight'"):
        GraphInputs.from_data(sparse)


def test_an_edge_index_of_pygs_own_class_is_read_as_a_tensor():
    graph = random_graph(5, 1)
    plain = graph.edge_index.clone()
    graph.edge_index = EdgeIndex(plain, sparse_size=(5, 5))
    assert type(GraphInputs.from_data(graph).edge_index) is torch.Tensor
    assert torch.equal(GraphInputs.from_data(graph).edge_index, plain)


def test_a_data_of_several_graphs_is_refused():
    whole = Batch.from_data_list([random_graph(4, 1), random_graph(5, 2)])
    one = Data(x=whole.x, edge_index=whole.edge_index, batch=whole.batch)
    with pytest.raises(ValueError, match=r"nodes of 2 graphs, and a Data is one graph: give a B"):
        GraphInputs.from_data(one)
    one.batch = torch.zeros_like(one.batch)
    assert GraphInputs.from_data(one).num_graphs == 1


@pytest.mark.parametrize("key", ["edge_attr", "edge_weight"])
def test_values_of_edges_of_other_widths_are_told_with_their_graphs(key):
    edges = torch.tensor([[0, 1], [1, 2]])
    graphs = [
        Data(x=torch.rand(3, 2), edge_index=edges, **{key: torch.rand(2, width)})
        for width in ((1, 1, 3) if key == "edge_attr" else (1, 1))
    ]
    graphs[-1][key] = torch.rand(2, 3) if key == "edge_attr" else torch.rand(2)
    place = len(graphs) - 1
    with pytest.raises(ValueError, match=f"graph {place} of {place + 1} has {key} .*, and graph 0"):
        GraphInputs.from_graphs(graphs, (key,))
    with pytest.raises(ValueError, match=f"'{key}' of the graphs cannot be joined: rows of one"):
        first, last = (GraphInputs.from_data(graphs[k], (key,)) for k in (0, -1))
        first.concat(last)
