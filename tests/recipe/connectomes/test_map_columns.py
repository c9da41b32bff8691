import pandas as pd
import pytest

from pyg_siamex.recipe.connectomes.map_columns import CHANGE_LEVELS, GROUP_LEVELS, connections_of

PLACE = {"region": ["a"], "other": ["b"], "stronger_in": ["x"], "z": [1.0], "p_fwe": [1.0]}


@pytest.mark.parametrize(
    ("levels", "missing"),
    [
        (GROUP_LEVELS, "'p_cluster', 'raw_z', 'raw_p_fwe', 'raw_p_cluster'"),
        (CHANGE_LEVELS, "'p_cluster', 'alike', 'alike_share'"),
    ],
    ids=["group", "change"],
)
def test_each_level_has_its_columns(levels, missing):
    told = levels.wrong({"connections": pd.DataFrame(PLACE)})
    assert told == f"of its 'connections': it has no {missing}"
    assert "networks" in levels.words and "regions" in levels.words


@pytest.mark.parametrize(
    ("tables", "got"),
    [(None, "NoneType"), ({}, "NoneType"), ({"connections": 5}, "5"), ([], "list")],
    ids=["none", "empty", "number", "list"],
)
def test_connections_that_are_no_table_are_refused(tables, got):
    with pytest.raises(TypeError, match=rf"`Result\.tables` has no table .* \(got {got}\)"):
        connections_of(tables, "Result")
    assert connections_of({"connections": pd.DataFrame(PLACE)}, "Result")["z"][0] == 1.0
