import numpy as np
import pytest

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.recipe.connectomes.group_contrast import contrast
from pyg_siamex.recipe.connectomes.group_levels import levels_of
from pyg_siamex.recipe.connectomes.group_statistics import group_table, model_z, stability


def tables(effect=3.0):
    rng, n = np.random.default_rng(0), 40
    member = np.arange(n) % 2 == 0
    by_model = rng.standard_normal((3, n, 6)) * 0.1 + rng.standard_normal((n, 6))
    by_model[:, member, 2] += effect
    raw_values = rng.standard_normal((n, 6))
    raw_values[member, 2] -= effect
    people, blocks = [str(k) for k in range(n)], np.zeros(n, int)
    told, raw = (
        contrast(values, member, people, blocks, None, 199, 0)
        for values in (by_model.mean(0), raw_values)
    )
    levels = levels_of(Atlas("t", list("abcd"), None, list("xxyy")))
    names = ("ill", "healthy")
    found = {level.name: group_table(level, told, by_model, raw, names) for level in levels}
    return found, by_model, told


def test_the_strongest_connection_is_first_and_says_where_it_is_stronger():
    found, _, _ = tables()
    top = found["connections"].iloc[0]
    assert (top["region"], top["other"]) == ("a", "d")
    assert top["p_fwe"] == top["raw_p_fwe"] == 1 / 200
    assert top["stronger_in"] == "healthy" and top["raw_z"] < 0 < top["z"]
    assert top["g_low"] < top["g"] < top["g_high"] and top["raw_g"] < -1
    assert found["connections"]["z"].is_monotonic_decreasing
    assert set(found["regions"].iloc[:2]["region"]) == {"a", "d"}
    top = found["networks"].iloc[0]
    assert (top["network"], top["other"]) == ("x", "y")
    assert "cluster" in found["connections"] and "cluster" not in found["regions"]


def test_stability_is_the_agreement_of_retrained_models():
    found, by_model, told = tables()
    z = model_z(by_model, told)
    assert z.shape == (3, 6) and stability(z) > 0.7
    assert stability(z[:1]) is None
    assert stability(np.array([[1.0, 2, 3], [3, 2, 1]])) == pytest.approx(-1)
    assert (found["connections"]["least_z"] <= found["connections"]["z"] + 0.5).all()
