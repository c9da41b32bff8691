"""One of several processes that share the pairs of a table."""

import logging
import os
from collections.abc import Mapping
from typing import NamedTuple

from pyg_siamex._door import checked
from pyg_siamex._numbers import SEEDS, whole
from pyg_siamex._visible import in_one_line

_logger = logging.getLogger(__name__)

_LAUNCHERS = (("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS"))
"""Variables of torchrun, and of srun; the script of sbatch itself runs once and has no step."""


def _is_whole(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


class Rank(NamedTuple):
    """One of several processes that share the pairs of a table.

    Attributes:
        rank: Number of this process, from 0.
        world_size: Number of processes.

    Example:
        >>> Rank(1, 4).share(16)
        range(4, 8)
    """

    rank: int = 0
    world_size: int = 1

    @classmethod
    @checked
    def of_environment(cls, variables: Mapping[str, str] = os.environ) -> "Rank":
        """The rank that ``torchrun`` or ``srun`` gave to this process; 0 of 1 without them.

        ``RANK`` without ``WORLD_SIZE`` is 0 of 1 too, and logged.

        Args:
            variables: The environment.

        Raises:
            ValueError: If the variables are no rank.

        Example:
            >>> Rank.of_environment({"RANK": "1", "WORLD_SIZE": "4"})
            Rank(rank=1, world_size=4)
        """
        for names in _LAUNCHERS:
            texts = [variables.get(name, "") for name in names]
            if all(texts):
                told = " ".join(f"{n}={t}" for n, t in zip(names, texts, strict=True))
                odd = next((n for n, t in zip(names, texts, strict=True) if not _is_whole(t)), None)
                if odd is not None:
                    raise ValueError(f"{told} in the environment: {odd} must be a whole number")
                try:
                    return cls(*map(int, texts)).checked()
                except ValueError as error:
                    raise ValueError(f"{told} in the environment: {error}") from error
        (rank, size), *_ = _LAUNCHERS
        if variables.get(rank):
            _logger.warning(
                "%s=%s is in the environment without %s: this process takes all pairs as if it "
                "were alone",
                *(rank, in_one_line(variables[rank], 20), size),
            )
        return cls()

    def checked(self) -> "Rank":
        """This rank.

        Raises:
            TypeError: If a part is not a whole number.
            ValueError: If there are not so many processes.
        """
        for name, value in zip(self._fields, self, strict=True):
            whole(f"`{name}`", value, -SEEDS)
        if not 0 <= self.rank < self.world_size:
            raise ValueError(
                f"`rank` must be at least 0 and below `world_size` (got {self.rank} of "
                f"{self.world_size})"
            )
        return self

    def share(self, count: int) -> range:
        """The parts of this process: neighbours, so that each row group has few readers.

        Args:
            count: Number of parts. Every part is in the share of one rank.

        Raises:
            TypeError: If the rank is not a whole number.
            ValueError: If there are not so many processes.
        """
        rank, size = self.checked()
        whole("`count`", count, 0)
        return range(count * rank // size, count * (rank + 1) // size)
