"""Check connectivity matrices before graphs are made from them."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from pyg_siamex.datasets.connectome.odd_measure import Measured, say_odd
from pyg_siamex.datasets.connectome.region_array import SAME, nearly_square
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.missing_code import codes_among_correlations

_logger = logging.getLogger(__name__)

Asymmetric = Literal["raise", "mean", "upper", "lower"]
Invalid = Literal["raise", "skip"]
_LARGEST = 1e18


@dataclass(frozen=True)
class RejectedSubject:
    """A subject that gave no graph.

    Attributes:
        subject: Its name.
        reason: Why it was refused.
        file: Its file, or ``None`` if that is not known.
    """

    subject: str
    reason: str
    file: str | None = None

    def __str__(self) -> str:
        """One line for a log."""
        where = "" if self.file is None else f" of {self.file}"
        return f"subject '{self.subject}'{where} {self.reason}"


@dataclass(frozen=True)
class _CheckedMatrices:
    """The subjects' matrices that passed the checks.

    Attributes:
        values: ``[S, R, R]`` float, symmetric, finite, zeros on the diagonal.
        position: Position of each among all given subjects.
        digests: SHA-256 of each, in hexadecimal digits.
        rejected: The subjects that were left out.
    """

    values: Tensor
    position: list[int]
    digests: list[str]
    rejected: list[RejectedSubject]


LEFT_OUT = "`invalid='skip'` leaves such subjects out"
"""What can be done about subjects that cannot be used."""


def checked_matrices(
    subjects: Subjects,
    regions: Sequence[int] | None = None,
    asymmetric: Asymmetric = "raise",
    invalid: Invalid = "raise",
) -> _CheckedMatrices:
    """Select subjects with a label and a finite, symmetric, nonzero matrix of the common size.

    Args:
        subjects: Subjects with connectivity matrices.
        regions: Positions of the regions to keep, in this order. Default: all.
        asymmetric: How to treat a matrix that differs from its transpose by more than 1e-5 of its
            largest entry: ``"raise"`` an error, take the ``"mean"`` of both, or read only the
            ``"upper"`` or ``"lower"`` triangle, for files that hold one triangle.
        invalid: ``"raise"`` an error at the first bad subject, or ``"skip"`` it and log why.

    Raises:
        ValueError: If an option is unknown, a region is out of range, a subject is bad and
            ``invalid="raise"``, none is left, or all have the same matrix.
    """
    _one_of("asymmetric", asymmetric, get_args(Asymmetric))
    _one_of("invalid", invalid, get_args(Invalid))
    size = _common_size(subjects.arrays)
    if regions is not None and size:
        regions = _regions(regions, size)
    kept: dict[int, Tensor] = {}
    rejected: list[RejectedSubject] = []
    seen: dict[bytes, str] = {}
    measured: list[Measured] = []
    for k, (name, array) in enumerate(zip(subjects.names, subjects.arrays, strict=True)):
        try:
            if k in subjects.unlabelled:
                raise ValueError("has no label: leave it out, or give it one")
            matrix = _checked(array, size, regions, asymmetric)
            _check_new(matrix, name, seen)
        except ValueError as error:
            file = None if subjects.files is None else subjects.files[k]
            rejected.append(RejectedSubject(name, str(error), file))
            if invalid == "raise":
                more = _of_other_size(subjects.arrays, size) - 1 if _SIZE in str(error) else 0
                told = f"; {more} more have another size, too" if more > 0 else ""
                raise ValueError(f"{rejected[-1]}{told} ({LEFT_OUT})") from None
            _logger.warning("left out: %s", rejected[-1])
        else:
            kept[k] = matrix
            _doubt_codes(matrix.numpy(), subjects.called(k))
            measured.append(Measured.of(array, subjects.called(k)))
    if not kept:
        raise ValueError(f"no subject is left of {len(subjects)}:{_listing(rejected)}")
    same = [bad for bad in rejected if _SAME in bad.reason]
    if len(same) > 1 and len(same) == len(subjects) - 1:
        raise ValueError(
            f"all {len(subjects)} subjects have the same matrix: look at how their files were made"
        )
    say_odd(measured)
    values = torch.stack(list(kept.values()))
    return _CheckedMatrices(values, list(kept), [_digest(m).hex() for m in values], rejected)


_SAME, _SIZE = "has the same matrix", "most have"


def _listing(rejected: Sequence[RejectedSubject]) -> str:
    """Why subjects were refused, a reason a line."""
    of_reason: dict[str, list[RejectedSubject]] = {}
    for bad in rejected:
        of_reason.setdefault(bad.reason, []).append(bad)
    lines = [
        f"\n  {found[0]}" + (f" (and {len(found) - 1} more)" if len(found) > 1 else "")
        for found in of_reason.values()
    ]
    rest = [f"\n  and {len(lines) - 10} more reasons"] if len(lines) > 10 else []
    return ";".join(lines[:10] + rest)


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)} (got '{value}')")


def _check_new(matrix: Tensor, name: str, seen: dict[bytes, str]) -> None:
    """Add the matrix to ``seen``; raises if another subject has the same matrix."""
    content = _digest(matrix)
    if content in seen:
        raise ValueError(f"{_SAME} as subject '{seen[content]}': leave one out")
    seen[content] = name


def _doubt_codes(matrix: np.ndarray, called: str) -> None:
    """Log a value that usually stands for a missing one, among correlations."""
    for code in codes_among_correlations(matrix):
        row, col = (int(place) for place in np.argwhere(matrix == code)[0])
        connection = f"from region {row} to region {col} (counted from 0)"
        _logger.warning(
            "%s has %g %s, and all other values are in [-1, 1]: fill it in if it stands for a "
            "missing value",
            *(called, code, connection),
        )


def _digest(matrix: Tensor) -> bytes:
    return hashlib.sha256(matrix.numpy().tobytes()).digest()


def _common_size(arrays: list[np.ndarray]) -> int:
    """Most frequent number of columns; on a tie, the first one."""
    columns = [array.shape[1] for array in arrays if array.ndim == 2]
    return max(columns, key=columns.count) if columns else 0


def _of_other_size(arrays: list[np.ndarray], size: int) -> int:
    return sum(array.shape != (size, size) for array in arrays)


def _checked(
    array: np.ndarray, size: int, regions: Sequence[int] | None, asymmetric: Asymmetric
) -> Tensor:
    if array.ndim != 2:
        raise ValueError(
            f"has an array of shape {list(array.shape)}, and a matrix has two dimensions: give a "
            f"list of matrices, or one array [S, R, R]"
        )
    if array.shape[0] != array.shape[1] == size:
        raise ValueError(
            f"has a time series of {array.shape[0]} time points and {size} regions, not a matrix: "
            f"make matrices with connectivity(){nearly_square(array.shape)}"
        )
    if not array.size:
        raise ValueError(f"has a matrix of shape {list(array.shape)}, which holds no numbers")
    if array.shape != (size, size):
        raise ValueError(f"has a matrix of shape {list(array.shape)}, {_SIZE} {[size, size]}")
    if array.dtype.kind == "c":
        raise ValueError("has complex values: use their magnitude, or their real part")
    try:
        matrix = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"has a matrix that is not of numbers ({error})") from None
    if regions is not None:
        matrix = matrix[np.ix_(regions, regions)]
    np.fill_diagonal(matrix, 0)
    _check_finite(matrix)
    matrix = _symmetric(matrix, asymmetric)
    if np.abs(matrix).max() > _LARGEST:
        raise ValueError(
            f"has values up to {np.abs(matrix).max():.3g}, whose squares are infinite in single "
            f"precision: use a larger unit"
        )
    if not matrix.any():
        raise ValueError("has no connection: all values off the diagonal are 0")
    return torch.from_numpy(matrix).float() + 0.0  # a zero has no sign


def _regions(regions: Sequence[int], size: int) -> list[int]:
    chosen = [int(k) for k in regions]
    if not chosen or min(chosen) < 0 or max(chosen) >= size or len(set(chosen)) < len(chosen):
        raise ValueError(
            f"`regions` must be different positions from 0 to {size - 1}, for matrices of {size} "
            f"regions (got {chosen[:5]}{' and so on' if len(chosen) > 5 else ''})"
        )
    return chosen


def _check_finite(matrix: np.ndarray) -> None:
    broken = ~np.isfinite(matrix)
    if not broken.any():
        return
    count = int(broken.sum())
    row, col = (int(k) for k in np.argwhere(broken)[0])
    np.fill_diagonal(broken, True)
    constant = broken.all(1).nonzero()[0].tolist()
    if constant:
        raise ValueError(
            f"has no finite value for region {', '.join(map(str, constant[:10]))} (counted from "
            f"0): a constant signal has no correlation. Leave such regions out of all subjects or "
            f"fill them (`drop_regions=True` or `drop_regions=False` in training, or "
            f"complete_regions), or leave the subject out"
        )
    raise ValueError(
        f"has {count} values that are NaN or infinite, the first from region {row} to region {col} "
        f"(counted from 0): clean the matrix, or leave the subject out"
    )


def _symmetric(matrix: np.ndarray, asymmetric: Asymmetric) -> np.ndarray:
    if asymmetric == "upper":
        mirrored: np.ndarray = np.triu(matrix, 1) + np.triu(matrix, 1).T
        return mirrored
    if asymmetric == "lower":
        mirrored = np.tril(matrix, -1) + np.tril(matrix, -1).T
        return mirrored
    gap = np.abs(matrix - matrix.T)
    if asymmetric == "raise" and gap.max() > SAME * np.abs(matrix).max():
        row, col = (int(k) for k in np.unravel_index(gap.argmax(), gap.shape))
        raise ValueError(
            f"has an asymmetric matrix: {matrix[row, col]:.4g} from region {row} to region {col} "
            f"(counted from 0) and {matrix[col, row]:.4g} back. Pass `asymmetric='mean'`, or "
            f"'upper' or 'lower' if it holds one triangle"
        )
    mean: np.ndarray = (matrix + matrix.T) / 2
    return mean
