import numpy as np
import pytest
import torch
from small_study import study

from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes import group_evidence as module
from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining
from pyg_siamex.recipe.connectomes.group_evidence import group_evidence
from pyg_siamex.recipe.connectomes.study import Study

SETTINGS = Settings(epochs=3, hidden=6, lr=1e-2)


def evidence(graphs, models=1):
    return group_evidence(Study(graphs), ConnectomeTraining.of(graphs, SETTINGS), models)


def test_three_of_four_blocks_are_explained_in_one_unit():
    found = evidence(study(32), models=2)
    assert found.values.shape == (2, 24, 2, 28) and len(set(found.subjects.tolist())) == 24
    assert np.bincount(found.block).tolist() == [0, 8, 8, 8]
    for block in (1, 2, 3):
        values = found.values[:, found.block == block]
        assert np.allclose(values.var(1).mean((1, 2)), 1.0)
    assert np.allclose(found.mean, found.values.mean(0))
    assert not np.allclose(found.values[0], found.values[1])


def swap_labels(graphs, one, other):
    kept = graphs._graphs
    kept[one].y, kept[other].y = kept[other].y, kept[one].y


def test_a_subjects_own_label_has_no_part_in_its_evidence(monkeypatch):
    graphs = study(32)
    found = evidence(graphs)
    first = sorted(set(range(32)) - set(found.subjects.tolist()))
    blocks = [first, *(found.subjects[found.block == k].tolist() for k in (1, 2, 3))]
    parts = [torch.tensor(block) for block in blocks]
    monkeypatch.setattr(module, "split_graphs", lambda *_: parts)
    one, other = (next(k for k in blocks[3] if int(graphs[k].y) == c) for c in (0, 1))
    swap_labels(graphs, one, other)
    again = evidence(graphs)
    assert again.subjects.tolist() == found.subjects.tolist()
    assert np.allclose(found.values, again.values, atol=1e-6)
    one, other = (next(k for k in blocks[1] if int(graphs[k].y) == c) for c in (0, 1))
    swap_labels(graphs, one, other)
    later = evidence(graphs)
    early = found.block == 1
    assert np.allclose(found.values[:, early], later.values[:, early], atol=1e-6)
    assert not np.allclose(found.values[:, ~early], later.values[:, ~early], atol=1e-3)


def test_evidence_is_for_the_right_class():
    graphs = study(48, effect=3.0)
    found = evidence(graphs)
    labels = torch.stack([graphs[k].y for k in found.subjects.tolist()]).numpy()
    total = (found.mean[:, 1] - found.mean[:, 0]).sum(1)
    assert total[labels == 1].mean() > total[labels == 0].mean() + total.std()


def test_persons_are_in_one_block():
    graphs = study(48, groups=[f"p{k // 4}{k % 2}" for k in range(48)])
    found = evidence(graphs)
    of = {}
    for place, block in zip(found.subjects.tolist(), found.block.tolist(), strict=True):
        assert of.setdefault(graphs.groups[place], block) == block


def test_few_subjects_of_a_class_are_refused():
    with pytest.raises(ValueError, match="class 'a' has 6 subjects, and each of 4 blocks"):
        evidence(study(12))
