"""Group occlusion against removing groups by hand."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, odd_graphs, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import GroupOcclusion, Occlusion, functional_groups

D = torch.double


def pair(dtype=D):
    query, reference = random_graph(6, 1, dtype), random_graph(5, 2, dtype)
    query.network, reference.network = (
        torch.tensor([0, 1, 0, 2, 1, 0]),
        torch.tensor([0, 0, 1, 1, 1]),
    )
    return query, reference


def without(graph, gone, edges):
    """The graph with the features of some nodes at 0 and, if wanted, their edges deleted."""
    x, edge_index = graph.x.clone(), graph.edge_index
    x[gone] = 0
    if edges:
        edge_index = edge_index[:, ~gone[edge_index].any(0)]
    return Data(x=x, edge_index=edge_index)


@pytest.mark.parametrize("edges", [False, True])
@pytest.mark.parametrize("mode", ["leave-out", "keep"])
def test_equals_removal_by_hand(mode, edges):
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    query, reference = pair()
    explainer = PairExplainer(
        model,
        GroupOcclusion("network", mode),
        node_mask_type="object",
        edge_mask_type="object" if edges else None,
    )
    explanation = explainer(query, reference)
    whole = model(query, reference).item()
    for side, graph, other in (
        ("query", query, reference),
        ("reference", reference, query),
    ):
        everything = torch.ones(graph.num_nodes, dtype=torch.bool)
        empty = model(without(graph, everything, edges), other).item()
        for group in graph.network.unique():
            inside = graph.network == group
            if mode == "keep":
                value = model(without(graph, ~inside, edges), other).item() - empty
            else:
                value = whole - model(without(graph, inside, edges), other).item()
            found = explanation.info[f"groups_{side}"][str(int(group))]
            assert found == pytest.approx(value, abs=1e-10)
            mask = getattr(explanation, side).node_mask
            assert torch.allclose(mask[inside, 0], torch.tensor(value, dtype=D), atol=1e-10)


def test_edges_get_the_mean_of_their_ends():
    query = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2).double(), "add"),
        GroupOcclusion("network"),
        node_mask_type="object",
        edge_mask_type="object",
        undirected=True,
    )(*pair()).query
    row, col = query.edge_index
    mean = (query.node_mask[row, 0] + query.node_mask[col, 0]) / 2
    assert torch.allclose(query.edge_mask, mean)


def test_groups_of_one_node_are_occlusion():
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add")
    alone = GroupOcclusion(lambda graph: range(graph.num_nodes))
    groups, nodes = (
        PairExplainer(model, algorithm, node_mask_type="object")(*pair())
        for algorithm in (alone, Occlusion())
    )
    assert torch.allclose(groups.query.node_mask, nodes.query.node_mask, atol=1e-10)


@pytest.mark.parametrize("mode", ["leave-out", "keep"])
@pytest.mark.parametrize("side", ["both", "reference"])
def test_batched_equals_one_by_one(mode, side):
    model = SiameseGNN(ENCODERS["GCN"]().double(), "add")
    explainer = PairExplainer(
        model,
        GroupOcclusion(lambda graph: (graph.x[:, 0] > 0).tolist(), mode),
        node_mask_type="object",
        edge_mask_type="object",
        side=side,
    )
    queries, others = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(6, 9, D)]
    for k, together in enumerate(explainer.explain(queries, others)):
        alone = explainer(queries[k], others[k])
        assert torch.allclose(together.reference.node_mask, alone.reference.node_mask, atol=1e-10)
        assert torch.allclose(together.reference.edge_mask, alone.reference.edge_mask, atol=1e-10)
        assert together.info.keys() == alone.info.keys()
        found, expected = (e.info["groups_reference"] for e in (together, alone))
        assert found == pytest.approx(expected, abs=1e-10)


def test_molecules_are_cut_into_functional_groups(tmp_path):
    (tmp_path / "two.smi").write_text("CCC(=O)Oc1ccccc1 a\nCC[N+](=O)[O-] b\n")
    molecules = FunctionalGroups(path=tmp_path / "two.smi")
    query, reference = molecules[0], molecules[1]
    model = SiameseGNN(GIN(molecules.features.num_node_features, 8, 2))
    explainer = PairExplainer(model, GroupOcclusion("functional_groups"), node_mask_type="object")
    explanation = explainer(query, reference)
    labels = functional_groups(query)
    assert explanation.info["groups_query"].keys() == set(labels)
    for label, value in zip(labels, explanation.query.node_mask[:, 0].tolist(), strict=True):
        assert explanation.info["groups_query"][label] == value


@pytest.mark.parametrize(
    ("partition", "masks", "message"),
    [
        ("network", {"node_mask_type": "attributes"}, "use node_mask_type='object'"),
        ("network", {"edge_mask_type": "object"}, "use node_mask_type='object'"),
        ("ring", {"node_mask_type": "object"}, "query 0 has no data.ring: partition must be one"),
        (lambda graph: [0], {"node_mask_type": "object"}, "query 0 has 1 group labels for 6 nodes"),
    ],
)
def test_what_it_cannot_do_is_refused(partition, masks, message):
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2).double()), GroupOcclusion(partition), **masks
    )
    with pytest.raises(ValueError, match=message):
        explainer(*pair())


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="mode must be one of"):
        GroupOcclusion("network", "drop")


@pytest.mark.parametrize("partition", [lambda: None, torch.nn.Linear(2, 2)])
def test_partitions_that_fail_are_named(partition):
    model = SiameseGNN(GIN(FEATURES, 4, 1), "add").eval()
    explainer = PairExplainer(model, GroupOcclusion(partition), node_mask_type="object")
    with pytest.raises(ValueError, match="`partition` failed with TypeError"):
        explainer(random_graph(4), random_graph(5))
