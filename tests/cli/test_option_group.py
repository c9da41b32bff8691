import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.cli.option_group import OptionGroup, grouped, written


@dataclass(frozen=True)
class Place:
    folder: str | Path | None = None
    depth: int = 3
    loud: bool = False


GROUP = OptionGroup(
    "Place",
    depth=typer.Option(help="How deep.", min=1),
    folder=typer.Option(help="Which folder."),
    loud=typer.Option("--loud", help="Say more.", rich_help_panel="Words"),
)


@pytest.fixture
def command():
    """A command with a group, and what it was called with."""
    seen: list = []

    @grouped
    def go(name: str, place: Annotated[Place, GROUP], times: int = 1) -> None:
        """Go there."""
        seen.append((name, place, times))

    own = typer.Typer()
    own.command()(go)
    return own, seen


def test_options_become_one_object(command):
    own, seen = command
    arguments = ["here", "--folder", "a/b", "--depth", "5", "--loud", "--times", "2"]
    assert CliRunner().invoke(own, arguments).exit_code == 0
    assert seen == [("here", Place(Path("a/b"), 5, True), 2)]


def test_defaults_are_those_of_the_fields(command):
    own, seen = command
    assert CliRunner().invoke(own, ["here"]).exit_code == 0
    assert seen == [("here", Place(), 1)]


def test_help_has_the_options_in_their_order_and_panel(command):
    text = CliRunner().invoke(command[0], ["--help"]).output
    positions = [text.index(word) for word in ("--times", "Place", "--depth", "--folder", "Words")]
    assert positions == sorted(positions)
    assert "default: 3" in text and "Go there." in text


def test_bounds_of_options_hold(command):
    assert CliRunner().invoke(command[0], ["here", "--depth", "0"]).exit_code == 2


def test_no_command_has_more_than_ten_parameters_of_its_own():
    for command in app.registered_commands:
        own = inspect.unwrap(command.callback)
        assert len(inspect.signature(own).parameters) <= 10, own.__name__


@pytest.mark.parametrize(
    ("arguments", "names"),
    [([], []), (["--depth", "3"], ["depth"]), (["--depth=3", "--loud"], ["depth", "loud"])],
)
def test_what_is_written_is_known_also_with_its_default(arguments, names):
    seen = []

    @grouped
    def go(place: Annotated[Place, GROUP], times: int = 1) -> None:
        seen.append(sorted(name for kind, name in written() if kind is Place))

    own = typer.Typer()
    own.command()(go)
    assert CliRunner().invoke(own, [*arguments, "--times", "1"]).exit_code == 0
    assert seen == [names] and not written()
