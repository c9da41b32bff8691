"""Listings are printed with all their cells and numbers."""

import io

import pytest
from rich.console import Console

from pyg_siamex.cli.terminal import Terminal, rich_table
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


NAMES = ["[/x]", "[bold red]", "[low]", ":smile:", "\x1b[2J", "a\u202eb", "[link=file:///]"]


def shown(thing):
    file = io.StringIO()
    Terminal(file=file, width=200, force_terminal=False).print(thing)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_names_are_letters(name):
    listing = Listing("title " + name, ("a " + name, "b"), [(name, name)], {name: name})
    for text in (shown(rich_table(listing)), shown(name)):
        assert "\x1b" not in text and "\u202e" not in text
        assert name.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e") in text


@pytest.mark.parametrize("name", ["a\nb", "a\r\nb", "\n"])
def test_a_name_is_one_line(name):
    plain, odd = (
        shown(rich_table(Listing(f"t {one}", (f"h {one}", "b"), [(one, one)], {one: one})))
        for one in ("ab", name)
    )
    assert len(plain.splitlines()) == len(odd.splitlines()) and "\\n" in odd
    assert len(shown(f"page: {name}").splitlines()) == 1
