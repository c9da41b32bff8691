"""A measure of a table: its name, its columns, and its inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._once import check_once
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.protocol import EvaluationProtocol, Options
from pyg_siamex.metric.truth import PairTruth
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class Measured:
    """P explanations of one method, with the inputs to measure them.

    Attributes:
        model: The model that was explained.
        explanations: The explanations.
        truths: Truth of each pair or ``None``; ``None`` if all truths are unknown.
        orders: Relations ``[R, 2]`` of each pair or ``None``; ``None`` without orders.
        share: Share of selected elements.
        steps: Number of steps of curves.
        draws: Number of draws of robust fidelity.
        options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.
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
    def protocol(self) -> EvaluationProtocol:
        """The options, checked."""
        return EvaluationProtocol(**self.options)


Columns = dict[str, Tensor]
"""Values ``[P]`` by the name of their column."""

Compute = Callable[[Measured], Columns]
"""A function that measures P explanations."""


@checked
@dataclass(frozen=True)
class Column:
    """One column of a table of measures.

    Attributes:
        name: Name in the table.
        better: Which end is good, ``"high"`` or ``"low"``; empty if neither is.
        least: Smallest possible value.
        most: Largest possible value.
    """

    name: str
    better: Literal["high", "low", ""] = ""
    least: float = float("-inf")
    most: float = float("inf")

    def __post_init__(self) -> None:
        """Compare the ends."""
        if not self.name.strip() or self.better not in ("high", "low", ""):
            raise ValueError(
                f"a column has a name, and better is 'high', 'low' or '' (got {self.name!r}, "
                f"{self.better!r})"
            )
        if not self.least < self.most:
            raise ValueError(f"least must be below most (got {self.least} and {self.most})")


@dataclass(frozen=True)
class Measure:
    """A measure, called with :class:`Measured`.

    Attributes:
        name: Name of the measure for :func:`~pyg_siamex.metric.evaluate`.
        columns: Its possible columns; a column may be left out if it does not apply.
        compute: Computes the columns.
    """

    name: str
    columns: tuple[Column, ...]
    compute: Compute

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            ValueError: If the name is empty, there are no columns, or a column is named twice.
        """
        if not self.name.strip():
            raise ValueError("a measure has a name (got an empty one)")
        if not self.columns:
            raise ValueError(f"the measure '{self.name}' has no columns: give a Column for each")
        check_once("columns", (column.name for column in self.columns))

    def __call__(self, measured: Measured) -> Columns:
        """Values ``[P]`` by column; ``nan`` if undefined."""
        return self.compute(measured)


@checked
def measure(name: str, *columns: Column) -> Callable[[Compute], Measure]:
    """Decorate a function to make it a measure.

    Args:
        name: Name of the measure.
        *columns: Columns of the measure, at least one.

    Raises:
        ValueError: If the name is empty, there are no columns, or a column is named twice.

    Example:
        >>> @measure("size", Column("masked edges", "low", least=0))
        ... def size(measured):
        ...     counts = [e.query.edge_mask.count_nonzero() for e in measured.explanations]
        ...     return {"masked edges": torch.stack(counts)}
        >>> frame = evaluate(explainer, queries, references, measures=[size])
        >>> list(summarise(frame, measures=[size])["better"])
        ['low', 'low']
    """
    Measure(name, columns, lambda _: {})  # what is wrong is told where the name is
    return lambda compute: Measure(name, columns, compute)
