"""The folder of a run: what was asked, and the parts that are done."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyg_siamex._numbers import whole
from pyg_siamex._writable import check_folder_name, check_writable
from pyg_siamex.data.file import whole_file
from pyg_siamex.data.plain_json import from_json

FORMAT = "pyg_siamex explained pairs 1"

_MOST_PARTS = 10_000_000
"""Most files of a run; each holds some hundred pairs."""

_ABOUT, _PARTS, _PICTURES = "run.json", "pairs", "pictures"

_WORDS = {
    "pairs": "of other pairs",
    "model": "by another model",
    "method": "by another method",
    "names": "of names in other files",
    "drawn": "with other pictures",
    "measures": "with other measures",
    "explainer": "by another version or other settings",
}
"""What differs, in words, by the entry of ``run.json``."""


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run.

    Attributes:
        path: The folder.
        rows: Number of pairs of the whole run.
        part: Number of pairs of each part but the last.

    Example:
        >>> RunFolder(Path("explained"), 100, 64).parts
        2
    """

    path: Path
    rows: int
    part: int

    @classmethod
    def begin(cls, path: Path, rows: int, part: int, about: Mapping[str, Any]) -> "RunFolder":
        """Make the folder, or go on with one of the same run.

        Args:
            path: The folder.
            rows: Number of pairs.
            part: Number of pairs of each part; an earlier beginning of the run keeps its own.
            about: What is explained by what, as plain values.

        Raises:
            FileNotFoundError: If there is no folder to make it in.
            OSError: If it cannot be written.
            ValueError: If it holds something else, or has the name of a file.
        """
        known = {"format": FORMAT, "rows": rows, **json.loads(json.dumps(about))}
        file = path / _ABOUT
        if file.is_file():
            earlier = _read(file)
            part = int(earlier.pop("part", part))
            _check_same(path, earlier, known)
            _make_parts(path)
            return cls(path, rows, part)
        if path.exists() and (not path.is_dir() or _strange(path)):
            raise ValueError(
                f"{path} is there and holds no explained pairs: choose another name for `out`"
            )
        check_folder_name("out", path)
        if not path.is_dir():
            check_writable(path.parent / f".{path.name}", "make the folder in")
            path.mkdir(exist_ok=True)  # another rank may be faster
        check_writable(file, "make the folder in")
        _make_parts(path)
        with whole_file(file) as temporary:
            text = json.dumps({**known, "part": part}, indent=1, sort_keys=True)
            Path(temporary).write_text(text, encoding="utf-8")
        return cls(path, rows, part)

    @classmethod
    def of(cls, path: Path) -> "RunFolder":
        """The folder of a run that was begun.

        Args:
            path: The folder.

        Raises:
            FileNotFoundError: If there is none.
            ValueError: If it holds something else.
        """
        file = path / _ABOUT
        if not file.is_file():
            raise FileNotFoundError(f"no explained pairs at {path}")
        known = _read(file)
        return cls(path, int(known["rows"]), int(known["part"]))

    @property
    def parts(self) -> int:
        """Number of parts of the whole run."""
        return -(-self.rows // self.part)

    @property
    def done(self) -> list[int]:
        """Numbers of the parts that are written, ascending."""
        return [number for number in range(self.parts) if self.file(number).is_file()]

    @property
    def rows_done(self) -> int:
        """Number of pairs in the written parts."""
        return self.rows_in(self.done)

    def rows_in(self, numbers: Iterable[int]) -> int:
        """Number of pairs in some parts.

        Args:
            numbers: Numbers of the parts.
        """
        return sum(min(self.part, self.rows - number * self.part) for number in numbers)

    def file(self, number: int) -> Path:
        """The file of a part.

        Args:
            number: Number of the part, from 0.
        """
        return self.path / _PARTS / f"part-{number:06d}.parquet"

    def picture(self, row: int, suffix: str) -> Path:
        """The picture or page of a pair; its folder is made.

        Args:
            row: Row of the pair.
            suffix: Ending of the file.
        """
        folder = self.path / _PICTURES
        folder.mkdir(exist_ok=True)
        return folder / f"{row:06d}{suffix}"


def _make_parts(path: Path) -> None:
    """Make the folder of the parts, also where an earlier one is gone."""
    folder = path / _PARTS
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file, and explained pairs go into a folder: delete it")
    folder.mkdir(exist_ok=True)


def _strange(path: Path) -> bool:
    """Whether a folder holds more than what another rank writes when it begins the same run."""
    return any(
        found.name not in (_ABOUT, _PARTS) and not found.name.startswith(f".{_ABOUT}.")
        for found in path.iterdir()
    ) or any((path / _PARTS).glob("[!.]*"))


_MOST_BYTES = 1 << 26
"""Most bytes of the description of a run, which has some hundred."""


def _read(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise ValueError("it is far larger than the description of a run")
        known = from_json(file.read_text(encoding="utf-8", errors="replace"), dict)
        if missing := [name for name in ("format", "part", "rows") if name not in known]:
            raise ValueError(f"it has no '{missing[0]}'")
        if known["format"] != FORMAT:
            raise ValueError(f"format {str(known['format'])[:60]!r}")
        whole("its part", known["part"])
        whole("its rows", known["rows"], 1, _MOST_PARTS * known["part"])
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{file} does not begin a run of explained pairs: {error}") from error
    return dict(known)


def _check_same(path: Path, earlier: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    other = [name for name in known if earlier.get(name) != known[name]]
    if not other:
        return
    words = next((_WORDS[name] for name in _WORDS if name in other), f"with another {other[0]}")
    raise ValueError(
        f"{path} holds explanations {words}: choose another name for `out`, or delete it first"
    )
