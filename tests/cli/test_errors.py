import logging

import pytest
import typer

from pyg_siamex.cli.errors import FlagFormatter, one_line_errors, with_flags


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("`file_name` is for a folder", "--file-name is for a folder"),
        (
            "give `sign` positive, or another `encoder`",
            "give --sign positive, or another --encoder",
        ),
        ("written by `pyg-siamex train`", "written by `pyg-siamex train`"),
        ("nothing to translate", "nothing to translate"),
    ],
)
def test_arguments_are_told_as_options(message, told):
    assert with_flags(message) == told


def test_warnings_are_told_as_options():
    record = logging.LogRecord("a", logging.WARNING, "b", 1, "try `density` %s", (0.1,), None)
    assert FlagFormatter("%(message)s").format(record) == "try --density 0.1"


@pytest.mark.parametrize("kind", [ValueError, TypeError, FileNotFoundError])
def test_an_error_is_one_line(kind, capsys):
    @one_line_errors
    def fail() -> None:
        raise kind("`at_least` is\n  wrong")

    with pytest.raises(typer.Exit) as found:
        fail()
    assert found.value.exit_code == 2
    assert capsys.readouterr().err == "error: --at-least is wrong\n"
