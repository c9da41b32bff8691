"""Explain a table of pairs part by part, on all cores, so that it can be stopped and go on."""

import os
import pickle
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from tqdm.auto import tqdm

from pyg_siamex._given import either
from pyg_siamex.recipe.explained import Explained
from pyg_siamex.recipe.explaining import probability_of
from pyg_siamex.recipe.pair_table.asked_pairs import AskedPair, asked_pairs, counted
from pyg_siamex.recipe.pair_table.explained_pairs import ExplainedPairs
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns
from pyg_siamex.recipe.pair_table.pair_schema import table_of, write_part
from pyg_siamex.recipe.pair_table.run_folder import RunFolder
from pyg_siamex.recipe.pair_table.table_explainer import BATCH, Outcome, TableExplainer, batches
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd

_SMALL = 1_000
"""Most pairs that are also written as tables for spreadsheets by themselves."""

_PARTS, _SMALLEST_PART, _LARGEST_PART = 16, 512, 4_096
"""Parts of a run of some size, and fewest and most pairs of a part."""

_QUIET = 60.0
"""Seconds between lines of progress where nobody looks at a terminal."""


class _Part(NamedTuple):
    number: int
    pairs: list[AskedPair]


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
    workers: int | None = None,
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
        workers: Processes, each with one thread. Default: one for each core this process may use,
            at most one for each part.

    Returns:
        The folder's pairs, as data frames on request.

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
    if workers is not None and workers < 1:
        raise ValueError(f"`workers` must be at least 1 (got {workers})")
    chosen = either(columns, PairColumns())
    chosen.check()
    explainer = TableExplainer(
        trained, method=method, view=view, measures=measures, top=top, columns=chosen
    )
    suffix = _suffix(draw, explainer)
    asked = asked_pairs(pairs, chosen)
    rows, fingerprint = counted(asked)
    part = min(max(-(-rows // (_PARTS * BATCH)) * BATCH, _SMALLEST_PART), _LARGEST_PART)
    drawn = None if suffix is None else [suffix, repr(explainer.view)]
    about = {**explainer.about, "pairs": fingerprint, "drawn": drawn}
    folder = RunFolder.begin(Path(out), rows, part, about)
    _work(explainer, asked, folder, suffix, workers)
    done = ExplainedPairs(folder)
    if either(tables, rows <= _SMALL):
        done.write_tables()
    return done


def _suffix(draw: str | None, explainer: TableExplainer) -> str | None:
    """The ending of pictures, checked by the domain before anything is explained."""
    if draw is None:
        return None
    suffix = f".{draw.lower().lstrip('.')}"
    explainer.view.check(Path(f"picture{suffix}"), explainer.trained)
    return suffix


def _work(
    explainer: TableExplainer,
    asked: Iterable[AskedPair],
    folder: RunFolder,
    suffix: str | None,
    workers: int | None,
) -> None:
    """Write all parts that are not there."""
    done = set(folder.done)
    left = folder.parts - len(done)
    many = min(left, either(workers, _cores()))
    parts = _parts(asked, folder, done)
    if many > 1:
        written = _on_workers(explainer, parts, folder, suffix, many)
    else:
        written = (_explain_part(explainer, part, folder, suffix) for part in parts)
    seen = sys.stderr.isatty()
    with tqdm(
        total=folder.rows,
        initial=folder.rows_done,
        unit="pair",
        desc=explainer.method,
        file=sys.stderr,
        delay=0 if seen else _QUIET,
        mininterval=0.5 if seen else _QUIET,
        leave=False,
    ) as bar:
        for count in written:
            bar.update(count)


def _parts(asked: Iterable[AskedPair], folder: RunFolder, done: set[int]) -> Iterator[_Part]:
    pairs = iter(asked)
    for number in range(folder.parts):
        if number in done:
            next(islice(pairs, folder.part, folder.part), None)  # read and forget
        else:
            yield _Part(number, list(islice(pairs, folder.part)))


def _explain_part(
    explainer: TableExplainer, part: _Part, folder: RunFolder, suffix: str | None
) -> int:
    """Explain, draw and write a part; the number of its pairs."""
    rows: list[dict[str, Any]] = []
    for batch in batches(part.pairs, BATCH):
        found = explainer.explain(batch)
        if suffix is not None:
            found = [_drawn(explainer, outcome, folder, suffix) for outcome in found]
        rows += explainer.rows(found)
    write_part(table_of(rows, explainer.schema), folder.file(part.number))
    return len(part.pairs)


def _drawn(explainer: TableExplainer, outcome: Outcome, folder: RunFolder, suffix: str) -> Outcome:
    """Draw a pair; one that cannot be drawn says why."""
    pair, found, _ = outcome
    if found is None:
        return outcome
    probability = probability_of(explainer.trained, found)
    names = (pair.query, pair.reference)
    told: Explained = explainer.graphs.explained(found, probability, names, names)
    try:
        told.draw(folder.picture(pair.row, suffix))
    except (ValueError, RuntimeError) as error:
        return pair, None, f"cannot be drawn: {error}"
    return outcome


def _on_workers(
    explainer: TableExplainer,
    parts: Iterator[_Part],
    folder: RunFolder,
    suffix: str | None,
    many: int,
) -> Iterator[int]:
    """Explain parts in processes, each with one thread; the explainer is sent once to each."""
    import joblib
    from joblib.externals.loky.process_executor import (
        TerminatedWorkerError,
    )

    with tempfile.TemporaryDirectory() as kept:
        file = Path(kept, "explainer")
        file.write_bytes(pickle.dumps(explainer))
        with joblib.parallel_config(backend="loky", n_jobs=many, inner_max_num_threads=1):
            pool = joblib.Parallel(return_as="generator_unordered", pre_dispatch=2 * many)
            given = folder, suffix, os.getpid()
            calls = (joblib.delayed(_in_worker)(str(file), part, *given) for part in parts)
            try:
                yield from pool(calls)
            except TerminatedWorkerError as error:
                raise OSError(
                    f"a worker was killed, perhaps for lack of memory: {folder.rows_done} of "
                    f"{folder.rows} pairs are done, and the same call goes on (with fewer "
                    f"`workers` it takes less memory)"
                ) from error


def _in_worker(file: str, part: _Part, folder: RunFolder, suffix: str | None, parent: int) -> int:
    return _explain_part(_loaded(file, parent), part, folder, suffix)


@lru_cache(maxsize=1)
def _loaded(file: str, parent: int) -> TableExplainer:
    """What the parent sent, read once in each worker."""
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    loaded: TableExplainer = pickle.loads(Path(file).read_bytes())
    return loaded


def _end_with(parent: int) -> None:
    """End this worker where its parent was killed, so that nobody works for nothing."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
