"""Write tables for spreadsheets."""

from pathlib import Path
from typing import TYPE_CHECKING

from pyg_siamex._visible import cell
from pyg_siamex._writable import check_table
from pyg_siamex.data.file import whole_file

if TYPE_CHECKING:
    import pandas as pd


def write_csv(frame: "pd.DataFrame", path: str | Path) -> None:
    """Write a table as CSV, in which no text is a formula and all text is seen.

    Args:
        frame: The table; its index is left out.
        path: The file, ``.csv``; it appears complete or not at all.

    Raises:
        ValueError: If it does not end in ``.csv``, or holds something of the library's own.
        OSError: If the file cannot be written.

    Example:
        >>> import pandas as pd
        >>> write_csv(pd.DataFrame({"name": ["=1+1"]}), "names.csv")
        >>> Path("names.csv").read_text().split()
        ['name', "'=1+1"]
    """
    check_table(path, [".csv"])
    with whole_file(path) as temporary:
        frame.rename(columns=cell).map(cell).to_csv(temporary, index=False)
