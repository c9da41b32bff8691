"""Names of regions of data frames, which are the headers of their columns."""

from collections.abc import Iterable, Sequence
from typing import Any

from pyg_siamex.datasets.connectome.region_array import is_count


def regions_of(arrays: Iterable[Any], regions: Sequence[str] | None = None) -> list[str] | None:
    """Names of the regions of arrays, where these are given or the arrays are data frames.

    Args:
        arrays: An array or a data frame for each subject.
        regions: Names that are given, or ``None``.

    Returns:
        The names; ``None`` where there are none, or they only count.

    Raises:
        ValueError: If the same regions stand in different orders, in two frames, in the rows and
            columns of one, or in a frame and ``regions``, or frames have other regions.

    Example:
        >>> regions_of([[[0, 1], [1, 0]]], ["insula", "cuneus"])
        ['insula', 'cuneus']
    """
    given = None if regions is None else [str(name) for name in regions]
    every = list(arrays)
    frames = {k: array for k, array in enumerate(every) if _is_frame(array)}
    headers = {k: names for k, frame in frames.items() if (names := _names(frame.columns))}
    for k, own in headers.items():
        rows = _names(frames[k].index)
        if rows is not None and rows != own and sorted(rows) == sorted(own):
            raise ValueError(
                f"array {k} of `arrays` has its rows in another order than its columns, beginning "
                f"with '{rows[0]}' and '{own[0]}': give frame.loc[frame.columns]"
            )
    if not headers:
        return given
    first, found = next(iter(headers.items()))
    for k, own in headers.items():
        if own != found and len(own) == len(found):  # those of other sizes are refused later
            place = next(p for p, (a, b) in enumerate(zip(own, found, strict=True)) if a != b)
            same = sorted(own) == sorted(found)
            raise ValueError(
                f"arrays {first} and {k} of `arrays` are data frames with "
                f"{'the same regions in different orders' if same else 'different regions'}, from "
                f"column {place} on: give all the same columns, frame.loc[names, names] of "
                f"matrices and frame[names] of series"
            )
    if given is not None:
        if given != found and sorted(given) == sorted(found):
            raise ValueError(
                "`regions` has the names of the data frames' columns in another order: leave it out"
            )
        return given
    return found if len(headers) == len(every) else None


def _is_frame(array: Any) -> bool:
    return hasattr(array, "columns") and hasattr(array, "index")


def _names(index: Any) -> list[str] | None:
    """The names in an index of pandas; ``None`` if they only count."""
    names = [str(name) for name in index]
    return None if is_count(names) else names
