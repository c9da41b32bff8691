"""Explain parts in processes of this machine."""

from collections.abc import Iterator, Sequence

from pyg_siamex._given import either
from pyg_siamex.recipe.pair_table.part_job import PartJob
from pyg_siamex.recipe.processes import ProcessKilledError, cores, in_processes


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
        if many < 2:
            yield from map(job.explain, parts)
            return
        try:
            yield from in_processes(job.explain, parts, many)
        except ProcessKilledError as error:
            raise OSError(
                f"{error}: {job.folder.rows_done} of {job.folder.rows} pairs are done, and the "
                f"same call goes on (with fewer `workers` it takes less memory)"
            ) from error
