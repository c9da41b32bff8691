"""A small table of text, for the terminal and for notebooks."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Listing:
    """Rows of text under named columns.

    Attributes:
        title: What the rows are.
        columns: Names of the columns.
        rows: A cell for each column.
        terms: Numbers that belong to no row, by name, such as the parts of a similarity.

    Example:
        >>> Listing("strongest bonds", ("bond", "importance"), [("C3=O4", "0.91")]).rows[0]
        ('C3=O4', '0.91')
    """

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    terms: dict[str, str] = field(default_factory=dict)
