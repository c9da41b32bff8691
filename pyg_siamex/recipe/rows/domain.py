"""Rows of tables as a domain: what is done for them and by what."""

from typing import NoReturn

from pyg_siamex.recipe.domain import Domain
from pyg_siamex.recipe.rows.explaining import RowsByName, row_explainer
from pyg_siamex.recipe.rows.labelled import labelled_rows, overview_of_columns
from pyg_siamex.recipe.rows.library import RowLibrary
from pyg_siamex.recipe.rows.reading import RowReading
from pyg_siamex.recipe.rows.training import train_rows
from pyg_siamex.recipe.rows.view import RowView


def _no_demo(*arguments: object) -> NoReturn:
    """Refuse to demonstrate rows, for which no exact truth is known.

    Args:
        *arguments: Whatever a demonstration takes.

    Raises:
        ValueError: Always.
    """
    raise ValueError("there is no demonstration of rows: see docs/recipes.md")


DOMAIN = Domain(
    name="rows",
    method="self-learned",
    search_method="self-learned",
    reading=RowReading,
    view=RowView,
    train=train_rows,
    named=RowsByName,
    library=RowLibrary,
    labelled=labelled_rows,
    explainer=row_explainer,
    overview=overview_of_columns,
    demo=_no_demo,
)
"""Rows by name, explained column by column."""
