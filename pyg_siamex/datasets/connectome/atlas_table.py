"""Read tables of regions: CSV and TSV files, dseg.tsv of BIDS atlases, .node of BrainNet Viewer."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyg_siamex._one_column import check_one_column
from pyg_siamex._visible import folded
from pyg_siamex.datasets.cell_numbers import is_missing
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.connectome.atlas_image import centres
from pyg_siamex.datasets.connectome.coordinate_unit import check_unit
from pyg_siamex.datasets.connectome.number_rows import number_rows
from pyg_siamex.datasets.csv_rows import Row, columns_of, read_rows
from pyg_siamex.datasets.text_file import lines_of, read_text

_logger = logging.getLogger(__name__)

_IMAGES = (".nii", ".nii.gz", ".mgz", ".mgh")
_HEADINGS = {
    "name": ("name", "roi name", "region", "roi_name", "region_name", "label", "label_name"),
    "number": ("index", "number", "roi label", "id", "intensity"),
    "x": ("x", "x.mni", "x_mni", "mni_x", "r"),
    "y": ("y", "y.mni", "y_mni", "mni_y", "a"),
    "z": ("z", "z.mni", "z_mni", "mni_z", "s"),
    "network": ("network", "network_label", "networks", "network_name", "community", "system"),
}
"""Headings of each column in small letters, the first that is there."""

_UNIT = re.compile(r"[\s_]*(\(mm\)|\[mm\]|(?<=[\s_])mm)$")
"""Unit in the heading of a coordinate, such as ``x (mm)`` and ``x_mm``."""

_OTHER_UNIT = re.compile(r"[xyz][\s_]*(\([^)]*\)|\[[^]]*\])")
"""Heading of a coordinate with any unit."""

_MOST_DIGITS = 15

_BACKGROUND = ("background", "unknown", "???")


@dataclass(frozen=True)
class AtlasTable:
    """Columns of a table of regions.

    Attributes:
        names: Name of each region.
        coordinates: x, y and z of each, mm, or ``None``.
        networks: Network of each, or ``None``.
        numbers: Number of each in the atlas' image, or ``None``.
    """

    names: list[str]
    coordinates: list[list[float]] | None
    networks: list[str] | None
    numbers: list[int] | None


def read_atlas_table(path: Path) -> AtlasTable:
    """Read a table of regions.

    Columns are found by their headings, whatever the case: ``name`` (or ``label``, ``region``,
    ``ROI Name``), ``x``, ``y``, ``z`` (or ``R``, ``A``, ``S``; MNI, mm), ``network`` (or
    ``network_label``, ``community``) and ``index`` (the number in the image, also ``number``,
    ``ROI Label``). A unit, as in ``x (mm)``, is passed over. A row of the background, with number
    0, is left out. Numbers that are not whole and different, and coordinates that are all 0, are
    left out and logged.

    A ``.node`` file has no header: x, y, z, colour, size and label, where colours, if there are
    several whole numbers, are modules.

    Args:
        path: The file.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If there is not a name or no row, a cell is empty, a number cannot be read, or
            coordinates are in another unit than mm.
    """
    if path.suffix.lower() == ".node":
        return _node_file(path)
    if path.name.lower().endswith(_IMAGES):
        raise ValueError(
            f"{path} is an image, and an atlas is a table of its regions: give a .csv or .tsv with "
            f"columns 'name', x, y and z, or a dseg.tsv beside an image of that name"
        )
    found = read_rows(path, [])
    rows = [_lower(row, path) for row in found]
    heading = {what: _found(rows, names) for what, names in _HEADINGS.items()}
    columns = [name.lower() for name in columns_of(found)]
    for name in (one for one in heading.values() if one is not None):
        check_one_column(path, columns, name)
    if heading["name"] is None:
        raise ValueError(f"{path} has no column 'name' with a ROI in each row below it")
    rows = [row for row in rows if not _is_background(row, heading)]
    networks = None
    if heading["network"] is not None:
        networks = [folded(cell) for cell in _filled(rows, heading["network"], path)]
        lacking = next((k for k, cell in enumerate(networks) if is_missing(cell)), None)
        if lacking is not None:
            raise ValueError(
                f"{path} has '{networks[lacking]}' as '{heading['network']}' of region "
                f"{lacking + 1}: name a network for each region, such as 'none'"
            )
    names, numbers = _filled(rows, heading["name"], path), _numbers(rows, heading["number"], path)
    coordinates = _coordinates(rows, heading, path)
    if coordinates is None and numbers is not None:
        coordinates = _centres_beside(path, numbers)
    return AtlasTable(names, coordinates, networks, numbers)


def _node_file(path: Path) -> AtlasTable:
    lines = lines_of(read_text(path))
    rows = [line.split() for line in lines if line.strip() and not is_comment(line)]
    if not rows or any(len(row) < 5 for row in rows):
        raise ValueError(f"{path} must have x, y, z, colour, size and label in every row")
    names = [" ".join(row[5:]) for row in rows]
    nameless = [k for k, name in enumerate(names) if name in ("", "-")]
    if len(nameless) == len(rows):
        names = [f"ROI {k + 1}" for k in range(len(rows))]
    elif nameless:
        raise ValueError(
            f"{path} has no label in row {nameless[0] + 1}, and others have: name all regions, or "
            f"none"
        )
    places = _places([row[:3] for row in rows], path)
    modules = [row[3] for row in rows]
    grouped = all(cell.isdigit() for cell in modules) and 1 < len(set(modules)) < len(rows)
    networks = [f"module {cell}" for cell in modules] if grouped else None
    return AtlasTable(names, places, networks, None)


def _found(rows: Sequence[dict[str, str]], names: Sequence[str]) -> str | None:
    return next((name for name in names if rows and name in rows[0]), None)


def _is_background(row: dict[str, str], heading: dict[str, str | None]) -> bool:
    number, name = heading["number"], heading["name"] or ""
    return number is not None and row[number] == "0" and row[name].lower() in _BACKGROUND


def _lower(row: Row, path: Path) -> dict[str, str]:
    if row.problem:
        raise ValueError(f"line {row.line} of {path}: {row.problem}")
    plain = {column.lower(): cell for column, cell in row.cells.items()}
    return {_UNIT.sub("", column): cell for column, cell in plain.items()} | plain


def _filled(rows: Sequence[dict[str, str]], column: str, path: Path) -> list[str]:
    cells = [row[column] for row in rows]
    if "" in cells:
        raise ValueError(f"{path} has no '{column}' in row {cells.index('') + 1}")
    return cells


def _numbers(rows: Sequence[dict[str, str]], column: str | None, path: Path) -> list[int] | None:
    """Numbers of the regions, if they are whole and different."""
    if column is None or not rows:
        return None
    cells = [row[column] for row in rows]
    odd = [k for k, cell in enumerate(cells) if not re.fullmatch(r"\d+", cell)]
    if odd:
        if len(odd) < len(cells) or column != "id":  # words alone are names
            gap = next((k for k in odd if is_missing(cells[k])), None)  # others may end in .0 then
            told = f"'{cells[odd[0]]}' in row {odd[0] + 1}"
            _say_left_out(path, column, told if gap is None else f"no number in row {gap + 1}")
        return None
    long = next((cell for cell in cells if len(cell) > _MOST_DIGITS), None)
    if long is not None:
        raise ValueError(
            f"{path} has an '{column}' of {len(long):,} digits, '{long[:20]}...' in row "
            f"{cells.index(long) + 1}: images hold numbers of up to {_MOST_DIGITS}"
        )
    numbers = [int(cell) for cell in cells]
    twice = next((k for k, number in enumerate(numbers) if number in numbers[:k]), None)
    if twice is None:
        return numbers
    first = numbers.index(numbers[twice]) + 1
    _say_left_out(path, column, f"{numbers[twice]} in rows {first} and {twice + 1}")
    return None


def _say_left_out(path: Path, column: str, told: str) -> None:
    _logger.warning(
        "%s: column '%s' has %s and is left out: numbers of regions in an image are whole and "
        "different, without a sign",
        *(path, column, told),
    )


def _coordinates(
    rows: Sequence[dict[str, str]], heading: dict[str, str | None], path: Path
) -> list[list[float]] | None:
    columns = [heading[axis] for axis in ("x", "y", "z")]
    present = [column for column in columns if column is not None]
    if not present:
        _check_units(rows, path)
    if len(present) < 3 and set(present) <= {"r", "a", "s"}:  # red, green, blue and alpha
        return None
    if all(is_missing(row[column]) for row in rows for column in present):
        return None
    if len(present) < 3:
        raise ValueError(f"{path} has coordinates {', '.join(present)}: give x, y and z, or none")
    return _places([[row[column] for column in present] for row in rows], path)


def _check_units(rows: Sequence[dict[str, str]], path: Path) -> None:
    """Refuse coordinates whose heading has another unit than mm."""
    odd = (
        next((column for column in rows[0] if _OTHER_UNIT.fullmatch(column)), None)
        if rows
        else None
    )
    if odd is not None:
        raise ValueError(f"{path} has a column '{odd}': give coordinates in mm, x, y and z")


def _places(rows: Sequence[Sequence[str]], path: Path) -> list[list[float]] | None:
    """Numbers in the cells of coordinates; ``None``, with a warning, if all are 0."""
    try:
        places = number_rows(rows)
    except ValueError as error:
        raise ValueError(f"{path} has a coordinate that is not a number ({error})") from None
    broken = np.argwhere(~np.isfinite(places))
    if len(broken):
        row, axis = (int(one) for one in broken[0])
        raise ValueError(
            f"{path} has '{rows[row][axis]}' as {'xyz'[axis]} of region {row + 1}: give x, y and z "
            f"of each region, or of none"
        )
    check_unit(places, str(path))
    if len(places) > 1 and not places.any():
        _logger.warning("all regions of %s lie at 0, 0, 0: it is read without coordinates", path)
        return None
    found: list[list[float]] = places.tolist()
    return found


def _centres_beside(path: Path, numbers: Sequence[int]) -> list[list[float]] | None:
    """Centres of the regions in the image of a dseg.tsv, if the one of that name is there."""
    if not path.stem.endswith("dseg"):
        return None
    stem = path.stem.removesuffix("_dseg")
    images = sorted(path.parent.glob(f"{stem}*_dseg.nii.gz"))
    for image in images:
        found = centres(image, numbers)
        if found is not None:
            return found
    return None
