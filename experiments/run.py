"""Measure what is missing of experiments, then make their tables and figures.

    python experiments/run.py NAME [NAME ...] [--quick] [--set KEY=VALUE] [--jobs N]

Results go to ``experiments/NAME/results``; ``--quick`` and ``--set`` write to folders of their
own that git ignores. An interrupted run is taken up by the same command, whatever stopped it.
"""

import os
from pathlib import Path
from typing import Annotated

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch and numpy are imported

import typer
from runner.experiment import Experiment, find
from runner.needs import VARIABLE, use_folder
from runner.refusal import refused
from runner.reporting import NothingMeasuredError, make_report
from runner.schedule import run
from runner.store import Store


def main(
    names: Annotated[list[str], typer.Argument(help="Experiments, by folder.")],
    quick: Annotated[bool, typer.Option("--quick", help="The small configuration.")] = False,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE of the configuration.")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Units measured at the same time.")] = 1,
    data: Annotated[
        Path | None, typer.Option(help=f"Folder of data not shipped; {VARIABLE} says the same.")
    ] = None,
    no_report: Annotated[bool, typer.Option("--no-report", help="Measure only.")] = False,
) -> None:
    """Measure what is missing of experiments, then make their tables and figures.

    Units that lack their data are skipped, which is not a failure; a unit that raises is one.
    """
    with refused(ValueError):
        if data is not None:
            use_folder(data)
        experiments = [find(name, quick, changes or ()) for name in names]
        for experiment in experiments:
            experiment.check_code(reported=not no_report)
            experiment.configuration()
        for store in [Store(experiment.results) for experiment in experiments]:
            store.ready()
    well = True
    for experiment in experiments:
        typer.echo(f"{experiment.folder.name} -> {experiment.results}")
        with refused():
            well &= run(experiment, jobs, typer.echo)
            if not no_report:
                _report(experiment)
    raise typer.Exit(0 if well else 1)


def _report(experiment: Experiment) -> None:
    try:
        for path in make_report(experiment):
            typer.echo(f"wrote {path}")
    except NothingMeasuredError:
        typer.echo("no report: nothing is measured")


if __name__ == "__main__":
    typer.run(main)
