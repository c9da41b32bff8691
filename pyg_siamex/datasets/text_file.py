"""The text of a file, whatever its encoding, also compressed."""

import codecs
import gzip
import io
import logging
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from pyg_siamex._memory import check_memory, in_words
from pyg_siamex._there import check_there
from pyg_siamex._unread import kind_unread
from pyg_siamex._visible import in_one_line
from pyg_siamex._writable import kept_in

_logger = logging.getLogger(__name__)

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BYTEWISE = ("utf-8", "utf-8-sig")
"""Encodings without zero bytes; Windows-1252 is taken for UTF-8 at first."""
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""Encodings with zero bytes, which files may be in that begin with no mark."""
_LATIN = 0.8
"""Share of ASCII from which on letters are taken for text in one of these encodings."""
_PLAIN = 0.1
"""Least share of ASCII, which parts cells and lines in any script."""
_GZIP = b"\x1f\x8b"
_END = re.compile("\r\n|\r|\n")
_SMALL, _FOLDS = 1 << 26, 200
"""Bytes that any file may unfold to, and how many times its size a larger table may."""
_COPIES = 8
"""Memory of a table while it is read, as a multiple of its text."""
_PIECE = 1 << 20
"""Bytes that are read at once."""


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16, UTF-32 or, with a warning, Windows-1252.

    Files compressed by gzip are known by their first bytes, not by their names.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is not text, or does not fit into memory.
    """
    check_there(path, "table")
    text = _decoded(_content(path), path)
    if "\0" in text:
        raise ValueError(f"{path} is not text: it holds zero bytes{_SAVE}")
    return text


def lines_of(text: str) -> list[str]:
    r"""The lines of a text, as editors count them.

    Unlike ``str.splitlines``, letters such as form feeds, which names may hold, end no line.

    Args:
        text: Any text.

    Example:
        >>> lines_of("a\r\nb\u2028c\n")
        ['a', 'b\u2028c']
    """
    lines = _END.split(text)
    return lines if lines[-1] else lines[:-1]


_ZIP = b"PK\x03\x04"
_STARTS = {
    _ZIP: "an archive",
    b"PAR1": "Parquet: save the table as .csv",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the table as .csv",
    b"\x93NUMPY": "an array of NumPy, .npy",
    b"MATLAB": "a file of MATLAB, .mat",
    b"\x89HDF": "HDF5: save the table as .csv",
}
"""How files begin that are not text, and what they are."""


def check_folds(size: int, folded: int, path: Path) -> None:
    """Refuse compressed content that is far larger than the content of tables is.

    Args:
        size: Bytes of the content.
        folded: Bytes of the file.
        path: The file, for the message.

    Raises:
        ValueError: If it is too large.
    """
    if size > max(_SMALL, _FOLDS * folded):
        raise ValueError(
            f"{path} is {in_words(folded)} and unfolds to more than {in_words(size)}, as no table "
            f"does: unpack it first"
        )


def check_unfolded(size: int, folded: int, path: Path) -> None:
    """Refuse compressed content that is far larger than tables are, or than memory holds.

    Args:
        size: Bytes of the content.
        folded: Bytes of the file.
        path: The file, for the message.

    Raises:
        ValueError: If it is too large.
    """
    check_folds(size, folded, path)
    check_memory(_COPIES * size, f"the content of {path}", "take a part of it")


def _content(path: Path) -> bytes:
    """All bytes, unfolded; what is not text is refused at its first piece."""
    check_memory(_COPIES * path.stat().st_size, f"the content of {path}", "take a part of it")
    try:
        with _opened(path) as file:
            return b"".join(_pieces(file, path))
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is compressed and damaged ({error})") from error


def _pieces(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The bytes of a text of limited size, piece by piece."""
    folded, size = path.stat().st_size, 0
    piece = file.read(_PIECE)
    bytewise = _encoding(piece) in _BYTEWISE
    while piece:
        size += len(piece)
        check_unfolded(size, folded, path)
        if bytewise and b"\0" in piece:
            raise ValueError(f"{path} is not text: it holds zero bytes{_known(path, piece)}")
        yield piece
        piece = file.read(_PIECE)


def _known(path: Path, start: bytes) -> str:
    """What a file is that is not text, and the way out, where that is known."""
    kept = kept_in(path)
    if kept:
        return f". It holds '{kept}' of pyg_siamex"
    kind = kind_unread(path.name)
    if kind is not None:
        return f". It has {kind[1]}"
    if start.startswith(_ZIP):
        return f". It is {archived(path)}"
    found = (what for magic, what in _STARTS.items() if start.startswith(magic))
    return next((f". It is {what}" for what in found), _SAVE)


def archived(path: Path) -> str:
    """What a file is that begins as ZIP archives do, and the way out.

    Args:
        path: The file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError):
        return "a ZIP archive or an Excel workbook, cut off or changed: save the table again"
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook: save the table as .csv"
    return f"a ZIP archive of {in_one_line(', '.join(names), 100)}: unpack it"


_CHANGED = "it was cut off or changed, save it again as UTF-8"
_SAVE = " (if it is text, save it as UTF-8)"


def open_text(path: Path) -> TextIO:
    """The text of a file as :func:`read_text` reads it, piece by piece, in bounded memory.

    Args:
        path: The file; its line ends are kept.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it is not text, or compressed and damaged.
    """
    check_there(path, "table")
    with _opened(path) as file:
        try:
            start = file.read(_PIECE)
            encoding = _encoding(start)
            utf8 = _is_utf8(start, file, path, encoding)
            if encoding == "utf-8" and not utf8:
                _logger.warning("%s is not UTF-8 and read as Windows-1252: look at its names", path)
                encoding = "cp1252"
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path} is compressed and damaged ({error})") from error
    errors = "replace" if encoding == "cp1252" else "strict"
    return io.TextIOWrapper(_opened(path), encoding=encoding, errors=errors, newline="")


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
        if packed and path.stat().st_size > _PIECE:
            file.seek(-_PIECE // 2, io.SEEK_END)
            if not any(file.read()):  # gzip would read them one by one
                raise ValueError(f"{path} is compressed and damaged (it ends in zero bytes)")
    return cast("BinaryIO", gzip.open(path) if packed else path.open("rb"))


def _is_utf8(start: bytes, rest: BinaryIO, path: Path, encoding: str) -> bool:
    """Read a file to its end; refuse what is not text, or unfolds to far more than a table."""
    decode = codecs.getincrementaldecoder("utf-8")().decode
    folded, size, piece, found = path.stat().st_size, 0, start, True
    while piece:
        size += len(piece)
        check_folds(size, folded, path)
        if encoding in _BYTEWISE and b"\0" in piece:
            raise ValueError(f"{path} is not text: it holds zero bytes{_known(path, piece)}")
        try:
            found = found and decode(piece) is not None
        except UnicodeDecodeError:
            found = False
        piece = rest.read(_PIECE)
    try:
        return found and decode(b"", final=True) is not None
    except UnicodeDecodeError:
        return False


def _decoded(content: bytes, path: Path) -> str:
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise ValueError(
                f"{path} begins as {encoding} and is not: {error.reason} ({_CHANGED})"
            ) from error
    _logger.warning("%s is not UTF-8 and read as Windows-1252: look at its names", path)
    return content.decode("cp1252", errors="replace")


def _encoding(content: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    start = content[:200]
    if b"\0" not in start or len(start) < _FEWEST or start.startswith(tuple(_STARTS)):
        return "utf-8"
    shares = {encoding: _ascii_share(start, encoding) for encoding in _WIDE}
    likely = max(_WIDE, key=lambda encoding: shares[encoding])
    least = _LATIN if _is_text(start.replace(b"\0", b""), "utf-8") else _PLAIN
    return likely if shares[likely] > least else "utf-8"


_FEWEST = 4
"""Fewest bytes that say which encoding they are in."""


def _ascii_share(start: bytes, encoding: str) -> float:
    """Share of ASCII among letters in an encoding; 0 if they are no text in it."""
    if not _is_text(start, encoding):
        return 0
    text = codecs.getincrementaldecoder(encoding)().decode(start)
    return sum(letter.isascii() for letter in text) / max(len(text), 1)


def _is_text(start: bytes, encoding: str) -> bool:
    """Whether bytes are letters in an encoding, the last of them perhaps cut off."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeDecodeError:
        return False
    kinds = {unicodedata.category(letter) for letter in set(text) - set(_BREAKS)}
    return not kinds & set(_NO_LETTERS)


_BREAKS = "\t\n\r\x0b\x0c"
"""Signs of control that text has."""
_NO_LETTERS = ("Cc", "Cn", "Co", "Cs")
"""Categories of Unicode that no letter of a table is in."""
