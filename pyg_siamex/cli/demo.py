"""``pyg-siamex demo``: train, explain, judge by exact truth and draw, without any data of yours."""

from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex.cli.demo_connectomes import demo_connectomes
from pyg_siamex.cli.demo_molecules import demo_molecules
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.one_thread import one_thread


@one_line_errors
def demo(
    connectomes: Annotated[
        bool, typer.Option("--connectomes", help="Simulated connectomes, not molecules.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the model.")] = Path(
        "out/demo"
    ),
    epochs: Annotated[
        int | None,
        typer.Option(
            help="Most passes over the graphs: 40 for molecules, 10 for connectomes.", min=1
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
) -> None:
    """Explain what makes two graphs alike where the right answer is known.

    Molecules: 2,000 real ones, each with one functional group; two are alike if they share it.
    Connectomes: simulated subjects, half of them with a stronger default network. The model is
    never told where the group or the network is, so the explanation can be checked against it.
    """
    out.mkdir(parents=True, exist_ok=True)
    if connectomes:
        with one_thread():
            demo_connectomes(out, epochs or 10, seed)
    else:
        demo_molecules(out, epochs or 40, seed)
