"""Options that several commands share, and which of them a domain has."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from pyg_siamex.cli.option_group import written
from pyg_siamex.recipe.added_domains import added_domain_names

CONNECTOMES, MOLECULES = "Connectomes", "Molecules"

SMILES = typer.Option(help="Column of the SMILES, by default found by its name.")
NAME = typer.Option(help="Column of the names, by default found by its name.")
LABELS = typer.Option(help="Table with a row per subject of the folder.")

MODEL_HELP = "A model that `pyg-siamex train` wrote."


def of_domain(domain: str, source: str | Path, **groups: list[Any]) -> list[Any]:
    """The options of one domain; options of another domain must not be given.

    Args:
        domain: Name of what the command is about.
        source: The file or folder that is of this domain, for messages.
        **groups: By name of a domain, the objects that its options were read into.

    Returns:
        The objects; of a domain that was added, which has no options, ``None`` for each.

    Raises:
        ValueError: If no command is for the domain, or an option is for another one.
    """
    added = domain in added_domain_names()
    if domain not in groups and not added:
        raise ValueError(
            f"commands are for {' and '.join(groups)}, and {source} is of {domain}: use "
            f"pyg_siamex.recipe in Python"
        )
    for other, objects in groups.items():
        given = [] if other == domain else _given(objects)
        if given:
            raise ValueError(
                f"`{given[0]}` is for {other}, and {source} is of {domain}: leave it out"
            )
    return [None] * max(map(len, groups.values())) if added else groups[domain]


def _given(objects: list[Any]) -> list[str]:
    """Names of the options that differ from their defaults, or are written on the command line."""
    return [
        field.name
        for options in objects
        for field in fields(options)
        if getattr(options, field.name) != field.default or (type(options), field.name) in written()
    ]
