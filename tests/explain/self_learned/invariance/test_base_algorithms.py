"""Local explainers come back from plain values as they were."""

import json

import pytest

from pyg_siamex import InputXGradient, IntegratedGradients, Occlusion, Saliency
from pyg_siamex.explain import NeighbourhoodOcclusion
from pyg_siamex.explain.provenance import parameters_of
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
