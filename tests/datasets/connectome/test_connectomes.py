import logging

import numpy as np
import pytest
import torch
from connectomes import matrices
from torch import nn
from torch_geometric.data import Batch
from torch_geometric.nn import GIN, FastRGCNConv, GraphConv

from pyg_siamex import Occlusion, PairDataset, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.datasets import Connectomes
from pyg_siamex.datasets.connectome import Atlas, AtLeast, Density, Subjects, read_npz

LABELS = ["a", "b", "a", "b"]


def with_change(change, count=4):
    values = matrices(count)
    change(values)
    return Subjects(values, ["w", "x", "y", "z"][:count], LABELS[:count])


def small_atlas():
    places = torch.arange(18.0).view(6, 3)
    return Atlas("small", list("abcdef"), places, ["front"] * 3 + ["back"] * 3)


def test_edges_are_the_connections_with_their_weights():
    values = matrices(2)
    graph = Connectomes(values, sign="weight")[1]
    dense = torch.zeros(6, 6)
    dense[tuple(graph.edge_index)] = graph.edge_weight
    off_diagonal = torch.from_numpy(values[1] - np.eye(6)).float()
    assert torch.allclose(dense, off_diagonal)
    assert torch.allclose(graph.x, off_diagonal)
    assert repr(Connectomes(values)) == "Connectomes(2 subjects, 6 regions)"
    labelled = Connectomes(with_change(lambda values: None))
    assert repr(labelled) == "Connectomes(4 subjects, 6 regions, classes=['a', 'b'])"


def test_two_relations_keep_the_sign_and_positive_drops_negative_connections():
    values = matrices(1)
    signed = Connectomes(values, sign="weight")[0]
    relations = Connectomes(values)[0]
    assert (signed.edge_weight < 0).any() and (relations.edge_weight > 0).all()
    sign = 1 - 2 * relations.edge_type
    assert torch.equal(relations.edge_weight * sign, signed.edge_weight)
    positive = Connectomes(values, sign="positive")[0]
    assert torch.equal(positive.edge_weight, signed.edge_weight[signed.edge_weight > 0])
    half = Connectomes(values, sign="positive", connections=Density(0.2))[0]
    assert (half.edge_weight > 0).all() and half.num_edges == 6


class Relational(nn.Module):
    """Two relations: one matrix for positive connections, one for negative ones."""

    def __init__(self):
        super().__init__()
        self.conv = FastRGCNConv(6, 4, num_relations=2)

    def forward(self, x, edge_index, edge_type):
        return self.conv(x, edge_index, edge_type)


class Signed(nn.Module):
    """Messages scaled by the signed weight."""

    def __init__(self):
        super().__init__()
        self.conv = GraphConv(6, 4)

    def forward(self, x, edge_index, edge_weight):
        return self.conv(x, edge_index, edge_weight)


@pytest.mark.parametrize(("encoder", "sign"), [(Relational, "relations"), (Signed, "weight")])
def test_encoders_that_read_the_sign_are_explained(encoder, sign):
    graphs, flipped = (
        Connectomes(values, sign=sign, features="identity")
        for values in (matrices(2), -matrices(2))
    )
    model = SiameseGNN(encoder()).eval()
    assert not torch.allclose(model.embed(graphs[0]), model.embed(flipped[0]))
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    explanation = explainer(graphs[0], graphs[1])
    assert (explanation.query.edge_mask != 0).any()
    assert torch.equal(explanation.query.edge_weight, graphs[0].edge_weight)


def test_regions_batch_are_explained_saved_and_cut_with_the_nodes(tmp_path):
    graphs = Connectomes(
        Subjects(matrices(2), labels=["a", "b"]), atlas=small_atlas(), features="local"
    )
    batch = Batch.from_data_list(list(graphs))
    assert batch.roi.tolist() == 2 * list(range(6)) and batch.pos.shape == (12, 3)
    assert batch[1].networks == ["front"] * 3 + ["back"] * 3
    explainer = PairExplainer(SiameseGNN(GIN(3, 4, 1)), Occlusion(), node_mask_type="object")
    explanation = explainer(*graphs)
    explanation.save(tmp_path / "e.pt")
    query = PairExplanation.load(tmp_path / "e.pt").query
    assert query.roi_names == list("abcdef") and query.networks[5] == "back"
    part = query.subgraph(torch.tensor([4, 1]))
    assert part.roi_names == ["e", "b"] and part.roi.tolist() == [4, 1]
    assert part.feature_names == ["degree", "strength", "clustering"]


def test_regions_left_out_are_left_out_of_the_atlas_too():
    values = matrices(2)
    graphs = Connectomes(values, atlas=small_atlas(), regions=[4, 0])
    assert graphs[0].roi_names == ["e", "a"] and graphs.atlas.networks == ["back", "front"]
    assert graphs.matrices[1, 0, 1] == pytest.approx(values[1, 4, 0])
    with pytest.raises(ValueError, match=r"different positions from 0 to 5, .* \(got \[4, 6\]"):
        Connectomes(values, regions=[4, 6])


def test_targets_reach_the_pairs():
    graphs = Connectomes(Subjects(matrices(6), labels=list("ababab")), connections=Density(0.5))
    assert graphs.class_names == ["a", "b"] and [int(g.y) for g in graphs] == [0, 1] * 3
    assert PairDataset(graphs).target.mean() > 0
    ages = Connectomes(Subjects(matrices(2), labels=[20.5, 31.0]))
    assert ages.class_names is None and ages[1].y == 31.0
    assert "y" not in Connectomes(matrices(2))[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m[1].__setitem__((0, 2), 0.9), r"asymmetric matrix: .*region 0 to region 2"),
        (lambda m: m[1].__setitem__(([0, 3], [3, 0]), np.nan), "2 values that are NaN .*0 to reg"),
        (lambda m: m[1].__setitem__(([0, 3], [3, 0]), np.inf), "2 values that are NaN or infinite"),
        (lambda m: (m[1].__setitem__(4, np.nan), m[1].__setitem__((..., 4), np.nan)),
         "no finite value for region 4 .* constant signal"),
        (lambda m: m.__setitem__(1, np.eye(6)), "no connection: all values off the diagonal are 0"),
        (lambda m: m.__setitem__(1, m[0]), "same matrix as subject 'w'"),
    ],
)  # fmt: skip
def test_a_bad_matrix_is_named_or_skipped(change, message, caplog):
    subjects = with_change(change)
    with pytest.raises(ValueError, match=f"subject 'x' has .*{message}"):
        Connectomes(subjects)
    with caplog.at_level(logging.WARNING):
        graphs = Connectomes(subjects, invalid="skip")
    assert graphs.subjects == ["w", "y", "z"] and [int(g.y) for g in graphs] == [0, 0, 1]
    assert [bad.subject for bad in graphs.rejected] == ["x"] and "subject 'x' has" in caplog.text


def test_the_diagonal_is_not_read():
    values = matrices(2)
    values[:, range(6), range(6)] = np.nan
    plain = matrices(2)
    for a, b in zip(Connectomes(values), Connectomes(plain), strict=True):
        assert torch.equal(a.edge_weight, b.edge_weight) and torch.equal(a.x, b.x)


def test_an_asymmetric_matrix_is_repaired_as_asked():
    values = matrices(1)
    values[0, 0, 2] = 0.9
    low = values[0, 2, 0]
    for repair, expected in (("mean", (0.9 + low) / 2), ("upper", 0.9), ("lower", low)):
        graph = Connectomes(values, asymmetric=repair, sign="weight")
        assert graph.matrices[0, 0, 2] == pytest.approx(expected)
        assert torch.equal(graph.matrices[0], graph.matrices[0].T)
    triangle = np.triu(matrices(1)[0])[None]
    repaired = Connectomes(triangle, asymmetric="upper").matrices
    assert torch.equal(repaired, Connectomes(matrices(1)).matrices)


def test_rounding_is_no_asymmetry():
    values = matrices(1)
    values[0, 0, 2] *= 1 + 1e-7
    assert len(Connectomes(values)) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Connectomes(Subjects([*matrices(2), np.eye(5)])),
            r"'3' has .*\[5, 5\], most have",
        ),
        (
            lambda: Connectomes(Subjects([np.zeros((9, 4))])),
            "a time series of 9 time points and 4 regions",
        ),
        (lambda: Connectomes(Subjects([np.full((2, 2), "x")])), "not of numbers"),
        (lambda: Connectomes(Subjects(matrices(2), labels=["a", None])), "'2' has no label"),
        (lambda: Connectomes(matrices(2), atlas=Atlas.numbered(7)), "'unnamed' with 7 ROIs"),
        (
            lambda: Connectomes(matrices(2), connections=AtLeast(2)),
            r"'1' has no edge left, and its strongest connection is 0\.\d+: keep weaker .*at_least",
        ),
        (
            lambda: Connectomes(np.eye(3)[None] - 1, sign="positive"),
            "no edge left, since its matrix has no positive connection: leave the subject out",
        ),
        (
            lambda: Connectomes(matrices(2)).with_matrices(torch.zeros(2, 6, 6)),
            "no edge left, since its matrix has no connection but 0: leave the subject out",
        ),
        (lambda: Connectomes(matrices(2), sign="both"), "sign must be one of relations, weight"),
        (lambda: Connectomes(matrices(2), asymmetric="max"), "asymmetric must be one of raise"),
        (lambda: Connectomes(matrices(2), invalid="drop"), "invalid must be one of raise, skip"),
        (lambda: Connectomes(np.zeros((2, 3, 3)), invalid="skip"), "no subject is left of 2"),
    ],
)
def test_what_cannot_become_connectomes_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_hcp_subjects_of_the_real_set(real_data):
    path = real_data / "connectomes" / "hcp68_spatial_orientation.npz"
    graphs = Connectomes(read_npz(path, "adjacency", "label", class_names="label_names"))
    assert len(graphs) == 212 and graphs.class_names[1] == "high VSPLOT (+1)"
    source = np.load(path)
    for k in (0, 100, 211):
        assert graphs[k].num_edges == int(source["adjacency"][k].sum())
        assert int(graphs[k].y) == source["label"][k]


def test_abide_children_of_the_real_set(real_data):
    path = real_data / "connectomes" / "abide_children.npz"
    subjects = read_npz(path, "adjacency", "label", "subject_id", "label_names")
    graphs = Connectomes(subjects, features=["local", "identity"])
    assert len(graphs) == 101 and graphs.class_names == ["TD", "ASD"]
    assert graphs[0].name == "0050776" and not graphs[0].has_self_loops()
    assert torch.bincount(torch.stack([g.y for g in graphs])).tolist() == [52, 49]


def test_a_zero_has_no_sign():
    one = np.array([[0, 0, 1], [0, 0, 1], [1, 1, 0.0]])
    other = np.where(one == 0, -0.0, one)
    with pytest.raises(ValueError, match="same matrix"):
        Connectomes([one, other])
