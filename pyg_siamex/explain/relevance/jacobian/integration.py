"""How a path integral is computed."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, shown, whole
from pyg_siamex.explain.engine.quadrature import Quadrature, quadrature

PathRule = Quadrature | Literal["kinks"]

STEPS = 32
"""Points where no number is given."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points on the path from 0 to 1, the same for some graphs.

    Attributes:
        times: ``[P]``, float64.
        weights: ``[P]``, float64; they sum to 1.
    """

    times: Tensor
    weights: Tensor

    def __len__(self) -> int:
        """Number P of points."""
        return len(self.times)


@checked
@dataclass(frozen=True)
class Integration:
    """How a path integral is computed.

    Attributes:
        steps: Points on the path. With ``None`` there are 32, and a tolerance of 1e-7 for encoders
            without kinks (ReLU, maxima).
        kind: Quadrature rule. ``"kinks"`` cuts the path of each graph where the encoder changes its
            linear piece, and takes one point per piece. This is exact for encoders that are
            piecewise linear along the path. Other graphs, and graphs with more than ``most``
            pieces, get the Gauss-Legendre rule.
        tolerance: Refine a graph, doubling its points, until the embedding's change along the path
            is accounted for to this relative error. ``None`` keeps the number of points.
        most: Largest number of points.

    Raises:
        ValueError: If the quadrature rule is unknown, ``steps`` is too small or ``tolerance`` is
            not above 0.
    """

    steps: int | None = STEPS
    kind: PathRule = "gauss-legendre"
    tolerance: float | None = None
    most: int = 1024

    def __post_init__(self) -> None:
        whole("most_steps", self.most)
        if self.steps is not None:
            whole("steps", self.steps)
        rules = *get_args(Quadrature), "kinks"
        if self.kind not in rules:
            choices = ", ".join(map(repr, rules))
            raise ValueError(f"quadrature must be one of {choices} (got {shown(self.kind)})")
        _points(STEPS if self.steps is None else self.steps, self.kind)
        if self.tolerance is not None:
            real("tolerance", self.tolerance, "(0, inf)")

    @property
    def points(self) -> Points:
        """The points to begin with. The same number of points is the same object."""
        return _points(STEPS if self.steps is None else self.steps, self.kind)

    def doubled(self) -> "Integration | None":
        """The same with twice as many points, or ``None`` if they are too many."""
        steps = 2 * len(self.points)
        return replace(self, steps=steps) if steps <= self.most else None


@lru_cache(maxsize=128)
def _points(steps: int, kind: PathRule) -> Points:
    return Points(*quadrature(steps, "gauss-legendre" if kind == "kinks" else kind))


def pieces(ends: Tensor) -> Points:
    """One point in the middle of each piece of a path, from the pieces' ends, ``[P + 1]``."""
    return Points((ends[1:] + ends[:-1]) / 2, torch.diff(ends))
