"""Make tables and figures of experiments from their result files alone.

python experiments/report.py NAME [NAME ...] [--quick] [--set KEY=VALUE]
"""

from typing import Annotated

import typer
from runner.experiment import find
from runner.reporting import make_report


def main(
    names: Annotated[list[str], typer.Argument(help="Experiments, by folder.")],
    quick: Annotated[bool, typer.Option("--quick", help="Of the small configuration.")] = False,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Of results with this KEY=VALUE.")
    ] = None,
) -> None:
    """Make tables and figures of experiments from their result files alone."""
    for name in names:
        try:
            made = make_report(find(name, quick, changes or ()))
        except (ValueError, FileNotFoundError) as error:
            raise typer.BadParameter(str(error)) from None
        for path in made:
            typer.echo(f"wrote {path}")


if __name__ == "__main__":
    typer.run(main)
