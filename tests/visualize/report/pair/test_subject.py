import copy

import pytest
import torch
from explained import brain, molecule
from torch_geometric.explain import Explanation

from pyg_siamex import PairExplanation
from pyg_siamex.explain import ring_systems
from pyg_siamex.visualize.report.domain.node_values import node_values
from pyg_siamex.visualize.report.pair.subject import pair_matrix, subject_of


def plain_graph(nodes: int, **rest) -> Explanation:
    index = torch.stack([torch.arange(nodes - 1), torch.arange(1, nodes)])
    masks = {"edge_mask": torch.linspace(0, 1, nodes - 1)}
    return Explanation(x=torch.ones(nodes, 2), edge_index=index, **{**masks, **rest})


def pair(query: Explanation, reference: Explanation, **rest) -> PairExplanation:
    return PairExplanation(query, reference, prediction=0.5, **rest)


def test_kinds_are_told_apart(alike, brains, rows):
    assert subject_of(alike).kind == "molecules"
    assert subject_of(brains).kind == "connectomes"
    assert subject_of(rows).kind == "rows"
    assert subject_of(pair(plain_graph(3), plain_graph(4))).kind == "graphs"


def test_a_smiles_of_another_graph_is_drawn_as_a_graph(bonds):
    wrong = copy.deepcopy(bonds)
    wrong.query.smiles = "CCO"
    assert subject_of(wrong).kind == "graphs"


def test_nodes_are_named_and_grouped(alike, brains, rows):
    found = subject_of(alike)
    assert found.labels[1][:3] == ["O0", "C1", "O2"]
    assert found.groups[0][1:4] == ["ester"] * 3 and "phenol" in found.groups[1]
    assert subject_of(brains).labels[0][2] == "area 2"
    assert subject_of(brains).groups[0][:3] == ["visual", "default", "motor"]
    assert subject_of(rows).labels[0][:2] == ["mean radius", "=texture"]


def test_groups_that_occur_twice_are_numbered(alike):
    acid = molecule("OC(=O)CCC(=O)O")
    masked = Explanation(**acid.to_dict(), node_mask=torch.ones(acid.num_nodes, 1))
    names = subject_of(pair(masked, alike.reference)).groups
    assert {"carboxylic acid 1", "carboxylic acid 2"} <= set(names[0])
    assert "carboxylic acid" in names[1]


def test_given_groups_are_taken(alike):
    found = subject_of(alike, ring_systems)
    assert found.groups == (ring_systems(alike.query), ring_systems(alike.reference))
    with pytest.raises(ValueError, match="groups gave 2 names for 13 nodes"):
        subject_of(alike, lambda graph: ["a", "b"])


def test_nodes_are_shared_where_their_names_are(alike, brains):
    assert subject_of(brains).shared and not subject_of(alike).shared
    assert subject_of(pair(plain_graph(3), plain_graph(3))).shared
    assert not subject_of(pair(plain_graph(3), plain_graph(4))).shared
    other = plain_graph(3, node_names=["a", "b", "c"])
    assert not subject_of(pair(plain_graph(3), other)).shared


def test_values_are_masks_then_edges_then_relevance(bonds):
    masked = plain_graph(3, edge_mask=None, node_mask=torch.tensor([[1.0, 2], [0, 0], [3, -1]]))
    assert node_values(pair(masked, masked), 0) == [3.0, 0.0, 2.0]
    assert node_values(pair(plain_graph(3), plain_graph(3)), 0) == [0.0, 1.0, 1.0]
    bare = [plain_graph(n, edge_mask=None) for n in (2, 3)]
    matrix = torch.tensor([[1.0, 2, 3], [0, 0, 5]])
    assert node_values(pair(*bare, relevance=matrix), 0) == [6.0, 5.0]
    assert node_values(pair(*bare, relevance=matrix), 1) == [1.0, 2.0, 8.0]
    assert node_values(pair(*bare), 0) is None


def test_rows_relate_columns(rows):
    size = len(subject_of(rows).labels[0])
    related = copy.copy(rows)
    related.info = {"feature_relevance": torch.arange(size * size).view(1, size, 1, size).float()}
    assert pair_matrix(related, subject_of(rows)).shape == (size, size)
    assert pair_matrix(rows, subject_of(rows)) is None


def test_missing_networks_leave_no_groups():
    graphs = [brain(k, networks=None) for k in range(2)]
    explained = [
        Explanation(**{k: v for k, v in g.to_dict().items() if v is not None}) for g in graphs
    ]
    for graph in explained:
        graph.edge_mask = torch.ones(graph.num_edges)
    assert subject_of(pair(*explained)).groups is None
