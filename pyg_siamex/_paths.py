"""Where a path leads to."""

import os
from pathlib import Path


def real_path(path: str | os.PathLike[str]) -> Path:
    """The absolute path without links; of links in a circle, as far as they lead.

    ``Path.resolve`` raises ``RuntimeError`` for these before Python 3.13.

    Args:
        path: Any path.
    """
    return Path(os.path.realpath(path))
