"""A full disk of temporary files is named, with the way out."""

import errno
import os
import re
import tempfile
from pathlib import Path

import pytest

import pyg_siamex
from pyg_siamex._temporary import naming_full_disk, temporary_folder

PACKAGE = Path(pyg_siamex.__file__).parent


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EFBIG, errno.EDQUOT])
@pytest.mark.parametrize("named", [True, False], ids=["its file", "no file"])
def test_a_full_disk_of_temporary_files_is_named_with_the_way_out(code, named):
    with pytest.raises(OSError, match="TMPDIR") as caught, temporary_folder() as folder:
        Path(folder, "a").touch()
        raise OSError(code, os.strerror(code), *[f"{folder}/a"] * named)
    assert folder in str(caught.value) and caught.value.errno == code
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "the disk is full: b was not written"),
        OSError(errno.ENOSPC, "No space left on device", "b"),
        OSError(errno.EACCES, "Permission denied"),
        ValueError("b"),
    ],
    ids=["told already", "another file", "another reason", "no file at all"],
)
def test_other_errors_stay_as_they_are(error):
    for block in (temporary_folder(), naming_full_disk("checkpoints")):
        with pytest.raises(type(error)) as caught, block:
            raise error
        assert caught.value is error


def test_a_folder_that_cannot_be_made_is_told_with_the_way_out(monkeypatch):
    def none(*given: object) -> None:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr(tempfile, "TemporaryDirectory", none)
    refused = pytest.raises(OSError, match=r"no temporary folder can be made .*TMPDIR")
    with refused, temporary_folder():
        pass


def test_every_temporary_folder_of_the_package_is_named_so():
    making = re.compile(r"TemporaryDirectory\(|NamedTemporaryFile\(|mkdtemp\(|mkstemp\(")
    found = [path.name for path in PACKAGE.rglob("*.py") if making.search(path.read_text())]
    assert found == ["_temporary.py"]
