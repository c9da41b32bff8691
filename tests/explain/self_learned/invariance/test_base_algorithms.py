"""Local explainers come back from plain values as they were."""

import json

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import (
    InputXGradient,
    IntegratedGradients,
    Invariance,
    Occlusion,
    Saliency,
    SiameseGNN,
)
from pyg_siamex.explain import NeighbourhoodOcclusion
from pyg_siamex.explain.provenance import parameters_of
from pyg_siamex.explain.self_learned.invariance import base_algorithms, register_base_algorithm
from pyg_siamex.explain.self_learned.invariance.base_algorithms import BY_MASK, from_plain, plain


@pytest.mark.parametrize(
    "algorithm",
    [*BY_MASK["node"], IntegratedGradients(steps=7), InputXGradient()],
    ids=lambda a: a.name,
)
def test_name_and_settings_come_back(algorithm):
    again = from_plain(json.loads(json.dumps(plain(algorithm))))
    assert type(again) is type(algorithm)
    assert parameters_of(again) == parameters_of(algorithm)


def test_others_cannot_be_saved_or_read():
    class Own(Occlusion):
        pass

    for algorithm in (Saliency(), Own()):
        with pytest.raises(TypeError, match="cannot be saved: use one of Occlusion"):
            plain(algorithm)
    for found in ({"name": "Saliency", "settings": {}}, {"name": ["Occlusion"], "settings": {}}):
        with pytest.raises(ValueError, match="unknown local explainer"):
            from_plain(found)
    assert [type(one) for one in BY_MASK["node"]] == [Occlusion, NeighbourhoodOcclusion]
    assert [type(one) for one in BY_MASK["edge"]] == [Occlusion]


def test_a_registered_class_comes_back_and_names_are_not_taken_twice(monkeypatch):
    monkeypatch.setattr(base_algorithms, "_CLASSES", dict(base_algorithms._CLASSES))

    @register_base_algorithm
    class Stronger(Occlusion):
        def __init__(self, factor=2.0):
            super().__init__()
            self.factor = factor

    found = json.loads(json.dumps(plain(Stronger(3.0))))
    again = from_plain(found)
    assert type(again) is Stronger and again.factor == 3.0
    taken = type("Occlusion", (Occlusion,), {"__module__": "elsewhere"})
    with pytest.raises(ValueError, match="has registered a 'Occlusion' already"):
        register_base_algorithm(taken)
    with pytest.raises(TypeError, match="must be a class"):
        register_base_algorithm(Stronger())


def test_an_invariance_of_ones_own_explainer_is_saved(monkeypatch, tmp_path):
    monkeypatch.setattr(base_algorithms, "_CLASSES", dict(base_algorithms._CLASSES))

    @register_base_algorithm
    class Own(Occlusion):
        pass

    graphs = [random_graph(5, seed) for seed in range(4)]
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 8, 2)).eval()
    learned = Invariance.learn(model, graphs, algorithms=[Own()])
    learned.save(tmp_path / "own.invariance")
    again = Invariance.load(tmp_path / "own.invariance")
    assert [type(one) for one in again.algorithms] == [Own]
