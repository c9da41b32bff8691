import os

import pytest

from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole


def test_the_suffix_is_the_format_in_any_case(tmp_path):
    assert picture_format(tmp_path / "a.b.SVG", ("svg", "png")) == "svg"


@pytest.mark.parametrize("name", ["a.jpg", "svg", "a.", ".svg"])
def test_other_suffixes_list_the_supported_ones(name, tmp_path):
    with pytest.raises(ValueError, match=r"supported suffixes are \.svg, \.png"):
        picture_format(tmp_path / name, ("svg", "png"))


def test_an_interrupted_write_leaves_no_trace(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_bytes(b"old")

    def fail(*_):
        raise OSError("disk")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk"):
        write_whole(tmp_path / "a.svg", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]
    assert (tmp_path / "a.svg").read_bytes() == b"old"


def test_a_written_file_has_the_usual_permissions(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_whole(tmp_path / "a.svg", b"new")
    assert (tmp_path / "a.svg").stat().st_mode == (tmp_path / "plain").stat().st_mode
