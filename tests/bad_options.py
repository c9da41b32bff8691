"""Values that no option of a command should have, and whether commands end well with them.

A case ends well if the command gives its result, or refuses the value in one line, soon; if its
inputs are what they were; and if a refusal leaves no file behind.
"""

import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import typer
from typer.testing import CliRunner

from pyg_siamex.cli import app

SECONDS = 20
"""Longest that a case may take."""

NO_NUMBERS = ("nan", "inf", "-inf", "", "x", "1,5", "1e400", "0x10", "None", "[1]", "9" * 5000)
NUMBERS = (*NO_NUMBERS, "-1", "0", "1.5", "1e9", "99999999999999999999", "-1e-400", "٣", " 2 ")
TEXTS = (
    *("", " ", "-1", "None", "a\u202eb", "\x1b[2J", "[/bold]", "=1+1", "名", "{x}%s", "a\nb", "\\"),
    *("x" * 100_000, "../../x", "\udcff"),
)
PATHS = (
    *("", ".", "/", "..", "/dev/null/x", "/none/x", "x" * 300, "a\nb", "\udcff", "-", "http://x"),
    *("READ", "READ/x", "/proc/self/mem", "*", "~none"),
)
"""``READ`` stands for a file that the command reads."""


@dataclass(frozen=True)
class Call:
    """A command that works.

    Attributes:
        command: Its name.
        arguments: Its arguments, in order.
        options: Its options, with values.
        panel: Heading of the options that it is tried with; empty for all.
    """

    command: str
    arguments: list[str]
    options: dict[str, str] = field(default_factory=dict)
    panel: str = ""

    def words(self, name: str = "", value: str = "") -> list[str]:
        """The command line, with another value for a parameter."""
        names = [p.name for p in parameters(self.command) if p.param_type_name == "argument"]
        given = [
            value if own == name else word for own, word in zip(names, self.arguments, strict=False)
        ]
        options = {**self.options, **({name: value} if name and name not in names else {})}
        flags = {p.name: p.opts[0] for p in parameters(self.command)}
        more = [f"{flags[key]}={text}" if flags[key].startswith("--") else f"{flags[key]}{text}"
                for key, text in options.items()]  # fmt: skip
        return [self.command, *more, "--", *given]


def parameters(command: str) -> list[Any]:
    """The parameters of a command."""
    return typer.main.get_command(app).commands[command].params  # type: ignore[attr-defined]


def cases(call: Call) -> Iterator[tuple[str, str]]:
    """Name of each parameter with a value, and values that it should not have."""
    for parameter in parameters(call.command):
        panel = getattr(parameter, "rich_help_panel", None) or ""
        if getattr(parameter, "is_flag", False) or (call.panel and panel != call.panel):
            continue
        values = {"number": NUMBERS, "path": PATHS, "text": TEXTS}[_kind(parameter)]
        yield from ((str(parameter.name), value) for value in values)


def _kind(parameter: Any) -> str:
    """What a parameter is: a number, a path or a text."""
    described = getattr(parameter, "type_descriptor", None)  # of newer Typer
    name = getattr(described.annotation, "__name__", "") if described else parameter.type.name
    if name.lower().startswith(("int", "float")):
        return "number"
    return "path" if name.lower().startswith(("path", "file")) else "text"


def is_number(call: Call, name: str) -> bool:
    """Whether a parameter is a number."""
    return any(p.name == name and _kind(p) == "number" for p in parameters(call.command))


def ending(call: Call, name: str, value: str, folder: Path) -> str:
    """How a command ends with a value: empty if well, else what is wrong.

    Args:
        call: The command.
        name: The parameter.
        value: Its value.
        folder: The working folder, which holds all inputs.
    """
    value = value.replace("READ", (call.arguments or ["m.csv"])[-1])
    before, folders = _state(folder), _folders(folder)
    old = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    try:
        result = CliRunner().invoke(app, call.words(name, value))
    except _TooLongError:
        return f"took {SECONDS} s"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, old)
    wrong = _told(result.exit_code, result.output, result.exception)
    if isinstance(result.exception, _TooLongError):
        wrong = f"took {SECONDS} s"
    if result.exit_code == 0 and is_number(call, name) and value in NO_NUMBERS:
        wrong = wrong or "accepted what is no number"
    after = _state(folder)
    if {path: after.get(path) for path in before} != before:
        wrong = wrong or "changed an input"
    new = sorted(set(after) - set(before))
    left = [path.name for path in new if path.suffix != ".embeddings"]  # whole, for the next time
    if left and result.exit_code:
        wrong = wrong or f"left {left}"
    for path in new:
        path.unlink()
    for made in set(_folders(folder)) - set(folders):
        shutil.rmtree(made, ignore_errors=True)
    return wrong


class _TooLongError(BaseException):
    """The time is up."""


def _too_long(number: int, frame: FrameType | None) -> None:
    raise _TooLongError


def _told(code: int, output: str, error: BaseException | None) -> str:
    if code == 0:
        return ""
    if code != 2 or not isinstance(error, SystemExit):
        return f"{type(error).__name__}: {str(error)[:200]}"
    if len(output) > 6000:
        return f"{len(output)} characters"
    return "no reason" if not output.strip() else ""


def _state(folder: Path) -> dict[Path, tuple[int, int]]:
    """Size and time of every file."""
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_dir()]


def options() -> set[tuple[str, str]]:
    """Every command with each of its parameters that takes a value."""
    return {
        (command, str(parameter.name))
        for command in typer.main.get_command(app).commands  # type: ignore[attr-defined]
        for parameter in parameters(command)
        if not getattr(parameter, "is_flag", False)
    }


def calls(folder: Path) -> list[Call]:
    """Commands that work in a folder, and the files that they read, made there."""
    ends = ("O", "N", "C#N", "OC", "S", "Cl")
    rows = [f"m{n}{k},{'C' * n}{end},{n - k / 2},{'ab'[k % 2]}"
            for n in range(1, 5) for k, end in enumerate(ends)]  # fmt: skip
    (folder / "m.csv").write_text("\n".join(["name,smiles,logS,kind", *rows]) + "\n")
    matrices = folder / "matrices"
    matrices.mkdir()
    draw = np.random.default_rng(0)
    for k in range(16):
        half = np.triu(draw.standard_normal((6, 6)) + (k % 2), 1)
        np.savetxt(matrices / f"s{k:02d}.csv", half + half.T, delimiter=",")
    labels = [f"s{k:02d},{'ab'[k % 2]},{20 + k},{k % 4}" for k in range(16)]
    (folder / "labels.csv").write_text("\n".join(["subject,group,age,site", *labels]) + "\n")
    (folder / "pairs.csv").write_text("query,reference\nCCO,CCN\nCCC,CCO\n")
    (folder / "scans").mkdir()
    for k in range(12):
        name = f"sub-{k // 2:02d}_ses-{k % 2}.csv"
        shutil.copy(matrices / f"s{k:02d}.csv", folder / "scans" / name)
    quick = {"epochs": "1", "hidden": "4"}
    study = {"labels": "labels.csv", "label": "group"}
    trained = [
        Call("train", ["m.csv"], {"label": "kind", **quick, "out": "molecules.siamex"}),
        Call("train", ["matrices"], {**study, **quick, "folds": "2", "out": "brains.siamex"}),
    ]
    for call in trained:
        result = CliRunner().invoke(app, call.words())
        assert result.exit_code == 0, result.output
    mine, brains = "molecules.siamex", "brains.siamex"
    explained = Call(
        "explain", [mine, "CCO", "CCN"], {"method": "gradient", "out": "p.svg", "save": "p.siamex"}
    )
    assert CliRunner().invoke(app, explained.words()).exit_code == 0
    (folder / "p.svg").unlink()
    fast = {"method": "gradient"}
    return [
        Call("train", ["m.csv"], {"label": "kind", **quick, "out": "new.siamex"}),
        Call("train", ["matrices"], {**study, **quick, "folds": "2", "out": "new.siamex"},
             "Connectomes"),
        Call("explain", [mine, "CCO", "CCN"], {**fast, "out": "new.png"}),
        Call("explain", [brains, "s00", "s01"], {**fast, "out": "new.png"}, "Connectomes"),
        Call("search", [mine, "m.csv"], {**fast, "query": "CCO", "k": "2", "out": "new.html"}),
        Call("search", [brains, "matrices"], {**fast, "query": "s00", "k": "2", "out": "new.html"},
             "Connectomes"),
        Call("overview", [mine, "m.csv"], {"label": "kind", "out": "new.html"}),
        Call("overview", [brains, "matrices"], {**study, "out": "new.html"}, "Connectomes"),
        Call("group", [brains, "matrices"], {**study, "permutations": "20", "models": "1",
                                             "out": "new.html"}),
        Call("cliffs", [mine, "m.csv"], {"activity": "logS", "least_similarity": "0.1", "k": "2",
                                         **fast, "out": "new.html"}),
        Call("report", ["p.siamex"], {"out": "new.html"}),
        Call("explain", [mine], {**fast, "pairs": "pairs.csv", "workers": "1", "out": "new"},
             "A table of pairs"),
        Call("longitudinal", [brains, "scans"], {"permutations": "20", "out": "new.html"}),
        Call("demo", [], {"epochs": "1", "out": "new"}),
    ]  # fmt: skip
