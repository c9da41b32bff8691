"""Model files say where data are, and hold no absolute path."""

from pathlib import Path

import pytest

from pyg_siamex.recipe.source_path import path_beside, with_paths_beside, with_paths_from


@pytest.mark.parametrize("place", ["study/matrices", "matrices", "models/m.npz", "a/b/c/d.npz"])
def test_data_are_found_again_where_both_have_moved_together(tmp_path, place):
    file = tmp_path / "models" / "brains.siamex"
    written = with_paths_beside({"source": {"path": str(tmp_path / place), "array": "x"}}, file)
    said = written["source"]["path"]
    assert not Path(said).is_absolute() and tmp_path.parent.name not in said
    moved = Path("/elsewhere/of/ann/models/brains.siamex")
    found = with_paths_from(written, moved)["source"]
    assert found == {"path": str(Path("/elsewhere/of/ann") / place), "array": "x"}


def test_paths_that_share_the_root_alone_leave_their_name(caplog):
    assert path_beside("/secret/place/study.npz", "/home/ann/m.siamex") == "study.npz"
    assert with_paths_beside({"source": "/secret/t.csv"}, "/m.siamex") == {"source": "t.csv"}
    assert "name it for other commands" in caplog.text


def test_models_without_a_path_stay_as_they_are():
    for plain in ({}, {"source": None}, {"source": {"file_name": "x"}}):
        assert with_paths_beside(plain, "m") == plain == with_paths_from(plain, "m")


def test_absolute_paths_of_older_files_are_kept():
    assert with_paths_from({"source": {"path": "/a/b"}}, "/m/x") == {"source": {"path": "/a/b"}}
