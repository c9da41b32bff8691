"""Explain a table of pairs part by part, by many workers, so that it can be stopped and go on."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.recipe.choices import check_choice
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.pair_table.asked_pairs import asked_pairs, counted
from pyg_siamex.recipe.pair_table.explained_pairs import ExplainedPairs
from pyg_siamex.recipe.pair_table.local_workers import LocalWorkers
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns
from pyg_siamex.recipe.pair_table.part_job import PartJob
from pyg_siamex.recipe.pair_table.rank import Rank
from pyg_siamex.recipe.pair_table.ray_workers import RayWorkers
from pyg_siamex.recipe.pair_table.run_folder import RunFolder
from pyg_siamex.recipe.pair_table.table_explainer import BATCH, TableExplainer
from pyg_siamex.recipe.pictured import check_no_picture
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd

_logger = logging.getLogger(__name__)

_DRAWN = ("svg", "png", "pdf", "html")

_SMALL = 1_000
"""Most pairs that are also written as tables for spreadsheets by themselves."""

_PARTS, _SMALLEST_PART, _LARGEST_PART = 16, 512, 4_096
"""Parts of a run of some size for each rank, and fewest and most pairs of a part."""

_QUIET = 60.0
"""Seconds between lines of progress where nobody looks at a terminal."""


@checked
def explain_pairs(
    trained: Trained | str | Path,
    pairs: "str | Path | pd.DataFrame | Sequence[tuple[str, str]]",
    out: str | Path = "explained",
    *,
    method: str | None = None,
    view: Any = None,
    columns: PairColumns | None = None,
    measures: Sequence[str] = (),
    top: int = 5,
    draw: str | None = None,
    tables: bool | None = None,
    workers: int | RayWorkers | None = None,
    rank: Rank | None = None,
) -> ExplainedPairs:
    """Explain all pairs of a table, as ``pyg-siamex explain --pairs`` does.

    Pairs are read, explained and written part by part in bounded memory. A pair that cannot be
    explained has the reason in its row. Where a run was stopped, the same call goes on: parts are
    written whole or not at all, and every pair is in one part.

    Args:
        trained: The model, or its file.
        pairs: Table of pairs (delimited text, Parquet, an Excel workbook), data frame, or pairs of
            names: SMILES, or names of molecules, subjects or rows where ``view`` says they are.
        out: Folder to write: ``pairs/part-000000.parquet`` and on, with the columns of
            :func:`~pyg_siamex.recipe.pair_table.pair_schema.pair_schema`, ``run.json`` (what was
            explained by what), ``pictures``, ``pairs.csv`` and ``importances.csv``.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`. Default: the domain's.
        view: As for :func:`~pyg_siamex.recipe.explain`.
        columns: Which columns of the table are the pairs.
        measures: ``"fidelity"``, ``"robust_fidelity"``, ``"insertion_deletion"``,
            ``"simplicity"`` or ``"completeness"`` of each explanation, in columns of their own.
        top: How many of the strongest elements are named.
        draw: Ending of a picture or page for each pair, such as ``".svg"`` or ``".html"``.
        tables: Whether to write the tables for spreadsheets. Default: for up to 1,000 pairs.
        workers: Processes, each with one thread, or the actors of a Ray cluster. Default: one
            process for each core this process may use, at most one for each part.
        rank: Which of several processes this is, on one machine or many that see the same table
            and folder: each explains its share of the parts. Default: the rank that ``torchrun``
            or ``srun`` gave; ``Rank(0, 1)`` is alone.

    Returns:
        The folder's pairs, as data frames on request; of several ranks those that are done.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If a name is unknown, a table cannot be read, or the folder holds something
            else, or explanations of another run.
        OSError: If the folder cannot be written, or a worker was killed.

    Example:
        >>> pairs = [("CCO", "CCN"), ("CCO", "CCCO")]
        >>> done = explain_pairs(trained, pairs, "explained", method="occlusion")
        >>> list(done.to_frame()["query"])
        ['CCO', 'CCO']
    """
    by = workers if isinstance(workers, RayWorkers) else LocalWorkers(workers)
    own = either(rank, Rank.of_environment()).checked()
    chosen = either(columns, PairColumns())
    chosen.check()
    explainer = TableExplainer(
        trained, method=method, view=view, measures=measures, top=top, columns=chosen
    )
    suffix = _suffix(draw, explainer)
    asked = asked_pairs(pairs, chosen)
    explainer.check_header(asked)
    rows, fingerprint = counted(asked)
    part = -(-rows // (_PARTS * own.world_size * BATCH)) * BATCH
    part = min(max(part, _SMALLEST_PART), _LARGEST_PART)
    drawn = None if suffix is None else [suffix, repr(explainer.view)]
    about = {**explainer.about, "pairs": fingerprint, "drawn": drawn}
    folder = RunFolder.begin(Path(out), rows, part, about)
    _work(PartJob(explainer, asked, folder, suffix), own, by)
    done = ExplainedPairs(folder)
    if folder.rows_done < rows:
        _logger.warning("%s: its pairs are done, and %s", own, done.left)
    elif either(tables, rows <= _SMALL):
        done.write_tables()
    return done


def _suffix(draw: str | None, explainer: TableExplainer) -> str | None:
    """The ending of pictures, checked by the domain before anything is explained."""
    if draw is None:
        pictured = getattr(explainer.view, "pictured", ())  # views of others may have none
        if pictured:
            check_no_picture(explainer.view, pictured, "none is made of the pairs: give `draw`")
        return None
    suffix = f".{draw.lower().lstrip('.')}"
    check_choice("draw", suffix[1:], _DRAWN)
    own = getattr(explainer.view, "formats", None)  # views of others may have none
    if own is not None and suffix not in own:
        of = f"{explainer.trained.name} is of {domain_of_model(explainer.trained).name}"
        check_choice("draw", suffix[1:], [one[1:] for one in own], of)
    explainer.view.check(Path(f"picture{suffix}"), explainer.trained)
    return suffix


def _work(job: PartJob, rank: Rank, workers: LocalWorkers | RayWorkers) -> None:
    """Write all parts of a rank that are not there."""
    share, done = rank.share(job.folder.parts), set(job.folder.done)
    numbers = [number for number in share if number not in done]
    seen = sys.stderr.isatty()
    with tqdm(
        total=job.folder.rows_in(share),
        initial=job.folder.rows_in(done.intersection(share)),
        unit="pair",
        desc=job.explainer.method,
        file=sys.stderr,
        delay=0 if seen else _QUIET,
        mininterval=0.5 if seen else _QUIET,
        leave=False,
    ) as bar:
        for count in workers.run(job, numbers):
            bar.update(count)
