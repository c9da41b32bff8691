"""What of a table is learned."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Target:
    """The label and what it is.

    Attributes:
        label: Column of the class or of the measured value.
        max_difference: For measured values: the largest difference of two that are alike.
        measured: The label is a measured value.
        classes: The label is a class.
        log: Take the decimal logarithm of the measured values.

    Example:
        >>> Target("pIC50", measured=True).arguments()
        {'max_difference': None, 'label_kind': 'measured', 'log': False}
    """

    label: str | None = None
    max_difference: float | None = None
    measured: bool = False
    classes: bool = False
    log: bool = False

    def arguments(self) -> dict[str, Any]:
        """As arguments of :func:`~pyg_siamex.recipe.train_molecules`.

        Raises:
            ValueError: If the label is said to be both.
        """
        if self.measured and self.classes:
            raise ValueError("a label is `measured` or `classes`: leave one of them out")
        kind = "measured" if self.measured else "classes" if self.classes else None
        return {"max_difference": self.max_difference, "label_kind": kind, "log": self.log}
