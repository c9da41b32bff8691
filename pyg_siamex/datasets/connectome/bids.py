"""Entities of names in the Brain Imaging Data Structure (BIDS), such as sub-01_ses-2_run-1."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_ENTITY = re.compile(r"(?:^|[_/\\])([a-z][a-zA-Z]*)-([a-zA-Z0-9+]+)(?=$|[_/\\.])")
_SCAN = ("ses", "task", "acq", "ce", "rec", "dir", "run", "echo")
"""Entities that tell scans of one subject apart, in the order of BIDS names."""


def entities(name: str | Path) -> dict[str, str]:
    """Read the entities of a file's name and of the folders above it.

    Args:
        name: A name or a path; what stands in the file's own name counts before its folders.

    Returns:
        Value by entity: ``{"sub": "01", "ses": "2"}``; empty for names of another kind.

    Example:
        >>> entities("sub-01/ses-2/func/sub-01_ses-2_task-rest_run-1_relmat.tsv")
        {'sub': '01', 'ses': '2', 'task': 'rest', 'run': '1'}
    """
    found: dict[str, str] = {}
    for key, value in _ENTITY.findall(str(name)):
        found[key] = value
    return found


def person_of(name: str) -> str:
    """Name of the person that a scan is of: ``sub-01`` of ``sub-01_ses-2``, else the name itself.

    Example:
        >>> person_of("sub-01_ses-2"), person_of("KKI_0050776")
        ('sub-01', 'KKI_0050776')
    """
    subject = entities(name).get("sub")
    return name if subject is None else f"sub-{subject}"


def scan_names(scans: Sequence[Mapping[str, str]]) -> list[str]:
    """Name scans by their subject and as few other entities as tell all of them apart.

    Args:
        scans: Entities of each scan, with ``sub``.

    Returns:
        A name per scan: ``sub-01`` where there is one scan of each subject, else ``sub-01_ses-2``
        and so on. Names are alike where the entities do not tell scans apart.

    Example:
        >>> scan_names([{"sub": "01", "ses": "1"}, {"sub": "01", "ses": "2"}])
        ['sub-01_ses-1', 'sub-01_ses-2']
    """
    chosen = ["sub"]
    for key in _SCAN:
        names = [_joined(scan, chosen) for scan in scans]
        if len(set(names)) == len(names):
            break
        finer = {_joined(scan, [*chosen, key]) for scan in scans}
        if len(finer) > len(set(names)):
            chosen.append(key)
    return [_joined(scan, chosen) for scan in scans]


def _joined(scan: Mapping[str, str], keys: Sequence[str]) -> str:
    return "_".join(f"{key}-{scan[key]}" for key in keys if key in scan)
