"""What the rows of a table say of their subjects."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyg_siamex.datasets.cell_numbers import is_missing


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

    Raises:
        ValueError: If a subject has no group or no site, or ``label`` is also the column of the
            names or groups.

    Example:
        >>> about_subjects([{"id": "1", "dx": "a", "age": "9"}], "id", "dx")["columns"]
        {'age': ['9']}
    """
    check_label(label, subject=subject, group=group)
    for column in (group, site):
        empty = [] if column is None else [row for row in rows if is_missing(row[column])]
        if empty:
            raise ValueError(
                f"subject '{empty[0][subject]}' has no entry in column '{column}': give every "
                f"subject one"
            )
    others = [name for name in rows[0] if name not in (subject, label)]
    return {
        "labels": [row[label] for row in rows],
        "groups": None if group is None else [row[group] for row in rows],
        "sites": None if site is None else [row[site] for row in rows],
        "columns": {name: [row.get(name, "") for row in rows] for name in others},
    }


def check_label(label: str | None, **others: str | None) -> None:
    """Refuse a label that is something else, too.

    Args:
        label: Name of the column or array of the target, or ``None``.
        **others: Those of other things, by the argument that names them.

    Raises:
        ValueError: If one is the label: each subject, or group, is a class then.

    Example:
        >>> check_label("dx", subject="id", group=None)
    """
    for name, column in others.items():
        if label is not None and column == label:
            raise ValueError(
                f"`label` and `{name}` are both '{label}': name what is to be learned with `label`"
            )
