"""Tables replace tables of their kind, and nothing else."""

import pytest

from pyg_siamex.recipe.table_files import check_cliffs, check_connections, check_hits

CHECKS = {
    "hits": (check_hits, "rank,entry,name\n1,1,a\n", "hits.csv"),
    "molecules": (check_hits, "a\n\n$$$$\n>  <rank>  (1)\n1\n", "hits.sdf"),
    "connections": (check_connections, "region,other,effect\n", "table.csv"),
    "cliffs": (check_cliffs, "rank,one,other\n", "cliffs.csv"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_another_file_is_not_replaced(name, tmp_path):
    check, own, file_name = CHECKS[name]
    path = tmp_path / file_name
    check(path)
    for fine in ("", own):
        path.write_text(fine)
        check(path)
    for other in ("name,smiles\na,CCO\n", "subject,group\n", " " + own[:8]):
        path.write_text(other)
        with pytest.raises(ValueError, match="is there and is no table of"):
            check(path)
        assert path.read_text() == other
    with pytest.raises(ValueError, match="must end in"):
        check(path.with_suffix(".siamex"))
    with pytest.raises(FileNotFoundError, match="no folder"):
        check(tmp_path / "none" / file_name)
