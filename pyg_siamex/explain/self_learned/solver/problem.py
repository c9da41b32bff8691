"""What solvers are given, and what makes a solver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor

from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.solver.solution import Solution

Objective = Callable[[Tensor], tuple[Tensor, dict[str, Tensor]]]
"""From masks ``[M]`` to their gradient ``[M]``, and named values ``[B]`` to record.

The values have an ``"objective"``.
"""


@dataclass(frozen=True)
class MaskProblem:
    """The masks of B pairs to find at once; a solver reads what it needs.

    Attributes:
        objective: F, summed over pairs that do not interact.
        constraints: The order that masks of all pairs are held to.
        score: Consensus score of each element, ``[M]`` in [0, 1].
        start: First masks, ``[M]``.
        group: Graph and kind of mask of each element, ``[M]``.
        pair: Pair of each element, ``[M]``.
        num_pairs: B.
    """

    objective: Objective
    constraints: OrderConstraints
    score: Tensor
    start: Tensor
    group: Tensor
    pair: Tensor
    num_pairs: int


@runtime_checkable
class Solver(Protocol):
    """Anything that solves :class:`MaskProblem`.

    Attributes:
        name: Short name, for captions and tables.
    """

    name: str

    def solve(self, problem: MaskProblem) -> Solution:
        """Masks of all pairs, and how they were reached."""
        ...
