"""A small table of text, for the terminal and for notebooks."""

from dataclasses import dataclass, field
from html import escape

from pyg_siamex._notebook import title_html


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

    def _repr_html_(self) -> str:
        """The rows as a table, for notebooks."""
        lines = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in self.rows]
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(f"<tr>{line}</tr>" for line in [head, *lines])
        return f'{title_html(self.title)}<table class="dataframe">{body}</table>'
