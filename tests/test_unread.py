"""Files that are not read are named for what they are."""

import pytest

from pyg_siamex._unread import _KINDS, kind_unread
from pyg_siamex.datasets.connectome.array_file import SUFFIXES
from pyg_siamex.datasets.connectome.subject_files import subject_files
from pyg_siamex.recipe.domain import domain_name


@pytest.mark.parametrize("ending", _KINDS)
def test_a_file_and_a_folder_of_them_are_named_for_what_they_are(ending, tmp_path):
    assert ending not in SUFFIXES and kind_unread("a" + ending.upper()) == (ending, _KINDS[ending])
    file = tmp_path / f"sub-01{ending}"
    file.write_bytes(b"x")
    said = _KINDS[ending].split(":")[0].split(",")[0]
    with pytest.raises(ValueError, match=said):
        domain_name(file)
    with pytest.raises(FileNotFoundError, match=said):
        subject_files(tmp_path)


def test_files_that_are_read_are_not_among_them():
    assert [kind_unread(f"a{suffix}") for suffix in SUFFIXES] == [None] * len(SUFFIXES)
    assert kind_unread("molecules.csv") is None
