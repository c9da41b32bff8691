"""How a user's matrices and their labels are found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyg_siamex._door import checked
from pyg_siamex._there import check_there
from pyg_siamex.recipe.choices import check_choice


@checked
@dataclass(frozen=True)
class MatrixReading:
    """Where labels, names and regions of matrices are; ``None`` where they are found by themselves.

    Attributes:
        labels: Table with a row per subject of a folder.
        subject: Column, or array of an ``.npz`` file, of the subjects' names. Default:
            ``"subject"`` or ``"participant_id"``, where there is one.
        atlas: A name of :data:`ATLASES`, ``"schaefer-400"`` (regions) or ``"schaefer-400-17"``
            (networks), or a table with a row per region and columns ``name`` and, where known,
            ``x``, ``y``, ``z`` (MNI mm), ``network`` and ``index`` (number in the image).
        file_name: A subject's file without its suffix, such as ``"sub-{subject}_aal"``.
        array: Array of the matrices in an ``.npz`` file, or variable in ``.mat`` files.
        group: Column, or array, of keys of subjects that are never in two parts, such as families.
            Default: scans of a person stay together.
        site: Column, or array, of the sites where subjects were measured; the cross-validation
            leaves one site out at a time.
        drop_regions: Regions that some subjects lack are left out of all subjects (``True``) or
            filled with 0 (``False``). Default: subjects that lack regions are left out; files of
            the training that lack regions of others by name are refused. A trained model
            does by default what the training did, and leaves out no other regions.
        kind: ``"correlation"``, ``"partial"`` or ``"tangent"``: what is made of time series.
        triangle: Order of matrices that are written as vectors, a file or a row of a table each,
            ``"upper"`` or ``"lower"``, see
            :func:`~pyg_siamex.datasets.connectome.triangle.from_triangle`.

    Example:
        >>> MatrixReading(labels="labels.csv", atlas="dosenbach").atlas
        'dosenbach'
    """

    labels: str | Path | None = None
    subject: str | None = None
    atlas: str | None = None
    file_name: str | None = None
    array: str | None = None
    group: str | None = None
    site: str | None = None
    drop_regions: bool | None = None
    kind: str | None = None
    triangle: str | None = None


ATLASES = ("aal", "desikan", "destrieux", "dosenbach", "power", "seitzman", "yeo-7", "yeo-17")
"""Atlases that are known by name."""

_TABLES_ELSEWHERE = {
    "gordon": "atlas-Gordon_dseg.tsv in the folder atlases/ that XCP-D writes (names and networks)",
    "glasser": "atlas-Glasser_dseg.tsv in the folder atlases/ that XCP-D writes",
    "tian": "atlas-Tian_dseg.tsv in the folder atlases/ that XCP-D writes",
    "brainnetome": "a CSV file with columns name, x, y, z and network",
}
"""Where users find tables of atlases that are not known by name."""

SCHAEFER = re.compile(r"schaefer-([1-9]00|1000)(-17|-7)?")
"""Names of the parcellations of Schaefer et al., with regions and networks."""

KINDS = ("correlation", "partial", "tangent")
"""What can be made of time series."""

TRIANGLES = ("upper", "lower")
"""How vectors are written."""

AS_FOUND = MatrixReading()
"""All is found by itself."""


def check_reading(reading: MatrixReading) -> None:
    """Refuse what no file can be read by, before any is read.

    Args:
        reading: Where labels, names and regions are.

    Raises:
        ValueError: If the atlas, the kind or the triangle is unknown.

    Example:
        >>> check_reading(MatrixReading(kind="partial"))
    """
    check_atlas(reading.atlas)
    for name, chosen, choices in (
        ("kind", reading.kind, KINDS),
        ("triangle", reading.triangle, TRIANGLES),
    ):
        if chosen is not None:
            check_choice(name, chosen, choices)


def check_read(reading: MatrixReading, unread: Sequence[str], why: str) -> None:
    """Refuse what is given and would not be read.

    Args:
        reading: Where labels, names and regions are.
        unread: Its fields that are not read.
        why: What reads none of them, for the message.

    Raises:
        ValueError: Names the first of them that is given.

    Example:
        >>> check_read(MatrixReading(atlas="dosenbach"), ["labels"], "a search reads no labels")
    """
    for name in unread:
        if getattr(reading, name) is not None:
            raise ValueError(f"`{name}` has no effect, since {why}: leave it out")


def check_triangles(path: Path, reading: MatrixReading) -> None:
    """Refuse a table whose rows are not said to be triangles, before it is read.

    Args:
        path: Where the matrices are.
        reading: How they are read.

    Raises:
        FileNotFoundError: If it is not there.
        ValueError: If it is a table, and ``triangle`` is not given.
    """
    if path.suffix.lower() in (".csv", ".tsv", ".txt") and reading.triangle is None:
        check_there(path)
        raise ValueError(
            f"{path} holds no matrices: if its rows are the triangles of matrices, say with "
            f"`triangle` whether they go 1-2, 1-3, ..., 2-3 (upper) or 1-2, 1-3, 2-3, ... (lower)"
        )


def check_atlas(choice: str | None) -> None:
    """Refuse an atlas that is neither known nor a file.

    Args:
        choice: One of :data:`ATLASES`, the path of a table, or ``None`` for none.

    Raises:
        ValueError: If it is neither a known name nor a file.

    Example:
        >>> check_atlas("dosenbach")
    """
    if choice is None or choice in ATLASES or SCHAEFER.fullmatch(choice):
        return
    if not Path(choice).is_file():
        elsewhere = next((name for name in _TABLES_ELSEWHERE if name in choice.lower()), None)
        if elsewhere is not None:
            raise ValueError(
                f"`atlas` {choice} is no file, and no terms let a copy of that atlas lie here: "
                f"give its table, such as {_TABLES_ELSEWHERE[elsewhere]}"
            )
        raise ValueError(
            f"`atlas` must be {', '.join(ATLASES)}, schaefer-100 to schaefer-1000 (or "
            f"schaefer-100-17), or a table with a row per region and columns name, x, y, z, "
            f"network (got '{choice}', which is not a file)"
        )
