"""Text in any encoding."""

import gzip

import pytest

from pyg_siamex.datasets.text_file import read_text

TEXT = "smiles,Säure\nCCO,1\n"


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"],
)
def test_the_encoding_is_found(tmp_path, encoding, zipped, caplog):
    content = TEXT.encode(encoding)
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
    assert read_text(path) == TEXT
    assert ("read as Windows-1252" in caplog.text) == (encoding in ("cp1252", "latin-1"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x1f\x8b\x08 no", "compressed and damaged"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-12], "compressed and damaged"),
        (b"\x00\x01\x02\x03" * 9, "is not text"),
        (b"\xff\xfea", "begins as utf-16 and is not"),
    ],
    ids=["no gzip", "gzip cut short", "binary", "utf-16 of odd length"],
)
def test_what_is_not_text_is_named(tmp_path, content, message):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read_text(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        read_text(tmp_path / "none.csv")
