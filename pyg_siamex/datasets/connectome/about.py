"""What the rows of a table say of their subjects."""

from collections.abc import Mapping, Sequence
from typing import Any


def about_subjects(
    rows: Sequence[Mapping[str, str]],
    subject: str,
    label: str,
    group: str | None = None,
    site: str | None = None,
) -> dict[str, Any]:
    """Labels, groups, sites and other columns, as arguments of ``Subjects``.

    Args:
        rows: Cells by column, a row per subject.
        subject: Column of the names.
        label: Column of the target.
        group: Column of keys of subjects that stay together, or ``None``.
        site: Column of the sites, or ``None``.

    Example:
        >>> about_subjects([{"id": "1", "dx": "a", "age": "9"}], "id", "dx")["columns"]
        {'age': ['9']}
    """
    others = [name for name in rows[0] if name not in (subject, label)]
    return {
        "labels": [row[label] for row in rows],
        "groups": None if group is None else [row[group] for row in rows],
        "sites": None if site is None else [row[site] for row in rows],
        "columns": {name: [row.get(name, "") for row in rows] for name in others},
    }
