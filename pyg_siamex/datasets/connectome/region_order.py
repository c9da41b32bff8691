"""Put the regions of all subjects, and of an atlas, in one order by their names."""

import logging
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex._once import check_once
from pyg_siamex._visible import folded
from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.region_array import RegionArray, is_count, which_series
from pyg_siamex.datasets.connectome.subjects import Subjects

FROM_FILES = "regions of the files"
"""Name of the atlas of regions that only files name."""

_logger = logging.getLogger(__name__)


def in_one_order(
    found: Mapping[str, RegionArray], absent: bool = False
) -> tuple[list[np.ndarray], list[str] | None]:
    """Put the regions of all files in the order of the first file.

    Names that differ in case or marks alone are of one region.

    Args:
        found: Array by file.
        absent: Whether files may lack regions of other files. These become NaN; regions that only
            later files have come last.

    Returns:
        An array per file, and the regions' names; ``None`` where no file has names, or all only
        count their columns.

    Raises:
        ValueError: If only some files have names, or, without ``absent``, if a file has other
            regions than the first. It names the file and the first region that differs.
    """
    found = _as_the_first(found)
    names = {file: array.names for file, array in found.items()}
    first = next((file for file, own in names.items() if own is not None), None)
    if first is None:
        return [array.values for array in found.values()], None
    order = list(names[first] or [])
    nameless = next((file for file, own in names.items() if own is None), None)
    if is_count(order) and all(own in (None, order) for own in names.values()):
        return [array.values for array in found.values()], None
    if nameless is not None:
        raise ValueError(
            f"{nameless} has no names of regions, and {first} has, beginning with '{order[0]}': "
            f"give all files a header of names, or none"
        )
    moved = 0
    for file, own in names.items():
        assert own is not None
        if own == order:
            continue
        if set(own) != set(order) and not absent:
            raise ValueError(_difference(file, own, first, order))
        order += [name for name in own if name not in order]
        moved += [name for name in order if name in own] != own
    if moved:
        _logger.info("the regions of %d files were put in the order of %s", moved, first)
    series = which_series([array.values for array in found.values()])
    ordered = [
        _ordered(array, order, is_series)
        for array, is_series in zip(found.values(), series, strict=True)
    ]
    return ordered, order


@checked
def on_atlas(
    subjects: Subjects, atlas: Atlas | None, whole: bool = False
) -> tuple[Subjects, Atlas | None]:
    """Put the regions of all subjects in the order of an atlas.

    Regions are found by their names, whatever the case and the marks between words, or by the
    numbers that they have in the atlas' image. Names that only count the atlas' regions (``3``,
    ``V3``, ``ROI_3``) say their places in it. Arrays without names are in the atlas' order.

    Args:
        subjects: The subjects.
        atlas: The regions, or ``None`` for those of the subjects.
        whole: Whether the subjects must have all regions of the atlas, and may have more.

    Returns:
        The subjects, and the atlas with the regions that they have, in the atlas' order.

    Raises:
        ValueError: If a region of the subjects is not in the atlas, or, with ``whole``, the other
            way round. It says which. If regions have no names, and there are more or fewer than in
            the atlas.
    """
    names = subjects.regions
    if names is None:
        _check_width(subjects, atlas)
        return subjects, atlas
    if atlas is None:
        return subjects, Atlas(FROM_FILES, names)
    place = _places(names, atlas)
    if whole:
        lacking = [name for k, name in enumerate(atlas.names) if k not in place]
        if lacking:
            raise ValueError(
                f"the matrices have no region '{lacking[0]}' ({len(lacking)} of the "
                f"{len(atlas)} of atlas '{atlas.name}' are missing): they have "
                f"{_few(names)}"
            )
    elif len(place) < len(names):
        unknown = next(k for k in range(len(names)) if k not in place.values())
        beside = f"'{atlas.names[unknown]}'" if unknown < len(atlas) else "nothing"
        raise ValueError(
            f"region '{names[unknown]}', number {unknown + 1} of the matrices, is not in atlas "
            f"'{atlas.name}', which has {beside} there: give the atlas of these matrices, or none"
        )
    kept = sorted(place)
    if len(kept) < len(atlas):
        missing = [name for k, name in enumerate(atlas.names) if k not in place]
        _logger.info(
            "%d regions of atlas '%s' are in no matrix: %s", len(missing), atlas.name, _few(missing)
        )
        atlas = atlas.subset(kept)
    series = which_series(subjects.arrays)
    arrays = [
        _columns(array, [place[k] for k in kept], is_series)
        for array, is_series in zip(subjects.arrays, series, strict=True)
    ]
    return subjects.with_arrays(arrays, list(atlas.names)), atlas


def _check_width(subjects: Subjects, atlas: Atlas | None) -> None:
    """Refuse regions without names that are more or fewer than those of an atlas.

    Single subjects of another size are refused, or left out, later.
    """
    widths = [array.shape[-1] for array in subjects.arrays if array.ndim]
    if atlas is not None and widths and len(atlas) not in widths:
        raise ValueError(
            f"{subjects.called(0)} has {widths[0]} regions without names, which do not fit atlas "
            f"'{atlas.name}' with {len(atlas)} ROIs: give the atlas of these arrays, or none"
        )


@checked
def region_places(names: Sequence[str], atlas: Atlas) -> dict[int, int]:
    """Place in an atlas of each named region that it has.

    Args:
        names: Names, or numbers of the atlas' image.
        atlas: The atlas.

    Raises:
        ValueError: If a name occurs twice.

    Example:
        >>> region_places(["precentral", "Insula"], Atlas("two", ["insula", "cuneus"]))
        {1: 0}
    """
    words = [str(name) for name in names]
    check_once("names", words)
    return {column: place for place, column in _places(words, atlas).items()}


def _places(names: Sequence[str], atlas: Atlas) -> dict[int, int]:
    """Column by region of the atlas."""
    numbers = _counted(names)
    if numbers is not None and not set(names) & set(atlas.names):
        numbered = _numbered(numbers, atlas)
        if numbered:
            return numbered
    exact = {name: k for k, name in enumerate(names)}
    plain = [_plain(name) for name in names]
    times = Counter(plain)
    loose = {name: k for k, name in enumerate(plain) if times[name] == 1}
    wanted = [_plain(name) for name in atlas.names]
    asked = Counter(wanted)
    place = {k: exact[name] for k, name in enumerate(atlas.names) if name in exact}
    for k, name in enumerate(wanted):
        if k not in place and asked[name] == 1 and name in loose:
            place[k] = loose[name]
    return place


def _counted(names: Sequence[str]) -> list[int] | None:
    """Numbers of names that are nothing else: 7, or V7 and ROI_7 with one word for all."""
    parts = [re.fullmatch(r"(\D*)(\d+)", name) for name in names]
    if not all(parts) or len({part[1] for part in parts if part}) > 1:
        return None
    return [int(part[2]) for part in parts if part]


def _numbered(numbers: Sequence[int], atlas: Atlas) -> dict[int, int]:
    """Column by region of the atlas, for columns that are named by numbers."""
    column = {number: k for k, number in enumerate(numbers)}
    if len(column) < len(numbers):
        return {}
    if atlas.numbers is not None and set(column) <= set(atlas.numbers):
        return {k: column[n] for k, n in enumerate(atlas.numbers) if n in column}
    for start in (0, 1):  # counted columns, in whatever order
        if sorted(column) == list(range(start, start + len(atlas))):
            return {k: column[k + start] for k in range(len(atlas))}
    return {}


def _as_the_first(found: Mapping[str, RegionArray]) -> dict[str, RegionArray]:
    """The arrays, with names as the first file writes them."""
    first = next((array.names for array in found.values() if array.names is not None), None)
    if first is None:
        return dict(found)
    known, plain = set(first), [_plain(name) for name in first]
    times = Counter(plain)
    written = {own: name for own, name in zip(plain, first, strict=True) if times[own] == 1}

    def renamed(array: RegionArray) -> RegionArray:
        if array.names is None or known.issuperset(array.names):
            return array
        own = [_plain(name) for name in array.names]
        asked = Counter(own)
        names = [
            written.get(loose, name) if name not in known and asked[loose] == 1 else name
            for name, loose in zip(array.names, own, strict=True)
        ]
        return RegionArray(array.values, names) if len(set(names)) == len(names) else array

    return {file: renamed(array) for file, array in found.items()}


def _plain(name: str) -> str:
    """A name without marks, case, and the prefixes of FreeSurfer and of Schaefer's atlases."""
    letters = re.sub(r"[\W_]+", "", folded(name)).casefold()
    return re.sub(r"^(ctx|(7|17)networks)", "", letters)


def _ordered(array: RegionArray, order: Sequence[str], is_series: bool) -> np.ndarray:
    own = {name: k for k, name in enumerate(array.names or [])}
    return _columns(array.values, [own.get(name) for name in order], is_series)


def _columns(array: np.ndarray, places: Sequence[int | None], is_series: bool) -> np.ndarray:
    """Regions of a matrix or a time series, NaN where there is none."""
    if list(places) == list(range(array.shape[-1])):
        return array
    known = [k for k, place in enumerate(places) if place is not None]
    chosen = [place for place in places if place is not None]
    square = not is_series
    if len(known) == len(places):
        return array[np.ix_(chosen, chosen)] if square else array[:, chosen]
    rows = known if square else range(len(array))
    out = np.full((len(places) if square else len(array), len(places)), np.nan)
    out[np.ix_(rows, known)] = array[np.ix_(chosen, chosen)] if square else array[:, chosen]
    return out


def _difference(file: str, own: Sequence[str], first: str, order: Sequence[str]) -> str:
    lacking = [name for name in order if name not in own]
    more = [name for name in own if name not in order]
    if lacking:
        words = f"{file} lacks region '{lacking[0]}' of {first}"
        if more:
            words += f" and has '{more[0]}' instead"
    else:
        words = f"{file} has region '{more[0]}', which {first} lacks"
    return (
        f"{words} ({len(lacking)} lacking, {len(more)} more): leave regions that some lack out of "
        f"all with `drop_regions=True`, or fill them with `drop_regions=False`; "
        f"read_folder reads them with absent=True, for complete_regions"
    )


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
