"""Errors of data sets about subjects that cannot be used, by the argument that recipes have."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyg_siamex.datasets.connectome.check import LEFT_OUT


@contextmanager
def strictly() -> Iterator[None]:
    """Name ``strict`` where the functions of data sets name ``invalid``.

    Raises:
        ValueError: As raised inside, with the other way out.

    Example:
        >>> with strictly():
        ...     subjects = read_folder("study/matrices")
    """
    try:
        yield
    except ValueError as error:
        said = str(error)
        if LEFT_OUT not in said:
            raise
        raise ValueError(
            said.replace(LEFT_OUT, "without `strict` such subjects are left out")
        ) from None
