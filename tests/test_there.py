"""Files that are read are there."""

import os
from pathlib import Path

import pytest

from pyg_siamex._there import check_there


def test_says_what_is_in_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    for name, told in {
        "gone": "gone$",
        ".": "it is a folder",
        "link": "it is a link to nowhere, which is not there",
        "pipe": "it is neither a file nor a folder",
    }.items():
        with pytest.raises(FileNotFoundError, match=f"no table at .*{told}"):
            check_there(tmp_path / name, "table")


def test_gives_the_path_of_a_file_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a")
    (tmp_path / "link.csv").symlink_to("table.csv")
    assert check_there(str(tmp_path / "link.csv")) == tmp_path / "link.csv"


def test_a_name_that_is_empty_is_told() -> None:
    with pytest.raises(FileNotFoundError, match="no table: the name of the file is empty"):
        check_there("", "table")


LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 345\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [(LFS, "Git LFS has not fetched: git lfs pull"), ("/annex/objects/SHA\n", "datalad get")],
)
def test_pointers_to_files_of_a_repository_are_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "t.csv").write_text(text)
    with pytest.raises(ValueError, match=rf"t.csv only points to the table, which .*{told}"):
        check_there(tmp_path / "t.csv", "table")
