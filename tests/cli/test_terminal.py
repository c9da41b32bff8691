"""Listings are printed with all their cells and numbers."""

from rich.console import Console

from pyg_siamex.cli.terminal import rich_table
from pyg_siamex.recipe import Listing


def test_a_listing_has_its_rows_and_then_its_terms():
    listing = Listing(
        "strongest", ("bond", "of", "value"), [("C1-C2", "q", "0.5")], {"rest": "0.1"}
    )
    console = Console(width=60, record=True, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(rich_table(listing))
    lines = console.export_text().splitlines()
    assert "strongest" in lines[0]
    at = {
        text: k
        for k, line in enumerate(lines)
        for text in ("bond", "C1-C2", "rest")
        if text in line
    }
    assert at["bond"] < at["C1-C2"] < at["rest"]
    assert "0.5" in lines[at["C1-C2"]] and "0.1" in lines[at["rest"]]
