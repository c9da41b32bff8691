"""Files that cannot be read or written are refused by name."""

import pytest

from pyg_siamex.cli.files import as_path, check_kept, check_page


def test_the_folder_of_an_output_must_be_there(tmp_path):
    check_kept(tmp_path / "new", "model", "write the model into")
    check_kept(None, "model", "write the model into")
    with pytest.raises(FileNotFoundError, match=r"no folder .*absent to write the model into"):
        check_kept(tmp_path / "absent" / "new", "model", "write the model into")
    (tmp_path / "data.csv").write_text("smiles\nCC\n")
    with pytest.raises(ValueError, match="is there and holds no model"):
        check_kept(tmp_path / "data.csv", "model", "write the model into")


def test_a_page_ends_in_html_and_is_not_read(tmp_path):
    check_page(tmp_path / "page.HTML", [tmp_path / "model", None])
    with pytest.raises(ValueError, match=r"`out` must end in \.html"):
        check_page(tmp_path / "page.htm", [])
    with pytest.raises(FileNotFoundError, match="write the page into"):
        check_page(tmp_path / "absent" / "page.html", [])
    with pytest.raises(ValueError, match="is read, and would be written over"):
        check_page(tmp_path / "a.html", [tmp_path / "a.html"])


def test_options_are_paths_or_nothing(tmp_path):
    assert as_path(None) is None
    assert as_path(str(tmp_path)) == tmp_path
