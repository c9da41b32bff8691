"""Files of a search are checked before any work."""

from pathlib import Path

import pytest

from pyg_siamex.cli.search_files import SearchFiles


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (SearchFiles(Path("a.pdf")), r"`out` must end in \.html"),
        (SearchFiles(hits=Path("a.xlsx")), r"`hits` must end in \.csv or \.sdf"),
        (SearchFiles(grid=Path("a.pdf")), r"`grid` must end in \.svg or \.png"),
        (SearchFiles(grid=Path("no/such/a.png")), "no folder .* to write the grid into"),
    ],
)
def test_what_cannot_be_written_is_refused(files, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        files.check()


def test_the_usual_files_are_fine(tmp_path):
    SearchFiles(tmp_path / "a.html", tmp_path / "a.SDF", tmp_path / "a.png").check()


@pytest.mark.parametrize(
    "files", [SearchFiles(grid=Path("a.svg")), SearchFiles(hits=Path("a.SDF"))]
)
def test_files_of_molecules_are_refused_for_others(files):
    files.check_domain("molecules", Path("table.csv"))
    with pytest.raises(ValueError, match="for molecules, and brains is of connectomes"):
        files.check_domain("connectomes", Path("brains"))
