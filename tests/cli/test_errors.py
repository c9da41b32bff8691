import ast
import errno
import logging
import re
import zlib
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

import pyg_siamex
from pyg_siamex.__main__ import main
from pyg_siamex.cli import app
from pyg_siamex.cli.errors import FlagFormatter, one_line_errors, with_flags

_OPTION = re.compile(r"(?<![\w<!-])--[a-z][a-z-]+(?!-*[:>])")
"""An option of the command line, and no property of a page's style."""


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
        ("with `kind='partial'` or `subject='my id'`", "with --kind partial or --subject 'my id'"),
        ("`drop_regions=True` or `drop_regions=False`", "--drop-regions or --fill-regions"),
        ("`invalid='skip'` leaves them out", "no --strict leaves them out"),
        ("`label_kind='classes'` if so", "--classes if so"),
    ],
)
def test_arguments_are_told_as_options(message, told):
    assert with_flags(message) == told


def test_messages_of_the_library_name_no_options():
    """An argument is named as in Python, and the command line writes it as its option."""
    folder = Path(pyg_siamex.__file__).parent
    found = {}
    for path in sorted(set(folder.rglob("*.py")) - set((folder / "cli").rglob("*.py"))):
        tree = ast.parse(path.read_text())
        owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
        told = {id(n.body[0].value) for n in ast.walk(tree) if isinstance(n, owners) and n.body
                and isinstance(n.body[0], ast.Expr)}  # fmt: skip
        texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and id(n) not in told]
        options = [n.value for n in texts if isinstance(n.value, str) and _OPTION.search(n.value)]
        if options:
            found[path.name] = options
    assert found == {}


def test_what_a_command_takes_by_its_place_is_told_without_an_option(capsys):
    @one_line_errors
    def fail(
        matrices: Annotated[Path | None, typer.Argument()] = None,
        labels: Annotated[Path | None, typer.Option()] = None,
    ) -> None:
        raise ValueError("give `matrices` and `labels`")

    with pytest.raises(typer.Exit):
        fail()
    assert capsys.readouterr().err == "error: give MATRICES and --labels\n"


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


def test_ctrl_c_and_too_little_memory_have_their_own_ends(capsys):
    def ending(error: BaseException) -> tuple[int, str]:
        @one_line_errors
        def fail() -> None:
            raise error

        with pytest.raises(typer.Exit) as found:
            fail()
        return found.value.exit_code, capsys.readouterr().err

    assert ending(KeyboardInterrupt()) == (130, "interrupted\n")
    for error in (
        MemoryError(),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to"),
        RuntimeError("CUDA out of memory. Tried to allocate 20 GiB"),
    ):
        code, line = ending(error)
        assert code == 2 and line.startswith("error: there is not enough memory: use fewer")
    assert ending(OSError(28, "No space left on device", "a.csv")) == (
        2,
        "error: a.csv: No space left on device\n",
    )


@pytest.mark.parametrize("kind", [RuntimeError, KeyError, IndexError, zlib.error])
def test_what_is_not_expected_is_one_line_too_and_shown_when_asked(kind, capsys, monkeypatch):
    @one_line_errors
    def fail() -> None:
        raise kind("a\nfault")

    with pytest.raises(typer.Exit) as found:
        fail()
    line = capsys.readouterr().err
    assert found.value.exit_code == 2 and line.count("\n") == 1
    assert line.startswith(f"error: {kind.__name__}: ") and "fault" in line
    assert "PYG_SIAMEX_TRACEBACK=1" in line
    monkeypatch.setenv("PYG_SIAMEX_TRACEBACK", "1")
    with pytest.raises(kind):
        fail()


def test_an_exit_stays_an_exit():
    @one_line_errors
    def leave() -> None:
        raise typer.Exit(3)

    with pytest.raises(typer.Exit) as found:
        leave()
    assert found.value.exit_code == 3


def test_an_error_is_short_and_moves_no_cursor(capsys):
    @one_line_errors
    def fail() -> None:
        raise ValueError("\x1b[2Jno column '" + "x" * 1_000_000 + "'")

    with pytest.raises(typer.Exit):
        fail()
    line = capsys.readouterr().err
    assert line.startswith(r"error: \x1b[2Jno column") and len(line) < 2000
    assert line.count("\n") == 1 and line.endswith("characters)\n")


@pytest.mark.skipif(not Path("/proc/self/mem").is_file(), reason="needs a file that cannot be read")
@pytest.mark.parametrize(
    "given", [{"model": Path("/proc/self/mem")}, {"files": [Path("/proc/self/mem")]}]
)
def test_a_file_that_cannot_be_read_is_named(given, tmp_path, capsys):
    fine = tmp_path / "fine.csv"
    fine.touch()

    @one_line_errors
    def read(**given: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    for more, told in ((given, "/proc/self/mem: Input/output error"), ({}, "Input/output error")):
        with pytest.raises(typer.Exit):
            read(library=fine, out=tmp_path / "none", text="a\0b", **more)
        assert capsys.readouterr().err == f"error: {told}\n"


@pytest.mark.parametrize("place", ["make_context", "invoke"])
def test_ctrl_c_before_a_command_runs_is_told_too(place, monkeypatch):
    def stopped(*given: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(TyperGroup, place, stopped)
    result = CliRunner().invoke(app, ["demo"])
    assert (result.exit_code, result.output) == (130, "interrupted\n")


def test_ctrl_c_while_the_command_line_is_loaded_is_told_too(monkeypatch, capsys):
    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pyg_siamex.cli.main", stopped)
    with pytest.raises(SystemExit) as found:
        main()
    assert found.value.code == 130 and capsys.readouterr().err == "interrupted\n"
