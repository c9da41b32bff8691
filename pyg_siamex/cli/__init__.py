"""The command line: thin commands over the library."""

import logging
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pyg_siamex import __version__
from pyg_siamex._visible import in_one_line
from pyg_siamex.cli.cliffs import find_cliffs
from pyg_siamex.cli.demo import demo
from pyg_siamex.cli.errors import FlagFormatter, interruptible
from pyg_siamex.cli.explain import explain
from pyg_siamex.cli.group import group_subjects
from pyg_siamex.cli.longitudinal import longitudinal_changes
from pyg_siamex.cli.once_command import OnceCommand
from pyg_siamex.cli.overview import overview_library
from pyg_siamex.cli.report import write_report
from pyg_siamex.cli.search import search_library
from pyg_siamex.cli.train import train

_LONGEST = 32_768
"""Most letters of an argument; a SMILES of a thousand atoms has a few thousand."""


class _Commands(TyperGroup):
    """Commands whose arguments are not empty and not as long as files, and that can be stopped."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line; Ctrl-C ends it as it ends a command."""
        with interruptible():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C before it begins ends it in the same way."""
        with interruptible():
            return super().invoke(ctx)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse an argument that no message could quote, and one that names nothing.

        An empty name of a folder, as a variable that is not set leaves it, would be read as the
        current one.
        """
        for place, argument in enumerate(args):
            option, sign, value = argument.partition("=")
            if not argument or (sign and not value and option.startswith("--")):
                before = args[place - 1] if place and not argument else option
                ctx.fail(
                    f"an argument is empty, after {in_one_line(before, 60)}: name what is meant, "
                    f"or leave it out"
                )
            if len(argument) > _LONGEST:
                start = in_one_line(argument[:60])
                ctx.fail(f"an argument has {len(argument):,} characters: '{start}...'")
        return super().parse_args(ctx, args)


app: typer.Typer = typer.Typer(
    cls=_Commands,
    help="Train Siamese graph networks on molecules or connectomes and explain why two are alike.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command(cls=OnceCommand)(train)
app.command(cls=OnceCommand)(explain)
app.command("search", cls=OnceCommand)(search_library)
app.command("overview", cls=OnceCommand)(overview_library)
app.command("group", cls=OnceCommand)(group_subjects)
app.command("longitudinal", cls=OnceCommand)(longitudinal_changes)
app.command("cliffs", cls=OnceCommand)(find_cliffs)
app.command("report", cls=OnceCommand)(write_report)
app.command(cls=OnceCommand)(demo)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"pyg-siamex {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options that need no command."""


def main() -> None:
    """Run the command line."""
    handler = logging.StreamHandler()
    handler.setFormatter(FlagFormatter("%(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    app()
