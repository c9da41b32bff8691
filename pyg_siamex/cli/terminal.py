"""What commands print."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pyg_siamex._visible import visible

if TYPE_CHECKING:
    from pyg_siamex.recipe import Explained, Listing
    from pyg_siamex.recipe.trained import Learned


class Terminal(Console):
    """A console that shows texts as they are, each in one line.

    Names hold neither markup nor moves of the cursor, and no new line.
    """

    def render_str(self, text: str, **options: Any) -> Text:
        """Text, also of cells and titles of tables, without a meaning for the terminal.

        Args:
            text: The text.
            **options: As for :meth:`rich.console.Console.render_str`.
        """
        line = visible(text).replace("\n", "\\n")
        return super().render_str(line, **{**options, "markup": False, "emoji": False})


def rich_table(listing: "Listing") -> Table:
    """A listing as the terminal shows it.

    Args:
        listing: The rows; its terms follow them, dimmed.
    """
    table = Table(*listing.columns, title=listing.title)
    for row in listing.rows:
        table.add_row(*row)
    for name, value in listing.terms.items():
        blank = [""] * (len(listing.columns) - 2)
        table.add_row(name, *blank, value, style="dim")
    return table


def print_training(trained: "Learned", out: str) -> None:
    """Print what was trained and how good it is.

    Args:
        trained: The model.
        out: Where it is.
    """
    config = trained.model.config or {}
    table = Table("trained", str(config.get("encoder", "")))
    for name, text in trained.summary().items():
        table.add_row(name, text)
    table.add_row("model", out)
    console = Terminal()
    console.print(table)
    for listing in trained.tables():
        console.print(rich_table(listing))


def print_explained(explained: "Explained", out: str) -> None:
    """Print how alike two graphs are and what matters most.

    Args:
        explained: The pair.
        out: The picture or page.
    """
    console = Terminal()
    similarity = explained.explanation.prediction
    console.print(f"similarity {similarity:.3f}, probability alike {explained.probability:.2f}")
    for note in explained.notes:
        console.print(note, markup=False)
    console.print(rich_table(explained.strongest))
    what = "page" if out.lower().endswith(".html") else "picture"
    console.print(f"{what}: {out}", soft_wrap=True)
