"""An option is given once; what collects values, and help, may be repeated."""

from typing import Annotated

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.cli.once_command import OnceCommand

own = typer.Typer()


@own.command(cls=OnceCommand)
def go(
    places: list[str],
    many: Annotated[list[str] | None, typer.Option()] = None,
    one: Annotated[int, typer.Option("--one", "-o", "--first")] = 1,
    fast: Annotated[bool | None, typer.Option("--fast/--slow")] = None,
) -> None:
    """Go there."""
    typer.echo(f"{places} {many} {one} {fast}")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--one", "1", "--one", "2"], "--one or -o or --first is given twice"),
        (["--one=1", "-o2"], "is given twice"),
        (["-o", "1", "--first", "1"], "is given twice"),
        (["--fast", "--slow"], "--fast or --slow is given twice"),
        (["--fast", "--fast"], "is given twice"),
    ],
    ids=["two values", "two names", "one value", "yes and no", "a flag"],
)
def test_an_option_that_is_given_twice_is_refused(words, told):
    result = CliRunner().invoke(own, ["a", *words])
    assert result.exit_code == 2 and told in result.output


def test_lists_arguments_and_what_follows_dashes_are_repeated():
    words = ["a", "b", "--many", "1", "--many", "2", "-o", "3", "--slow", "--", "--one", "--one"]
    result = CliRunner().invoke(own, words)
    told = "['a', 'b', '--one', '--one'] ['1', '2'] 3 False"
    assert result.exit_code == 0 and told in result.output
    assert CliRunner().invoke(own, ["--help", "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        (["a", "-CCN"], "-- -CCN"),
        (["-CCN", "a", "--one", "2"], "-- -CCN"),
        (["a", "-C"], ""),
        (["a", "--firts", "2"], ""),
        (["a", "-o", "2", "-xyz", "--", "-abc"], "-- -xyz"),
    ],
    ids=["last", "first", "one letter", "a slip", "after dashes"],
)
def test_arguments_that_begin_with_a_dash_are_told_where_to_stand(words, way_out):
    result = CliRunner().invoke(own, words, env={"COLUMNS": "300", "TERMINAL_WIDTH": "300"})
    assert result.exit_code == 2 and "No such option" in result.output
    assert ("two dashes" in result.output) == bool(way_out) and way_out in result.output


def test_every_command_is_of_this_kind():
    commands = get_command(app).commands
    assert {name: type(command) for name, command in commands.items()} == dict.fromkeys(
        commands, OnceCommand
    )
