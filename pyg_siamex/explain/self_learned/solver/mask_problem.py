"""The input of solvers, and the protocol of a solver."""

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

Restrict = Callable[[Tensor], Objective]
"""From the increasing numbers of some pairs, ``[B']``, to the objective of their elements alone."""


@dataclass(frozen=True)
class MaskProblem:
    """The problem of finding the masks of B pairs at once; a solver reads the fields it needs.

    Attributes:
        objective: F, summed over pairs that do not interact.
        constraints: The order that masks of all pairs must respect.
        score: Consensus score of each element, ``[M]`` in [0, 1].
        start: Initial masks, ``[M]``.
        group: Graph and kind of mask of each element, ``[M]``.
        pair: Pair of each element, ``[M]``.
        num_pairs: Number of pairs B.
        restrict: The objective of some of the pairs, if it saves time. Default: always of all.
    """

    objective: Objective
    constraints: OrderConstraints
    score: Tensor
    start: Tensor
    group: Tensor
    pair: Tensor
    num_pairs: int
    restrict: Restrict | None = None


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
