import numpy as np

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.recipe.connectomes.group_levels import levels_of

ATLAS = Atlas("t", ["a", "b", "c", "d"], None, ["x", "x", "y", "y"])


def test_regions_and_networks_sum_their_connections():
    connections, regions, networks = levels_of(ATLAS)
    values = np.arange(1.0, 7)  # ab ac ad bc bd cd
    assert connections.of(values) is values
    assert regions.of(values).tolist() == [1 + 2 + 3, 1 + 4 + 5, 2 + 4 + 6, 3 + 5 + 6]
    named = dict(
        zip(
            zip(networks.columns["network"], networks.columns["other"], strict=True),
            networks.of(values).tolist(),
            strict=True,
        )
    )
    assert named == {("x", "x"): 1, ("x", "y"): 2 + 3 + 4 + 5, ("y", "y"): 6}
    assert connections.columns["region"] == ["a", "a", "a", "b", "b", "c"]


def test_an_atlas_without_networks_has_two_levels():
    assert [level.name for level in levels_of(Atlas.numbered(3))] == ["connections", "regions"]
