"""Explain parts on a Ray cluster."""

import logging
import math
import os
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex._extras import needed_for
from pyg_siamex._given import either

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from ray import ObjectRef
    from ray.actor import ActorHandle

_BLOCKS = 1_000
"""Most tasks of a run; each has neighbouring parts."""

_ATTEMPTS = 3
"""How often a job is begun. Killed actors start again without an end."""


@checked
class RayWorkers:
    """Actors of a Ray cluster, each of which holds the model once and explains parts.

    A cluster that runs on this machine, or that ``RAY_ADDRESS`` names, is used; else Ray is
    started here until the parts are done. The table of pairs and the folder that is written must
    be where all machines of the cluster see them, under the same path. An actor that was killed is
    started again, and its part is explained again.

    Args:
        number: Number of actors. Default: as many as there are CPUs, but for one that reads, and
            GPUs.
        num_cpus: CPUs of each actor; it computes with one thread.
        num_gpus: GPUs of each actor, also a part of one. The model then computes there.

    Raises:
        TypeError: If one is no number.
        ValueError: If a number is out of range.

    Example:
        >>> RayWorkers(4)
        RayWorkers(number=4, num_cpus=1, num_gpus=0)
    """

    def __init__(
        self, number: int | None = None, *, num_cpus: float = 1, num_gpus: float = 0
    ) -> None:
        if number is not None and number < 1:
            raise ValueError(f"`number` of Ray's workers must be at least 1 (got {number})")
        for name, value, least in (("num_cpus", num_cpus, 0.01), ("num_gpus", num_gpus, 0)):
            if not least <= value < float("inf"):
                raise ValueError(f"`{name}` must be at least {least} (got {value})")
        self.number = number
        self.num_cpus = num_cpus
        self.num_gpus = num_gpus

    def __repr__(self) -> str:
        """The arguments."""
        own = ", ".join(f"{name}={value}" for name, value in vars(self).items())
        return f"{type(self).__name__}({own})"

    def run(self, job: Callable[[int], int], numbers: Sequence[int]) -> Iterator[int]:
        """Do a job for each number, once or, where an actor was killed, again.

        Args:
            job: From a number to how much was done. It is sent once to each actor. If it has a
                method ``to``, that is called with ``"cuda"`` on actors with a GPU.
            numbers: The numbers.

        Yields:
            What the job returned, as soon as it did.

        Raises:
            MissingExtraError: If Ray is not installed.
            ValueError: If the cluster has too few CPUs or GPUs.
            OSError: If a job ends its actor three times.
        """
        if not numbers:
            return
        with needed_for("explaining on Ray"):
            import ray
        with _cluster(either(self.number, 1) * self.num_cpus + 1), _quiet():
            many = min(self._many(ray.cluster_resources()), len(numbers))
            parts = ray.data.from_items(
                [{"part": number} for number in numbers],
                override_num_blocks=min(len(numbers), _BLOCKS),
            )
            begun = ray.remote(_Begun).options(num_cpus=0).remote()
            done = parts.map_batches(
                _Actor,
                fn_constructor_args=(ray.put(job), begun, self.num_gpus > 0),
                compute=ray.data.ActorPoolStrategy(size=many),
                num_cpus=self.num_cpus,
                num_gpus=self.num_gpus,
                batch_size=1,
            )
            for row in done.iter_rows():
                if row["error"]:
                    raise pickle.loads(row["error"])
                yield int(row["done"])

    def _many(self, resources: dict[str, float]) -> int:
        """The number of actors, with a CPU to spare: without one Ray waits without an end."""
        cpus, gpus = resources.get("CPU", 0), resources.get("GPU", 0)
        most = int((cpus - 1) / self.num_cpus)
        if self.num_gpus:
            most = min(most, int(gpus / self.num_gpus))
        wanted = either(self.number, max(most, 1))
        if wanted > most:
            gpu = f" and {wanted * self.num_gpus:g} GPUs" if self.num_gpus else ""
            raise ValueError(
                f"{wanted} of Ray's workers need {wanted * self.num_cpus + 1:g} CPUs, one of them "
                f"to read,{gpu} and the cluster has {cpus:g} CPUs and {gpus:g} GPUs: ask for at "
                f"most {most} workers"
            )
        return wanted


class _Begun:
    """Counts how often each job was begun, over all actors."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()

    def again(self, number: int) -> int:
        self.times[number] += 1
        return self.times[number]


class _Actor:
    """Holds a job."""

    def __init__(self, job: "ObjectRef[Any]", begun: "ActorHandle[_Begun]", on_gpu: bool) -> None:
        import ray

        self.job, self.begun = ray.get(job), begun
        if on_gpu and hasattr(self.job, "to"):
            self.job.to("cuda")

    def __call__(self, batch: "dict[str, NDArray[Any]]") -> dict[str, list[Any]]:
        """What was done of one number, or the error, which Ray would wrap in its own."""
        try:
            return {"done": [self._do(int(batch["part"][0]))], "error": [b""]}
        except Exception as error:
            return {"done": [0], "error": [pickle.dumps(error)]}

    def _do(self, number: int) -> int:
        import ray

        if ray.get(self.begun.again.remote(number)) > _ATTEMPTS:
            raise OSError(
                f"part {number} ended Ray's worker {_ATTEMPTS} times, perhaps for lack of memory: "
                f"the same call goes on with what is left (fewer workers take less memory)"
            )
        return int(self.job(number))


@contextmanager
def _cluster(cpus: float) -> Iterator[None]:
    """The cluster that is there, or one on this machine that ends with the block."""
    import ray

    if ray.is_initialized():
        yield
        return
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "error"}
    try:
        ray.init(address=os.environ.get("RAY_ADDRESS", "auto"), **quiet)
    except ConnectionError:
        if "RAY_ADDRESS" in os.environ:
            raise
        # Its CPUs are a count, and actors of one thread may be more than the cores.
        many = max(os.cpu_count() or 1, math.ceil(cpus))
        ray.init(address="local", num_cpus=many, include_dashboard=False, **quiet)
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the plans and bars of Ray Data: progress is told by pairs."""
    from ray.data import DataContext

    context, logger = DataContext.get_current(), logging.getLogger("ray.data")
    bars, level = context.enable_progress_bars, logger.level
    context.enable_progress_bars = False
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        context.enable_progress_bars = bars
        logger.setLevel(level)
