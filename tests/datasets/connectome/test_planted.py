import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch_geometric.data import Batch
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairDataset, PairExplainer, SiameseGNN
from pyg_siamex.datasets import PlantedConnectomes, planted_truth
from pyg_siamex.datasets.connectome import Atlas, dosenbach_160
from pyg_siamex.nn.training import fit, pair_auc

TWO = {"a": ["default"], "b": ["occipital"], "both": ["default", "occipital"]}


SMALL = {"control": [], "patient": ["front"]}


def small_atlas():
    places = torch.tensor([[10.0 * k, 5.0 * (k % 3), 0.0] for k in range(12)])
    names = [f"region {k}" for k in range(12)]
    return Atlas("small", names, places, ["front" if k < 6 else "back" for k in range(12)])


@pytest.fixture(scope="module")
def connectomes():
    return PlantedConnectomes(60, seed=3)


def networks_of(graph, end):
    return [graph.networks[k] for k in graph.edge_index[end].tolist()]


def test_it_says_that_it_is_simulated(connectomes):
    assert "60 simulated subjects" in repr(connectomes)
    assert connectomes[1].name == "simulated subject 2 (patient)"
    assert all(graph.name.startswith("simulated") for graph in connectomes)


def test_graphs_share_their_nodes_and_have_about_the_density_asked_for(connectomes):
    atlas = dosenbach_160()
    for graph in connectomes:
        assert graph.roi_names == atlas.names and torch.equal(graph.pos, atlas.coordinates)
        assert graph.x.shape == (160, 6) and graph.roi.tolist() == list(range(160))
        assert graph.is_undirected() and not graph.has_self_loops()
    controls = [graph for graph in connectomes if graph.y == 0]
    density = sum(graph.num_edges for graph in controls) / len(controls) / (160 * 159)
    assert abs(density - 0.15) < 0.02


def test_truth_is_the_connections_inside_the_planted_network(connectomes):
    for graph in (connectomes[0], connectomes[1]):
        inside = [
            a == b == "default"
            for a, b in zip(networks_of(graph, 0), networks_of(graph, 1), strict=True)
        ]
        assert graph.edge_truth.tolist() == inside
        assert graph.node_truth.tolist() == [name == "default" for name in graph.networks]


def test_a_block_between_networks_has_an_end_in_each():
    classes = {"control": [], "patient": [("occipital", "default")]}
    graph = PlantedConnectomes(2, classes, seed=1)[1]
    ends = {
        frozenset(pair)
        for pair, true in zip(
            zip(networks_of(graph, 0), networks_of(graph, 1), strict=True),
            graph.edge_truth,
            strict=True,
        )
        if true
    }
    assert ends == {frozenset(["default", "occipital"])}
    truth = {name for name, true in zip(graph.networks, graph.node_truth, strict=True) if true}
    assert truth == {"default", "occipital"}


def test_the_effect_is_cohens_d_of_every_planted_connection():
    connectomes = PlantedConnectomes(600, SMALL, effect=0.8, atlas=small_atlas())
    z = connectomes.matrices.double().atanh()
    y = torch.tensor([int(graph.y) for graph in connectomes])
    control, patient = z[y == 0], z[y == 1]
    pooled = ((control.var(0) + patient.var(0)) / 2).sqrt()
    d = (patient.mean(0) - control.mean(0)) / pooled
    front = torch.arange(12) < 6
    block = (front[:, None] & front).triu(1)
    other = torch.ones(12, 12, dtype=torch.bool).triu(1) & ~block
    # With 300 subjects a class the standard error of one connection's d is 0.08.
    assert (d[block] - 0.8).abs().max() < 0.3 and abs(float(d[block].mean()) - 0.8) < 0.06
    assert d[other].abs().max() < 0.3 and abs(float(d[other].mean())) < 0.06


def test_connections_fall_with_distance_and_are_stronger_inside_a_network():
    connectomes = PlantedConnectomes(200, SMALL, effect=0.0, atlas=small_atlas())
    z = connectomes.matrices.double().atanh().mean(0)
    distance = torch.cdist(small_atlas().coordinates, small_atlas().coordinates).double()
    front = torch.arange(12) < 6
    expected = 0.45 * (-distance / 40).exp() + 0.25 * (front[:, None] == front) + 0.05
    row, col = torch.triu_indices(12, 12, 1)
    anatomy = (z - expected)[row, col]  # 66 draws of sd 0.1
    assert abs(float(anatomy.mean())) < 0.04 and 0.07 < float(anatomy.std()) < 0.13


def test_only_positive_connections_are_edges_at_a_density_near_one():
    connectomes = PlantedConnectomes(4, SMALL, density=0.999, atlas=small_atlas())
    assert connectomes.cutoff == 0
    for graph, matrix in zip(connectomes, connectomes.matrices, strict=True):
        assert graph.num_edges == int((matrix.clone().fill_diagonal_(0) > 0).sum())


def test_nothing_outside_the_blocks_depends_on_the_effect():
    weak, strong = PlantedConnectomes(6, effect=0.0), PlantedConnectomes(6, effect=2.0)
    assert weak.cutoff == strong.cutoff
    for a, b in zip(weak, strong, strict=True):
        outside = a.edge_block < 0
        assert torch.equal(a.edge_index[:, outside], b.edge_index[:, b.edge_block < 0])
        assert torch.equal(a.edge_weight[outside], b.edge_weight[b.edge_block < 0])
        inside = int(b.edge_truth.sum()) - int(a.edge_truth.sum())
        assert inside > 0 if b.y == 1 else inside == 0


def test_a_seed_gives_the_same_set_and_another_seed_another():
    first, second, third = (PlantedConnectomes(3, seed=seed) for seed in (5, 5, 6))
    assert torch.equal(first.matrices, second.matrices)
    assert not torch.equal(first.matrices, third.matrices)


def test_it_leaves_the_random_state_alone():
    state, numpy_state = torch.get_rng_state(), np.random.get_state()[1].copy()
    PlantedConnectomes(2)
    assert torch.equal(state, torch.get_rng_state())
    assert (numpy_state == np.random.get_state()[1]).all()


def test_pair_truth_is_what_is_shared_or_what_only_one_has():
    connectomes = PlantedConnectomes(3, TWO, seed=2)
    a, b, both = connectomes
    assert connectomes.blocks == [("default", "default"), ("occipital", "occipital")]
    assert [graph.planted.tolist() for graph in (a, b, both)] == [
        [[True, False]],
        [[False, True]],
        [[True, True]],
    ]
    for reference, block in ((a, 0), (b, 1)):
        for truth, graph in zip(planted_truth(both, reference), (both, reference), strict=True):
            assert truth.any() and torch.equal(truth, graph.edge_block == block)
    for truth, graph in zip(planted_truth(a, b), (a, b), strict=True):
        assert torch.equal(truth, graph.edge_block >= 0)
    assert torch.equal(both.edge_truth, both.edge_block >= 0)
    assert torch.equal(a.edge_truth, a.edge_block == 0)


def test_two_controls_share_the_absence_of_the_block():
    control = PlantedConnectomes(4, seed=0)[0]
    assert not control.planted.any()
    assert torch.equal(planted_truth(control, control)[0], control.edge_block == 0)


def test_attributes_batch_and_survive_an_explanation():
    connectomes = PlantedConnectomes(2, features="local", atlas=small_atlas(), classes=SMALL)
    batch = Batch.from_data_list(list(connectomes))
    assert batch.planted.shape == (2, 1)
    assert batch.edge_truth.shape == (batch.num_edges,)
    assert batch[1].roi_names == connectomes[1].roi_names
    model = SiameseGNN(GIN(3, 4, 2))
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    query = explainer(*connectomes).query
    assert query.networks == connectomes[0].networks
    assert query.feature_names == ["degree", "strength", "clustering"]
    assert torch.equal(query.edge_truth, connectomes[0].edge_truth)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"classes": {"a": []}}, "at least two classes"),
        ({"classes": {"a": ["default"], "b": [("default", "default")]}}, "carry the same blocks"),
        ({"classes": {"a": [], "b": ["limbic"]}}, r"among cerebellum, .*\(got 'limbic'\)"),
        ({"num_subjects": 1}, "num_subjects must be at least 2"),
        ({"num_subjects": 10**9}, r"1,000,000,000 subjects would take [\d,]+ TiB of memory"),
        ({"effect": math.nan}, "effect.? must be finite"),
        ({"density": 1.0}, r"density must be in \(0, 1\)"),
        ({"features": "networks"}, "features must be among profile, identity"),
        ({"atlas": Atlas.numbered(5)}, "has no networks"),
        ({"atlas": Atlas("t", ["a", "b"], torch.zeros(2, 3), ["default", "x"])}, "has one ROI"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        PlantedConnectomes(**{"num_subjects": 4, **arguments})


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_small_gin_learns_the_classes_and_keeps_references_apart(seed):
    torch.manual_seed(seed)
    learn, validation, test = PairDataset(PlantedConnectomes(seed=seed)).split((0.6, 0.2, 0.2))
    model = SiameseGNN(GIN(6, 32, 2))
    report = fit(model, learn, validation=validation, epochs=30, lr=5e-3, progress=False)
    assert pair_auc(model, test) > 0.95
    assert report.spread < 0.8


@pytest.mark.parametrize("key", ["planted", "edge_block"])
@pytest.mark.parametrize("value", [None, [0], torch.zeros(0)], ids=["none", "list", "empty"])
@pytest.mark.parametrize("name", ["query", "reference"])
def test_graphs_that_carry_no_blocks_have_no_truth(connectomes, name, key, value):
    other = connectomes[1].clone()
    other[key] = value
    pair = {"query": connectomes[0], "reference": connectomes[0], name: other}
    with pytest.raises(ValueError, match=f"`{name}` is no graph of PlantedConnectomes.* {key} "):
        planted_truth(**pair)


@pytest.mark.parametrize("key", ["planted", "edge_block"])
@pytest.mark.parametrize("edit", [Tensor.double, Tensor.to_sparse, lambda one: one.to("meta")])
def test_blocks_of_another_kind_tell_no_truth(connectomes, key, edit):
    other = connectomes[1].clone()
    other[key] = edit(other[key])
    with pytest.raises(ValueError, match=f"`reference` is no graph of Planted.* {key} of .* torch"):
        planted_truth(connectomes[0], other)


def test_graphs_of_sets_with_other_blocks_have_no_truth(connectomes):
    other = connectomes[1].clone()
    other.planted = torch.ones(1, 3, dtype=torch.bool)
    with pytest.raises(ValueError, match="of two sets: one has 1 blocks and the other 3"):
        planted_truth(connectomes[0], other)


def test_graphs_of_sets_with_other_blocks_of_the_same_number_have_no_truth():
    front, back = (
        PlantedConnectomes(4, {"control": [], "patient": [name]}, atlas=small_atlas(), density=0.5)
        for name in small_atlas().network_names[:2]
    )
    with pytest.raises(ValueError, match="of two sets: block 0 is of"):
        planted_truth(front[1], back[1])
    assert planted_truth(front[1], front[3])[0].dtype == torch.bool
