"""How a user's matrices and their labels are found."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class MatrixReading:
    """Where labels, names and regions of matrices are; ``None`` where they are found by themselves.

    Attributes:
        labels: Table with a row per subject of a folder.
        subject: Column, or array of an ``.npz`` file, of the subjects' names.
        atlas: ``"dosenbach"``, ``"power"`` or a CSV file with a row per region and columns
            ``name`` and, where known, ``x``, ``y``, ``z`` (MNI mm) and ``network``.
        file_name: A subject's file without its suffix, such as ``"sub-{subject}_aal"``.
        array: Array of the matrices in an ``.npz`` file, or variable in ``.mat`` files.

    Example:
        >>> MatrixReading(labels="labels.csv", atlas="dosenbach").atlas
        'dosenbach'
    """

    labels: str | Path | None = None
    subject: str | None = None
    atlas: str | None = None
    file_name: str | None = None
    array: str | None = None


ATLASES = ("dosenbach", "power")
"""Atlases that are known by name."""

AS_FOUND = MatrixReading()
"""All is found by itself."""


def check_atlas(choice: str | None) -> None:
    """Refuse an atlas that is neither known nor a file.

    Args:
        choice: One of :data:`ATLASES`, the path of a table, or ``None`` for none.

    Raises:
        ValueError: If it is neither a known name nor a file.

    Example:
        >>> check_atlas("dosenbach")
    """
    if choice is not None and choice not in ATLASES and not Path(choice).is_file():
        raise ValueError(
            f"`atlas` must be {', '.join(ATLASES)} or a CSV file with a row per region and columns "
            f"name, x, y, z, network (got '{choice}', which is not a file)"
        )
