"""Write tables for spreadsheets."""

from pathlib import Path
from typing import TYPE_CHECKING

from pyg_siamex._visible import cell
from pyg_siamex.data.file import whole_file

if TYPE_CHECKING:
    import pandas as pd


def write_csv(frame: "pd.DataFrame", path: str | Path) -> None:
    """Write a table as CSV, in which no text is a formula and all text is seen.

    Args:
        frame: The table; its index is left out.
        path: The file; it appears complete or not at all.

    Raises:
        OSError: If the file cannot be written.

    Example:
        >>> import pandas as pd
        >>> write_csv(pd.DataFrame({"name": ["=1+1"]}), "names.csv")
        >>> Path("names.csv").read_text().split()
        ['name', "'=1+1"]
    """
    with whole_file(path) as temporary:
        frame.rename(columns=cell).map(cell).to_csv(temporary, index=False)
