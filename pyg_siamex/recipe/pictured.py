"""Options that are about pictures, where no picture is made."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any


def check_no_picture(view: Any, names: Sequence[str], why: str) -> None:
    """Refuse options about pictures that are not at their defaults.

    Args:
        view: A data class of options.
        names: Its fields that are about pictures.
        why: What is made instead, for the message.

    Raises:
        ValueError: Names the option.

    Example:
        >>> from pyg_siamex.recipe import MoleculeView
        >>> check_no_picture(MoleculeView(library="a.csv"), ["dpi"], "'a.html' is a page")
    """
    for field in fields(view):
        if field.name in names and getattr(view, field.name) != field.default:
            raise ValueError(f"`{field.name}` is for pictures, and {why}")
