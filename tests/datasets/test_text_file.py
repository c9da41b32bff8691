"""Text in any encoding."""

import gzip
import tracemalloc
import zipfile

import pytest
import torch

from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.datasets.text_file import check_unfolded, lines_of, open_text, read_text

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


@pytest.mark.parametrize("read", [read_text, lambda path: open_text(path).read()])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_without_a_mark_may_have_signs_beyond_latin(tmp_path, encoding, read):
    text = "name,\u2212logP,\u03b1-\u03b2\nethanol,0.3,1\n"
    (tmp_path / "table.csv").write_bytes(text.encode(encoding))
    assert read(tmp_path / "table.csv") == text


@pytest.mark.parametrize("read", [read_text, lambda path: open_text(path).read()])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "text",
    [
        "a,b\n",
        "имя,знак\nлюди,1.5\n",
        "名称,甲,标签\n样本第一号,1.5,0\n",
        "a,b\r\n\u4e00,1\r\n" * 90,
    ],
    ids=["short", "Cyrillic", "Chinese", "long"],
)
def test_text_without_a_mark_may_be_of_any_script(tmp_path, encoding, read, text):
    (tmp_path / "table.csv").write_bytes(text.encode(encoding))
    assert read(tmp_path / "table.csv") == text


@pytest.mark.parametrize("read", [read_text, lambda path: open_text(path).read()])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 101, 2_000_001])
def test_zero_bytes_are_no_text_in_any_number(tmp_path, read, size):
    places = [(0, ""), (0, TEXT), (len(TEXT), TEXT), *((place, TEXT[:16]) for place in range(16))]
    for place, text in places:
        content = f"{text[:place]}{size * chr(0)}{text[place:]}"
        (tmp_path / "table.csv").write_bytes(content.encode())
        with pytest.raises(ValueError, match="is not text: it holds zero bytes"):
            read(tmp_path / "table.csv")


@pytest.mark.parametrize("name", ["table.csv", "xl/workbook.xml"])
def test_archives_are_told_from_workbooks(tmp_path, name):
    path = tmp_path / "table.csv"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, TEXT)
    told = "an Excel workbook" if name.startswith("xl") else "a ZIP archive of table.csv: unpack"
    for read in (read_text, open_text):
        with pytest.raises(ValueError, match=told):
            read(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match="cut off or changed"):
        read_text(path)


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


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
@pytest.mark.parametrize("size", [1, 2**31], ids=["a little", "much"])
@pytest.mark.parametrize("read", [read_text, open_text])
def test_zero_bytes_after_text_are_noticed_before_they_take_memory(tmp_path, read, size, mark):
    path = tmp_path / "table.csv"
    with path.open("wb") as file:
        file.write(mark + b"smiles\n" * 400_000)
        file.truncate(file.tell() + size)
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"table\.csv (is not text: it holds zero|would take)"):
        read(path)
    assert tracemalloc.get_traced_memory()[1] < 2**26
    tracemalloc.stop()


@pytest.mark.parametrize("read", [read_text, open_text])
def test_a_compressed_file_that_ends_in_zero_bytes_is_refused_soon(tmp_path, read):
    path = tmp_path / "table.csv.gz"
    with path.open("wb") as file:
        file.write(gzip.compress(TEXT.encode(), mtime=0))
        file.truncate(2**32)
    with pytest.raises(ValueError, match=r"csv\.gz (is compressed and damaged|.*would take)"):
        read(path)


def test_files_of_the_library_are_told_where_text_is_read(tmp_path):
    path = tmp_path / "labels.csv"
    model = tmp_path / "model.siamex"
    SealedFormat("model", 1, "train it again").write(model, {"w": torch.ones(2)}, {})
    model.rename(path)
    for read in (read_text, open_text):
        with pytest.raises(ValueError, match=r"is not text: .* It holds 'model' of pyg_siamex"):
            read(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table at"):
        read_text(tmp_path / "none.csv")


def test_what_unfolds_to_far_more_than_a_table_is_refused_early(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" * 2**18 * 100, mtime=0))
    for read in (read_text, open_text):
        with pytest.raises(ValueError, match=r"bomb.csv.gz is .* unfolds to more than .* unpack"):
            read(path)


def test_small_files_may_unfold_to_whatever_and_large_ones_to_tables(monkeypatch):
    check_unfolded(2**26, 1, "a")
    check_unfolded(2**27, 2**20, "a")
    with pytest.raises(ValueError, match="unfolds to"):
        check_unfolded(2**26 + 1, 1, "a")
    monkeypatch.setattr("pyg_siamex._memory.free_memory", lambda: 2**29)
    with pytest.raises(ValueError, match="would take"):
        check_unfolded(2**27, 2**27, "a")


def test_all_members_of_a_compressed_file_are_read(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"a\n", mtime=0) + gzip.compress(b"b\n", mtime=0))
    assert read_text(path) == "a\nb\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "letter", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_letters_that_names_may_hold_end_no_line(end, letter):
    assert (
        lines_of(f"a{letter}b{end}c") == lines_of(f"a{letter}b{end}c{end}") == [f"a{letter}b", "c"]
    )
    assert lines_of("") == [] and lines_of(f"a{end}{end}") == ["a", ""]


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
