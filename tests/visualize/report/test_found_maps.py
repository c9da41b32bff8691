"""Pages of connections read what recipes found, and refuse anything else."""

import pandas as pd
import pytest

from pyg_siamex._kinds import kind_of
from pyg_siamex.recipe import GroupFound, Longitudinal
from pyg_siamex.visualize import change_report, group_report
from pyg_siamex.visualize.report.found_maps import ChangeMaps, GroupMaps


@pytest.mark.parametrize(
    ("page", "protocol", "found"),
    [(group_report, GroupMaps, GroupFound), (change_report, ChangeMaps, Longitudinal)],
    ids=["group", "change"],
)
def test_what_is_not_found_by_a_recipe_is_refused(page, protocol, found, tmp_path):
    for wrong in (None, 3, "abc", [], {}, pd.DataFrame(), found):
        with pytest.raises(TypeError, match=f"`found` must be a {protocol.__name__} with atlas"):
            page(wrong, tmp_path / "page.html")
    assert not any(tmp_path.iterdir())
    names = {name for name in vars(protocol) if not name.startswith("_")}
    has = {*vars(found), *found.__annotations__}
    assert kind_of(protocol) is not None and names <= has
