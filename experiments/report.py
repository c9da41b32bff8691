"""Make tables and figures of experiments from their result files alone.

python experiments/report.py NAME [NAME ...] [--quick] [--set KEY=VALUE]
"""

from typing import Annotated

import typer
from runner.experiment import find
from runner.refusal import refused
from runner.reporting import check_unaltered, make_report


def main(
    names: Annotated[list[str], typer.Argument(help="Experiments, by folder.")],
    quick: Annotated[bool, typer.Option("--quick", help="Of the small configuration.")] = False,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="Of results with this KEY=VALUE.")
    ] = None,
) -> None:
    """Make tables and figures of experiments from their result files alone."""
    for name in names:
        with refused(ValueError):
            experiment = find(name, quick, changes or ())
            experiment.check_code()
            check_unaltered(experiment)
            made = make_report(experiment)
        for path in made:
            typer.echo(f"wrote {path}")


if __name__ == "__main__":
    typer.run(main)
