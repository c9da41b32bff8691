"""A run goes on only where it is the same run."""

import json
from pathlib import Path

import pytest

from pyg_siamex.recipe.pair_table.run_folder import RunFolder

ABOUT = {"pairs": "p", "model": "m", "method": "occlusion", "measures": ["fidelity"]}


def test_a_run_is_begun_and_gone_on_with(tmp_path):
    folder = RunFolder.begin(tmp_path / "run", 100, 64, ABOUT)
    assert folder.parts == 2 and folder.done == [] and folder.rows_done == 0
    folder.file(1).touch()
    again = RunFolder.begin(tmp_path / "run", 100, 32, ABOUT)
    assert again == folder, "the parts keep their size"
    assert again.done == [1] and again.rows_done == 36
    assert RunFolder.of(tmp_path / "run") == folder


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pairs": "q"}, "of other pairs"),
        ({"model": "n"}, "by another model"),
        ({"method": "bilrp"}, "by another method"),
        ({"measures": []}, "with other measures"),
        ({"colour": 1}, "with another colour"),
    ],
)
def test_another_run_is_refused(tmp_path, change, words):
    RunFolder.begin(tmp_path / "run", 100, 64, ABOUT)
    with pytest.raises(ValueError, match=rf"holds explanations {words}: choose another name"):
        RunFolder.begin(tmp_path / "run", 100, 64, {**ABOUT, **change})


def test_folders_of_others_are_left_alone(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(ValueError, match="holds no explained pairs: choose another name"):
        RunFolder.begin(tmp_path, 1, 64, ABOUT)
    with pytest.raises(ValueError, match="holds no explained pairs"):
        RunFolder.begin(tmp_path / "thesis.txt", 1, 64, ABOUT)
    with pytest.raises(FileNotFoundError, match="no folder"):
        RunFolder.begin(tmp_path / "a" / "b", 1, 64, ABOUT)
    with pytest.raises(FileNotFoundError, match="no explained pairs at"):
        RunFolder.of(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"format": "x", "part": 1, "rows": 1})])
def test_a_damaged_beginning_is_named(tmp_path, text):
    folder = RunFolder.begin(tmp_path / "run", 1, 64, ABOUT)
    (folder.path / "run.json").write_text(text)
    with pytest.raises(ValueError, match=r"run\.json does not begin a run"):
        RunFolder.begin(tmp_path / "run", 1, 64, ABOUT)


def test_pictures_have_the_row_in_their_name(tmp_path):
    folder = RunFolder.begin(tmp_path / "run", 1, 64, ABOUT)
    assert folder.picture(7, ".svg") == Path(tmp_path / "run" / "pictures" / "000007.svg")


def test_parts_that_are_gone_are_made_again_and_a_file_in_their_place_is_named(tmp_path):
    path = tmp_path / "out"
    RunFolder.begin(path, 10, 4, ABOUT)
    (path / "pairs").rmdir()
    RunFolder.begin(path, 10, 4, ABOUT)
    assert (path / "pairs").is_dir()
    (path / "pairs").rmdir()
    (path / "pairs").write_text("x")
    with pytest.raises(ValueError, match=r"pairs is a file, and explained pairs go into a folder"):
        RunFolder.begin(path, 10, 4, ABOUT)
