"""What commands about maps share."""

import pandas as pd
import pytest
from rich.console import Console

from pyg_siamex.cli.maps import check_map_files, map_rows, place_of


def test_outputs_are_no_inputs_and_have_known_endings(tmp_path):
    with pytest.raises(ValueError, match=r"must end in \.html, \.svg"):
        check_map_files(tmp_path / "a.txt", None, [])
    with pytest.raises(ValueError, match="m"):
        check_map_files(tmp_path / "a.svg", tmp_path / "m", [tmp_path / "m"])
    check_map_files(tmp_path / "a.svg", tmp_path / "t.csv", [tmp_path / "m", None])


def test_a_page_has_no_options_of_pictures(tmp_path):
    check_map_files(tmp_path / "a.svg", None, [], columns=True)
    check_map_files(tmp_path / "a.html", None, [], columns=False)
    with pytest.raises(ValueError, match=r"`columns` is for pictures, and .*a\.html' is a page"):
        check_map_files(tmp_path / "a.html", None, [], columns=True)


def test_places_are_named_without_markup():
    assert str(place_of({"region": "[a]", "other": "b"})) == "[a] \u2013 b"
    assert str(place_of({"region": "a"})) == "a"
    frame = pd.DataFrame({"network": ["x"] * 9, "other": ["y"] * 9, "z": range(9)})
    table = map_rows("t", frame, {"z": "{:.1f}".format}, ["z"])
    assert table.row_count == 8
    console = Console(width=60, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(table)
    assert "7.0" in console.export_text()
