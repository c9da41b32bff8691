"""``pyg-siamex explain --pairs``: all pairs of a table."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pyg_siamex._there import check_there
from pyg_siamex._writable import check_apart, check_folder_name, check_writable
from pyg_siamex.cli.option_group import OptionGroup
from pyg_siamex.cli.options import of_domain
from pyg_siamex.cli.terminal import Terminal
from pyg_siamex.recipe.choices import check_measures
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns

if TYPE_CHECKING:
    from pyg_siamex.recipe import ExplainedPairs, Rank, RayWorkers


@dataclass(frozen=True)
class TableOptions:
    """What is asked of a table of pairs.

    Attributes:
        pairs: The table, or ``None`` for one pair.
        query_column: Column of the queries.
        reference_column: Column of the references.
        draw: Ending of a picture or page for each pair.
        measures: Measures, separated by commas.
        workers: Number of processes, or of Ray's workers.
        ray: Whether Ray's workers explain.
        num_gpus: GPUs of each of them.
        rank: Number of this process, of several that share the table.
        world_size: Number of them.
    """

    pairs: Path | None = None
    query_column: str | None = None
    reference_column: str | None = None
    draw: str | None = None
    measures: str | None = None
    workers: int | None = None
    ray: bool | None = None
    num_gpus: float | None = None
    rank: int | None = None
    world_size: int | None = None

    @property
    def columns(self) -> PairColumns:
        """Which columns are the pairs."""
        return PairColumns(self.query_column, self.reference_column)

    @property
    def asked(self) -> list[str]:
        """Names of the measures."""
        return [name.strip() for name in (self.measures or "").split(",") if name.strip()]

    @property
    def by(self) -> "int | RayWorkers | None":
        """Who explains."""
        from pyg_siamex.recipe import RayWorkers

        return RayWorkers(self.workers, num_gpus=self.num_gpus or 0) if self.ray else self.workers

    @property
    def own_rank(self) -> "Rank | None":
        """Which of several processes this is, if that is said."""
        from pyg_siamex.recipe import Rank

        if self.rank is None or self.world_size is None:
            return None
        return Rank(self.rank, self.world_size).checked()

    def check(self, out: Path, read: Sequence[Path | None]) -> None:
        """Refuse what cannot be done, before anything is loaded.

        Args:
            out: Folder to write.
            read: Files that the command reads.

        Raises:
            FileNotFoundError: If the table is not there.
            ValueError: If a name is unknown, or a file would be written over.
            OSError: If the folder cannot be made.
        """
        self.columns.check()
        check_measures(self.asked)
        if self.measures is not None and not self.asked:
            raise ValueError(f"`measures` names none (got '{self.measures}'): leave it out")
        if self.num_gpus is not None and not self.ray:
            raise ValueError("`num_gpus` is of Ray's workers: add `ray`")
        if (self.rank is None) != (self.world_size is None):
            raise ValueError("`rank` and `world_size` go together: give both, or neither")
        if self.pairs is not None:
            check_there(self.pairs, "table of pairs")
        check_apart([out], read)
        if not out.is_dir():
            if out.exists():
                raise ValueError(f"{out} is a file, and `out` of `pairs` is a folder")
            check_folder_name("out", out)
            check_writable(out, "make the folder in")


TABLE = OptionGroup(
    "A table of pairs",
    pairs=typer.Option(
        help="Table of pairs to explain instead of one pair: .csv, .tsv, .parquet or .xlsx."
    ),
    query_column=typer.Option(help="Column of the queries, by default found by its name."),
    reference_column=typer.Option(help="Column of the references, likewise."),
    draw=typer.Option(help="Picture or page of each pair of the table: svg, png or html."),
    measures=typer.Option(
        help="Measures of each explanation, separated by commas: fidelity, robust_fidelity, "
        "insertion_deletion, simplicity, completeness."
    ),
    workers=typer.Option(
        help="Processes, each with one thread. Default: one for each core.", min=1
    ),
    ray=typer.Option(
        "--ray", help="Explain on a Ray cluster, or on one that is started here; --workers actors."
    ),
    num_gpus=typer.Option(help="GPUs of each of Ray's workers, also a part of one.", min=0),
    rank=typer.Option(
        help="Number of this process, from 0, of several that share the table and the folder. "
        "Default: the rank that torchrun or srun gave.",
        min=0,
    ),
    world_size=typer.Option(help="Number of processes that share the table.", min=1),
)


def explain_table(
    model: Path, table: TableOptions, out: Path, method: str | None, views: dict[str, Any]
) -> None:
    """Explain all pairs of a table and print what came of it.

    Args:
        model: File of the model.
        table: What is asked.
        out: Folder to write.
        method: Name of the explainer.
        views: By name of a domain, where names are looked up and how pairs are drawn.

    Raises:
        ValueError: If no pair can be explained, or as for
            :func:`~pyg_siamex.recipe.explain_pairs`.
    """
    check_there(model, "model")

    from pyg_siamex.recipe import Trained, domain_of_model, explain_pairs

    trained = Trained.load(model)
    [view] = of_domain(
        domain_of_model(trained).name, model, **{name: [own] for name, own in views.items()}
    )
    begun = time.perf_counter()
    found = explain_pairs(
        trained,
        table.pairs,
        out,
        method=method,
        view=view,
        columns=table.columns,
        measures=table.asked,
        draw=table.draw,
        workers=table.by,
        rank=table.own_rank,
    )
    _print(found, table.pairs, time.perf_counter() - begun)


def _print(found: "ExplainedPairs", table: Path | None, seconds: float) -> None:
    console, rows, failed = Terminal(highlight=False), found.folder.rows_done, found.failed
    reasons = found.first_errors()
    if failed == rows and rows:
        raise ValueError(
            f"none of {rows:,} pairs of {table} could be explained: {reasons[0]} (the reasons of "
            f"all are in {found.folder.path}: for another table name another `out`, or remove that "
            f"folder first)"
        )
    console.print(f"{rows - failed:,} of {rows:,} pairs explained in {seconds:.1f} s")
    for reason in reasons:
        console.print(f"  {reason}", soft_wrap=True)
    if failed > len(reasons):
        console.print(f"  and {failed - len(reasons):,} more: column error")
    console.print(f"folder: {found.folder.path}", soft_wrap=True)
