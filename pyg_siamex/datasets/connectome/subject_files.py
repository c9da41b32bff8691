"""Find the file of each subject in a folder, flat or as BIDS derivatives lie."""

import fnmatch
import logging
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pyg_siamex._given import either
from pyg_siamex._paths import real_path
from pyg_siamex._unread import kind_unread
from pyg_siamex._visible import composed
from pyg_siamex.datasets.connectome.array_file import SUFFIXES, stem_of, suffix_of
from pyg_siamex.datasets.connectome.bids import entities, scan_names

_logger = logging.getLogger(__name__)

_SCANS = {"sub", "ses", "task", "acq", "ce", "rec", "dir", "run", "echo"}
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_ARCHIVES = "archives of NumPy: save each matrix as .npy, or give the archive of all subjects alone"
_FOLDERS = "these are folders: put the matrix into a file of that name"
_WORKBOOKS = "workbooks: save each matrix as .csv"
_TABLES = dict.fromkeys((".xlsx", ".xls", ".ods"), _WORKBOOKS) | dict.fromkeys(
    (".parquet", ".feather", ".arrow"), "tables of columns: save each matrix as .csv"
)
_NO_MATRIX = (".nii.gz", ".nii", ".mgz", ".gii", ".annot", ".tck", ".trk")
"""Images, surfaces and streamlines, which lie beside the matrices of derivatives."""
_CONNECTIVITY = ("relmat", "conmat", "connectome", "boldmap", "connectivity", "pconn")
_SERIES = ("timeseries", "ptseries")
_BESIDE = re.compile(
    r"desc-confounds|_(confounds|regressors|motion|outliers|qc|events|physio|stim|channels|scans)$"
)
"""Tables of BIDS derivatives that lie beside a scan and hold no regions."""


def subject_files(
    folder: Path, file_name: str | None = None, leave_out: Path | None = None, series: bool = False
) -> dict[str, Path]:
    """File of each subject, or of each scan, in the order of the names.

    Files of BIDS (``sub-...``) are found in all folders below and named by their entities, unless
    the folder itself has more files of other names. Of several kinds (other atlas, other
    measure), matrices (``relmat``) are preferred, or time series.

    Args:
        folder: The folder.
        file_name: Name of a file without its ending: with ``{subject}`` where the name stands, or
            a pattern with ``*`` for BIDS files. Default: all files.
        leave_out: A file that is no subject's, the table of labels.
        series: Whether time series are wanted.

    Raises:
        FileNotFoundError: If the folder is missing or has no such file.
        ValueError: If there are several kinds of files, a subject has two files, or ``file_name``
            has no ``{subject}`` and no ``*``.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"no folder {folder}")
    pattern = composed(either(file_name, "*"))
    if pattern.count("{subject}") != 1 and ("{subject}" in pattern or "*" not in pattern):
        raise ValueError(f"`file_name` must contain '{{subject}}' once, or * (got '{file_name}')")
    left_out = None if leave_out is None else real_path(leave_out)
    flat = [path for path in _readable(folder.iterdir()) if real_path(path) != left_out]
    if "{subject}" in pattern:
        found = _named(folder, flat, pattern)
        _tell_others(
            folder, [path for path in flat if path not in set(found.values())], found, pattern
        )
        return found
    flat = [path for path in flat if fnmatch.fnmatchcase(stem_of(path), pattern)]
    bids = [path for path in _readable(_below(folder)) if real_path(path) != left_out]
    bids = [path for path in bids if "sub" in entities(stem_of(path))]
    beside = [path for path in bids if _BESIDE.search(stem_of(path))]
    bids = [path for path in bids if path not in set(beside)]
    flat = [path for path in flat if path not in set(beside)]
    bids = [path for path in bids if fnmatch.fnmatchcase(stem_of(path), pattern)]
    others = sorted(set(flat) - set(bids))
    if bids and len(bids) >= len(others):
        if others:
            _logger.warning(
                "left out: %d files of %s that are not named sub-..., such as %s: rename those of "
                "subjects",
                *(len(others), folder, others[0].name),
            )
        return _scans(folder, _one_kind(folder, bids, series))
    if not flat:
        raise FileNotFoundError(
            f"{_none_named(folder, pattern)}, and no folder below it has files named sub-..."
            f"{_unread(folder, beside)}"
        )
    return _named(folder, flat, "{subject}")


def _none_named(folder: Path, pattern: str) -> str:
    """Say that no file has a name, and that the ending is none of it where it is given."""
    ending = suffix_of(Path(pattern))
    hint = f" (leave the ending out: {stem_of(Path(pattern))})" if ending else ""
    return f"{folder} has no {'/'.join(SUFFIXES)} file named {pattern}{hint}"


def _unread(folder: Path, beside: list[Path]) -> str:
    """Say what the folder has instead."""
    if beside:
        return (
            f". It has {len(beside)} tables beside scans, such as {beside[0].name}, which hold no "
            f"regions (confounds, motion, quality): extract time series of regions first"
        )
    files = [path for path in _below(folder) if path.is_file()]
    books = [kind for path in files if (kind := _kind_of_table(path.name)) is not None]
    kinds = [kind for path in files if (kind := _kind_unread(path.name)) is not None]
    for (ending, what), count in Counter([*kinds, *books]).most_common(1):
        return f". It has {count} {ending} files ({what})"
    return ""


def _kind_unread(name: str) -> tuple[str, str] | None:
    """Ending and kind of a file that may be of a subject and is not read; ``None`` for others."""
    low = name.lower()
    packed = next((end for end in _PACKED if low.endswith(end)), None)
    if packed is not None and suffix_of(Path(low.removesuffix(packed))):
        return low[len(stem_of(Path(low.removesuffix(packed)))) :], "compressed: unpack them"
    return (".npz", _ARCHIVES) if low.endswith(".npz") else kind_unread(name)


def _kind_of_table(name: str) -> tuple[str, str] | None:
    """Ending and kind of a table that may be a matrix, or a list of subjects."""
    ending = Path(name).suffix.lower()
    return (ending, _TABLES[ending]) if ending in _TABLES else None


def say_unread(folder: Path, read: Iterable[Path]) -> None:
    """Log which files beside those of the subjects are not read.

    Derivatives (``sub-...``) have many of them: of these, the ones are told that are named as
    those that are read but for the ending, of a scan that has no file that is read.

    Args:
        folder: The folder.
        read: The files of the subjects.

    Example:
        >>> say_unread(Path("study/matrices"), [])
    """
    paths = list(read)
    deep = any(path.parent != folder for path in paths)
    entries = sorted(_below(folder, folders=True) if deep else folder.iterdir())
    if deep or any("sub" in entities(stem_of(path)) for path in paths):
        found = _unread_scans(folder, entries, paths)
    else:
        found = [(kind, path) for path in entries if (kind := _kind_of_entry(path)) is not None]
    for (ending, what), count in Counter(kind for kind, _ in found).most_common():
        first = next(path for kind, path in found if kind == (ending, what))
        _logger.warning(
            "left out: %d %s files of %s, such as %s, are not read (%s)",
            *(count, ending, folder, first.relative_to(folder), what),
        )


def _kind_of_entry(path: Path) -> tuple[str, str] | None:
    """Ending and kind of a file that is not read, or of a folder that is named as a file."""
    if path.is_dir():
        hidden = path.name.startswith(".")
        return (suffix_of(path), _FOLDERS) if suffix_of(path) and not hidden else None
    return _kind_unread(path.name) if path.is_file() else None


def _unread_scans(
    folder: Path, entries: Iterable[Path], read: Sequence[Path]
) -> list[tuple[tuple[str, str], Path]]:
    """What may be the matrix of a scan that has no file that is read, by its name."""
    scans = {_scan(path.relative_to(folder).with_name(stem_of(path))) for path in read}
    usual = {_rest(stem_of(path)) for path in read}
    found = []
    for path in entries:
        name = path.name
        if "sub" not in entities(name) or name.startswith("."):
            continue
        table = None if path.is_dir() else _kind_of_table(name)
        kind = _kind_of_entry(path) if table is None else table
        if kind is None or name.lower().endswith(_NO_MATRIX):
            continue
        stem = name[: -len(kind[0])]
        scan = _scan(path.relative_to(folder).with_name(stem))
        if scan not in scans and _rest(stem) in usual and not _BESIDE.search(stem):
            found.append((kind, path))
    return found


def _scan(path: Path) -> frozenset[tuple[str, str]]:
    """The entities that tell a scan from others."""
    return frozenset((key, value) for key, value in entities(path).items() if key in _SCANS)


_MOST = 100_000
"""Most files below a folder of matrices; whole disks have more."""


def _below(folder: Path, folders: bool = False) -> list[Path]:
    """All files below a folder, and the folders that are named as files of matrices are."""
    found: list[Path] = []
    for place, inner, files in os.walk(folder):
        names = [*files, *(name for name in inner if folders and suffix_of(Path(name)))]
        found += (Path(place, name) for name in names)
        if len(found) > _MOST:
            raise ValueError(
                f"more than {_MOST:,} files lie below {folder}: name the folder of the matrices"
            )
    return found


def _readable(paths: Iterable[Path]) -> list[Path]:
    """The files of matrices and series; links that lead nowhere, and devices, are logged."""
    found = sorted(p for p in paths if suffix_of(p) and not p.name.startswith("."))
    nowhere = [path for path in found if not path.is_file() and not path.is_dir()]
    if nowhere:
        _logger.warning(
            "%d names lead to no file and are left out, such as %s: fetch or mend them",
            *(len(nowhere), nowhere[0]),
        )
    return [path for path in found if path.is_file()]


def _named(folder: Path, paths: list[Path], pattern: str) -> dict[str, Path]:
    """Files by the part of their name that is the subject's."""
    before, after = map(re.escape, pattern.split("{subject}"))
    compiled = re.compile(f"{before}(.+){after}")
    out: dict[str, Path] = {}
    for path in paths:
        match = compiled.fullmatch(stem_of(path))
        if match is None:
            continue
        twin = out.setdefault(match[1], path)
        if twin is not path:
            raise _twice(match[1], folder, twin, path)
    if not out:
        raise FileNotFoundError(_none_named(folder, pattern))
    return out


def _tell_others(
    folder: Path, others: Iterable[Path], found: Mapping[str, Path], pattern: str
) -> None:
    """Log files that seem to be of subjects who have no file with the pattern."""
    loose = re.compile("(.+)".join(map(re.escape, pattern.split("{subject}"))), re.IGNORECASE)
    alike = re.compile(_alone("|".join(sorted({_numbered(name) for name in found}))))
    own = re.compile(_alone("|".join(sorted(map(re.escape, found), key=len, reverse=True))))
    left = [
        path.name
        for path in others
        if not own.search(stem_of(path))
        and (loose.fullmatch(stem_of(path)) or alike.search(stem_of(path)))
    ]
    if left:
        _logger.warning(
            "left out: %d files of %s that are not named %s, of subjects that have no file of that "
            "name, such as %s",
            *(len(left), folder, pattern, left[0]),
        )


def _alone(choices: str) -> str:
    """A pattern for one of several names, with nothing of a name before or after."""
    return f"(?<![^\\W_])(?:{choices})(?![^\\W_])"


def _numbered(name: str) -> str:
    """A pattern for names that differ in their numbers; those of numbers alone begin a name."""
    if not any(map(str.isdigit, name)):
        return re.escape(name)
    start = "" if any(map(str.isalpha, name)) else "^"
    return start + re.sub(r"\d+", lambda _: r"\d+", re.escape(name))


def _one_kind(folder: Path, paths: list[Path], series: bool) -> list[Path]:
    """The files that differ only in subject, session, task and run."""
    kinds: dict[str, list[Path]] = {}
    for path in paths:
        kinds.setdefault(_kind(path), []).append(path)
    for endings in (_SERIES, _CONNECTIVITY) if series else (_CONNECTIVITY, _SERIES):
        preferred = {
            kind: found for kind, found in kinds.items() if kind.split(".")[0].endswith(endings)
        }
        if preferred:
            kinds = preferred
            break
    if len(kinds) == 1:
        return next(iter(kinds.values()))
    listed = ", ".join(f"*{kind} ({len(found)})" for kind, found in sorted(kinds.items())[:8])
    raise ValueError(f"{folder} has files of {len(kinds)} kinds: {listed}. {_choice(kinds, paths)}")


def _choice(kinds: Mapping[str, list[Path]], paths: list[Path]) -> str:
    """How to choose a kind: by a pattern, if one matches its files and no others."""
    for kind, found in sorted(kinds.items()):
        pattern = f"*{stem_of(Path(kind))}"
        if sum(fnmatch.fnmatchcase(stem_of(path), pattern) for path in paths) == len(found):
            return f"Choose one with `file_name`, such as '{pattern}'"
    return "Put those of one kind into a folder of their own"


def _kind(path: Path) -> str:
    """What is left of a BIDS name without its scan: ``_seg-Tian_stat-r_relmat.tsv``."""
    return _rest(stem_of(path)) + suffix_of(path)


def _rest(stem: str) -> str:
    """What is left of a name without ending when its scan is taken out."""
    parts = [p for p in stem.split("_") if p.split("-")[0] not in _SCANS or "-" not in p]
    return "".join(f"_{part}" for part in parts)


def _scans(folder: Path, paths: list[Path]) -> dict[str, Path]:
    """BIDS files by the names of their scans."""
    found = [entities(path.relative_to(folder)) for path in paths]
    out: dict[str, Path] = {}
    for name, path in sorted(zip(scan_names(found), paths, strict=True)):
        twin = out.setdefault(name, path)
        if twin is not path:
            raise _twice(name, folder, twin, path)
    return out


def _twice(subject: str, folder: Path, one: Path, other: Path) -> ValueError:
    first, second = one.relative_to(folder), other.relative_to(folder)
    return ValueError(f"subject '{subject}' has two files: {first} and {second}")
