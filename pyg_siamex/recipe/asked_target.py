"""What of a table is learned, and what becomes of rows that cannot be."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Target:
    """The label and what it is.

    Attributes:
        label: Column of the class or of the measured value.
        max_difference: For measured values: the largest difference of two that are alike.
        measured: The label is a measured value.
        classes: The label is a class.
        log: Take the decimal logarithm of the measured values.
        strict: Stop at rows or subjects that cannot be used, do not skip them.
        keep_names: Keep the names of subjects in the model's file.

    Example:
        >>> Target("pIC50", measured=True).kind
        'measured'
    """

    label: str | None = None
    max_difference: float | None = None
    measured: bool = False
    classes: bool = False
    log: bool = False
    strict: bool = False
    keep_names: bool = False

    @property
    def kind(self) -> Literal["measured", "classes"] | None:
        """What the label is said to be.

        Raises:
            ValueError: If it is said to be both.
        """
        if self.measured and self.classes:
            raise ValueError("a label is `measured` or `classes`: leave one of them out")
        return "measured" if self.measured else "classes" if self.classes else None

    def arguments(self, domain: str) -> dict[str, Any]:
        """As arguments of the training.

        Args:
            domain: Name of what is trained on.

        Raises:
            ValueError: If the domain does not have them.
        """
        found: dict[str, Any] = {"max_difference": self.max_difference, "strict": self.strict}
        if domain == "connectomes":
            found["keep_names"] = self.keep_names
        elif self.keep_names:
            raise ValueError(f"`keep_names` is for connectomes, and these are {domain}")
        if domain == "molecules":
            return found | {"label_kind": self.kind, "log": self.log}
        for name in ("classes", "log"):
            if getattr(self, name):
                raise ValueError(f"`{name}` is for molecules, and these are {domain}: leave it out")
        return found
