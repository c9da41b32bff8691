"""Files of pictures: the suffix is the format, and a file is written whole or not at all."""

from collections.abc import Collection
from pathlib import Path

from pyg_siamex.data.file import whole_file


def picture_format(path: str | Path, supported: Collection[str]) -> str:
    """Return the format a path asks for, in lower case and without its dot.

    Raises:
        ValueError: If the suffix is not one of ``supported``, or if there is no such folder.
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in supported:
        names = ", ".join(f".{name}" for name in supported)
        named = path.name if path.name else path
        raise ValueError(f"cannot write '{named}': the supported suffixes are {names}")
    if not path.parent.is_dir():
        raise ValueError(f"cannot write '{path}': there is no folder '{path.parent}'")
    return suffix


def write_whole(path: str | Path, content: bytes) -> None:
    """Write ``content`` so that nobody sees a half-written file."""
    with whole_file(path) as temporary:
        Path(temporary).write_bytes(content)


class Picture(str):
    """SVG text that notebooks show as the picture it is."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        """A short form, as the text is long."""
        return f"<Picture: {len(self):,} characters of SVG>"
