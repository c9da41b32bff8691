"""How a model of connectomes is judged: what labels are, and what must not explain them."""

from dataclasses import dataclass

from pyg_siamex._door import checked
from pyg_siamex._numbers import flag, whole


@checked
@dataclass(frozen=True)
class Judging:
    """What is asked of labels and of the cross-validation.

    Attributes:
        measured: Whether labels are measured values, also where they are whole numbers, such as an
            age in years. Usual codes for missing values (-9999) that lie far from all other values
            count as missing.
        confounds: Columns whose linear effect is taken out of every connection, such as age, sex,
            site and motion. The effect is learned from the subjects that a fold learns from. One
            text names several with commas between them.
        permutations: How often the whole cross-validation is repeated with permuted labels, for a
            p value of the pair AUC; 0 for none.

    Raises:
        ValueError: If ``permutations`` is negative.

    Example:
        >>> Judging(confounds="age,sex").columns
        ['age', 'sex']
    """

    measured: bool = False
    confounds: str | None = None
    permutations: int = 0

    def __post_init__(self) -> None:
        """Check numbers."""
        why = "the cross-validation is repeated for each of them"
        whole("`permutations`", self.permutations, 0, 10_000, why)
        flag("measured", self.measured)

    @property
    def columns(self) -> list[str]:
        """Names of the confounds."""
        return [] if self.confounds is None else split_names(self.confounds, "confounds")


USUAL = Judging()
"""Labels as they look, no confounds, no permutations."""


def split_names(text: str, what: str) -> list[str]:
    """Names from a text with commas between them.

    Args:
        text: Such as ``"age, sex"``.
        what: The argument that it is of, for the message.

    Raises:
        ValueError: If a name is empty or twice.
    """
    names = [name.strip() for name in text.split(",")]
    if not all(names) or len(set(names)) < len(names):
        raise ValueError(
            f"`{what}`: names must be given once each, with commas between them (got '{text}')"
        )
    return names
