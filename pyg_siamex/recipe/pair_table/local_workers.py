"""Explain parts in processes of this machine."""

import os
import pickle
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Thread

from pyg_siamex._given import either
from pyg_siamex.recipe.pair_table.part_job import Part, PartJob


class LocalWorkers:
    """Processes of this machine, each with one thread.

    Args:
        number: How many. Default: one for each core that this process may use, at most one for
            each part.

    Raises:
        ValueError: If there are none.
    """

    def __init__(self, number: int | None = None) -> None:
        if number is not None and number < 1:
            raise ValueError(f"`workers` must be at least 1 (got {number})")
        self.number = number

    def run(self, job: PartJob, numbers: Sequence[int]) -> Iterator[int]:
        """Explain parts; the explainer is sent once to each process.

        Args:
            job: Explains a part.
            numbers: Numbers of the parts.

        Yields:
            Number of pairs of each part, as soon as it is written.

        Raises:
            OSError: If a part cannot be written, or a process was killed.
        """
        many = min(len(numbers), either(self.number, cores()))
        parts = job.read(numbers)
        yield from map(job.explain, parts) if many < 2 else _on_processes(job, parts, many)


def cores() -> int:
    """Cores for this process: those it may use, or its share where several ranks use them."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        usable = os.cpu_count() or 1
    ranks = int(os.environ.get("LOCAL_WORLD_SIZE") or 1)  # of torchrun
    given = int(os.environ.get("SLURM_CPUS_PER_TASK") or usable)
    return max(1, min(usable // ranks, given))


def _on_processes(job: PartJob, parts: Iterator[Part], many: int) -> Iterator[int]:
    import joblib
    from joblib.externals.loky.process_executor import (
        TerminatedWorkerError,
    )

    with tempfile.TemporaryDirectory() as kept:
        file = Path(kept, "job")
        file.write_bytes(pickle.dumps(job))
        with joblib.parallel_config(backend="loky", n_jobs=many, inner_max_num_threads=1):
            pool = joblib.Parallel(return_as="generator_unordered", pre_dispatch=2 * many)
            calls = (joblib.delayed(_in_process)(str(file), part, os.getpid()) for part in parts)
            try:
                yield from pool(calls)
            except TerminatedWorkerError as error:
                raise OSError(
                    f"a worker was killed, perhaps for lack of memory: {job.folder.rows_done} of "
                    f"{job.folder.rows} pairs are done, and the same call goes on (with fewer "
                    f"`workers` it takes less memory)"
                ) from error


def _in_process(file: str, part: Part, parent: int) -> int:
    return _loaded(file, parent).explain(part)


@lru_cache(maxsize=1)
def _loaded(file: str, parent: int) -> PartJob:
    """What the parent sent, read once in each process."""
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    loaded: PartJob = pickle.loads(Path(file).read_bytes())
    return loaded


def _end_with(parent: int) -> None:
    """End this process where its parent was killed, so that nobody works for nothing."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
