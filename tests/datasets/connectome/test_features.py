import networkx as nx
import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas, Density, dosenbach_160
from pyg_siamex.datasets.connectome.features import FEATURES, node_features


@pytest.fixture
def matrix():
    values = torch.rand(20, 20, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return values.triu(1) + values.triu(1).T


@pytest.fixture
def keep(matrix):
    return Density(0.3).keep(matrix.abs())


@pytest.fixture
def atlas():
    places = torch.arange(60.0).view(20, 3)
    networks = ["a", "b"] * 10
    return Atlas("t", [f"r{k}" for k in range(20)], places, networks)


def test_local_measures_are_those_of_networkx(matrix, keep, atlas):
    x, names = node_features("local", matrix, keep, atlas)
    graph = nx.from_numpy_array(keep.numpy())
    for k in range(20):
        assert x[k, 0] * 19 == pytest.approx(graph.degree(k))
        assert x[k, 1] * 19 == pytest.approx(float(matrix[k][keep[k]].sum()), abs=1e-5)
        assert x[k, 2] == pytest.approx(nx.clustering(graph, k))
    assert names == ["degree", "strength", "clustering"]


def test_clustering_is_zero_below_two_neighbours(atlas):
    keep = torch.zeros(20, 20, dtype=torch.bool)
    keep[0, 1] = keep[1, 0] = True
    x, _ = node_features("local", keep.float(), keep, atlas)
    assert x.isfinite().all() and not x[:, 2].any()


def test_profile_holds_the_connections_that_the_threshold_dropped(matrix, keep, atlas):
    x, names = node_features("profile", matrix, keep, atlas)
    assert torch.equal(x, matrix) and names[3] == "to r3"


def test_several_features_stand_side_by_side(matrix, keep, atlas):
    x, names = node_features(["network", "coordinates", "identity"], matrix, keep, atlas)
    assert x.shape == (20, 25) and len(names) == 25
    assert names[:3] == ["in a", "in b", "x / 100 mm"]
    assert x[1, :5].tolist() == pytest.approx([0, 1, 0.03, 0.04, 0.05])
    assert torch.equal(x[:, 5:], torch.eye(20))


@pytest.mark.parametrize("name", list(FEATURES))
def test_every_feature_has_a_name_for_each_column(name):
    atlas = dosenbach_160()
    matrix = torch.ones(160, 160).fill_diagonal_(0)
    x, names = node_features(name, matrix, matrix > 0, atlas)
    assert x.shape == (160, len(names)) and len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("degree", r"must be among profile, .* \(got 'degree'\)"),
        ([], "must be among"),
        (["profile", "local", "profile"], "`features` has 'profile' twice"),
        ("network", "has no networks"),
        ("coordinates", "has no coordinates"),
    ],
)
def test_unknown_or_impossible_features_are_named(choice, message):
    matrix = torch.ones(3, 3)
    with pytest.raises(ValueError, match=message):
        node_features(choice, matrix, matrix > 0, Atlas.numbered(3))
