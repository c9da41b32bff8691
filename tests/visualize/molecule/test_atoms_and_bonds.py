import pytest
import torch

from pyg_siamex.visualize.molecule.atoms_and_bonds import importance_of


def test_a_bond_has_one_value_and_self_loops_none(graph):
    plain = graph("CO", edges=[0.2, 0.4])
    plain.edge_index = torch.cat([plain.edge_index, torch.tensor([[0], [0]])], 1)
    plain.edge_mask = torch.cat([plain.edge_mask, torch.ones(1)])
    assert importance_of(plain, None).bonds == {(0, 1): pytest.approx(0.4)}


def test_without_masks_and_relevance_there_is_no_importance(graph):
    assert importance_of(graph("CO"), None) == (None, None)


def test_masks_come_before_relevance(graph):
    relevance = torch.ones(2, 3)
    assert importance_of(graph("CO", nodes=[0.5, 0.25]), relevance).atoms == [0.5, 0.25]
    assert importance_of(graph("CO", edges=[1.0, 1.0]), relevance).atoms is None
    assert importance_of(graph("CO"), relevance).atoms == [3.0, 3.0]
