"""What a measure of a table is: its name, its columns, and what it computes them from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.setting import Options, Setting
from pyg_siamex.metric.truth import PairTruth
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Measured:
    """P explanations of one method, and what is needed to measure them.

    Attributes:
        model: The model that was explained.
        explanations: The explanations.
        truths: For each pair its truth or ``None``; ``None`` where no truth is known.
        orders: For each pair relations ``[R, 2]`` or ``None``; ``None`` where there are no orders.
        share: Share of selected elements.
        steps: Steps of curves.
        draws: Draws of robust fidelity.
        options: See :class:`~pyg_siamex.metric.Setting`.
    """

    model: SiameseGNN
    explanations: Sequence[PairExplanation]
    truths: Sequence[PairTruth | None] | None
    orders: Sequence[Tensor | None] | None
    share: float
    steps: int
    draws: int
    options: Options

    @property
    def setting(self) -> Setting:
        """The options, checked."""
        return Setting(**self.options)


Columns = dict[str, Tensor]
"""Values ``[P]`` by the name of their column."""

Compute = Callable[[Measured], Columns]
"""Measures P explanations."""


@dataclass(frozen=True)
class Column:
    """One column of a table of measures.

    Attributes:
        name: As it stands in the table.
        better: Which end is good, ``"high"`` or ``"low"``; empty where neither is.
        least: Smallest value that it can have.
        most: Largest value that it can have.
    """

    name: str
    better: Literal["high", "low", ""] = ""
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True)
class Measure:
    """A measure, called with what is measured.

    Attributes:
        name: By which :func:`~pyg_siamex.metric.evaluate` is asked for it.
        columns: What it can give; a column may be left out where it does not apply.
        compute: Computes them.
    """

    name: str
    columns: tuple[Column, ...]
    compute: Compute

    def __call__(self, measured: Measured) -> Columns:
        """Values ``[P]`` by column, ``nan`` where undefined."""
        return self.compute(measured)


def measure(name: str, *columns: Column) -> Callable[[Compute], Measure]:
    """Make a measure of the function below.

    Args:
        name: Name of the measure.
        *columns: What it gives.

    Example:
        >>> @measure("size", Column("masked edges", "low", least=0))
        ... def size(measured):
        ...     counts = [e.query.edge_mask.count_nonzero() for e in measured.explanations]
        ...     return {"masked edges": torch.stack(counts)}
        >>> summarise(evaluate(explainer, queries, references, measures=[size]), measures=[size])
    """
    return lambda compute: Measure(name, columns, compute)
