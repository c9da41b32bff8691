"""Work in processes of this machine, each with one thread."""

import os
import pickle
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from pyg_siamex._temporary import temporary_folder

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


class ProcessKilledError(OSError):
    """A process ended before its work was done."""


def cores() -> int:
    """Cores for this process: those it may use, or its share where several ranks use them."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        usable = os.cpu_count() or 1
    ranks = int(os.environ.get("LOCAL_WORLD_SIZE") or 1)  # of torchrun
    given = int(os.environ.get("SLURM_CPUS_PER_TASK") or usable)
    return max(1, min(usable // ranks, given))


def in_processes(
    work: Callable[[_Part], _Result], parts: Iterable[_Part], number: int, *, ordered: bool = False
) -> Iterator[_Result]:
    """The results of parts, as soon as they are there or in the order of the parts.

    Args:
        work: What is done with a part; sent once to each process, so it can be pickled.
        parts: The parts; a few are read ahead.
        number: Number of processes.
        ordered: Keep the order of the parts.

    Raises:
        ProcessKilledError: If a process was killed.
    """
    import joblib
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    kind = "generator" if ordered else "generator_unordered"
    with temporary_folder() as kept:
        file = Path(kept, "work")
        file.write_bytes(pickle.dumps(work))
        with joblib.parallel_config(backend="loky", n_jobs=number, inner_max_num_threads=1):
            pool = joblib.Parallel(return_as=kind, pre_dispatch=2 * number)
            calls = (joblib.delayed(_in_process)(str(file), part, os.getpid()) for part in parts)
            try:
                yield from pool(calls)
            except TerminatedWorkerError as error:
                raise ProcessKilledError(
                    "a worker was killed, perhaps for lack of memory"
                ) from error


def _in_process(file: str, part: Any, parent: int) -> Any:
    return _loaded(file, parent)(part)


@lru_cache(maxsize=1)
def _loaded(file: str, parent: int) -> Callable[[Any], Any]:
    """What the parent sent, read once in each process."""
    Thread(target=_end_with, args=(parent,), daemon=True).start()
    loaded: Callable[[Any], Any] = pickle.loads(Path(file).read_bytes())
    return loaded


def _end_with(parent: int) -> None:
    """End this process where its parent was killed, so that nobody works for nothing."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
