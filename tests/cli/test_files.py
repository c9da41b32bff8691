"""Files that cannot be read or written are refused by name."""

import pytest

from pyg_siamex.cli.files import check_folder, check_page, check_there


def test_a_file_must_be_there(tmp_path):
    (tmp_path / "m.siamex").touch()
    check_there(tmp_path / "m.siamex", "model")
    for path in (tmp_path / "n.siamex", tmp_path):
        with pytest.raises(FileNotFoundError, match=f"no model at {path}"):
            check_there(path, "model")


def test_the_folder_of_an_output_must_be_there(tmp_path):
    check_folder(tmp_path / "new.svg", "write the picture into")
    with pytest.raises(FileNotFoundError, match=r"no folder .*absent to write the picture into"):
        check_folder(tmp_path / "absent" / "new.svg", "write the picture into")


def test_a_page_ends_in_html(tmp_path):
    check_page(tmp_path / "page.HTML")
    with pytest.raises(ValueError, match=r"`out` must end in \.html"):
        check_page(tmp_path / "page.htm")
    with pytest.raises(FileNotFoundError, match="write the page into"):
        check_page(tmp_path / "absent" / "page.html")
