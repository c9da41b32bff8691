"""``pyg-siamex demo``: train, explain, judge by exact truth and draw, without any data of yours."""

import time
from pathlib import Path
from typing import Annotated

import typer

from pyg_siamex._writable import check_new_folder
from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.cli.terminal import Terminal, rich_table

Connectomes = Annotated[
    bool, typer.Option("--connectomes", help="Simulated connectomes, not molecules.")
]
_Epochs = Annotated[
    int | None,
    typer.Option(help="Most passes over the graphs: 40 for molecules, 10 for connectomes.", min=1),
]


@one_line_errors
def demo(
    connectomes: Connectomes = False,
    out: Annotated[Path, typer.Option(help="Folder for the pictures and the model.")] = Path(
        "out/demo"
    ),
    epochs: _Epochs = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same numbers.")] = 0,
) -> None:
    """Explain what makes two graphs alike where the right answer is known.

    Molecules: 2,000 real ones, each with one functional group; two are alike if they share it.
    Connectomes: simulated subjects, half of them with a stronger default network. The model is
    never told where the group or the network is, so the explanation can be checked against it.
    """
    from pyg_siamex.recipe import domain_named

    check_new_folder("out", out)
    console, start = Terminal(), time.perf_counter()
    demonstrated = domain_named("connectomes" if connectomes else "molecules").demo(epochs, seed)
    console.print(demonstrated.introduction)
    model, quality = demonstrated.train()
    console.print(quality)
    scores, explanations = demonstrated.judge(model)
    console.print(rich_table(scores))
    out.mkdir(parents=True, exist_ok=True)
    paths = demonstrated.write(model, explanations, out)
    console.print(f"done in {time.perf_counter() - start:.0f} s. Look at:")
    for path in paths:
        console.print(f"  {path}", soft_wrap=True)
