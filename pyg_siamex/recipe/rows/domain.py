"""Rows of tables as a domain: what is done for them and by what."""

from pyg_siamex.recipe.domain_type import Domain
from pyg_siamex.recipe.rows.explaining import RowsByName, row_explainer
from pyg_siamex.recipe.rows.labelled import labelled_rows, overview_of_columns
from pyg_siamex.recipe.rows.library import RowLibrary
from pyg_siamex.recipe.rows.reading import RowReading
from pyg_siamex.recipe.rows.training import train_rows
from pyg_siamex.recipe.rows.view import RowView

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
)
"""Rows by name, explained column by column."""
