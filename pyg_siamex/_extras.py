"""What to install where a part of the package needs more than its core."""

from collections.abc import Iterator
from contextlib import contextmanager

EXTRAS = {
    "captum": "shapley",
    "faiss": "search",
    "jinja2": "report",
    "lightning": "train",
    "markupsafe": "report",
    "matplotlib": "report",
    "nibabel": "brains",
    "nilearn": "brains",
    "openpyxl": "tables",
    "pyarrow": "tables",
    "pytorch_metric_learning": "train",
    "ray": "ray",
    "rdkit": "molecules",
    "rich": "cli",
    "torchmetrics": "train",
    "typer": "cli",
}
"""Extra that installs each package beyond the core."""


class MissingExtraError(ModuleNotFoundError):
    """A package is not installed, and an extra of this package would install it."""


@contextmanager
def needed_for(what: str) -> Iterator[None]:
    """Say how to install what an import inside the block does not find.

    Args:
        what: What the import is for, as the start of the message. Of nested blocks the outermost
            says it.

    Raises:
        MissingExtraError: If a package of an extra is not installed.

    Example:
        >>> with needed_for("a picture"):
        ...     raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
        Traceback (most recent call last):
        pyg_siamex._extras.MissingExtraError: a picture needs matplotlib: pip install
        'pyg_siamex[report]'
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        message = f"{what} needs {package}: pip install 'pyg_siamex[{EXTRAS[package]}]'"
        raise MissingExtraError(message, name=error.name) from error
