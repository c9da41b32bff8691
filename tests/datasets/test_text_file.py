"""Text in any encoding."""

import gzip

import pytest

from pyg_siamex.datasets.text_file import open_text, read_text

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


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]
)
def test_a_stream_reads_the_same(tmp_path, encoding, zipped, caplog):
    content = (TEXT * 3).encode(encoding)
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
    with open_text(path) as file:
        assert file.read() == read_text(path)
    assert caplog.text.count("read as Windows-1252") == 2 * (encoding == "cp1252")


def test_a_stream_refuses_what_is_no_text(tmp_path):
    path = tmp_path / "table.csv"
    with pytest.raises(FileNotFoundError, match="no table at"):
        open_text(path)
    path.write_bytes(b"smiles,y\nCC\0,1\n")
    with pytest.raises(ValueError, match="holds zero bytes"):
        open_text(path)
    path.write_bytes(gzip.compress(TEXT.encode() * 1000, mtime=0)[:40])
    with pytest.raises(ValueError, match="compressed and damaged"):
        open_text(path)
