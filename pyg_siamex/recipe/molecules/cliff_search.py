"""Which pairs of a table are activity cliffs."""

from dataclasses import dataclass

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole

BY = ("structure", "model")
"""What alike can mean."""


@checked
@dataclass(frozen=True)
class CliffSearch:
    """Which pairs of a table are activity cliffs.

    Attributes:
        by: ``"structure"``: alike by Tanimoto similarity of ECFP4, or a matched pair, which
            differs by one substituent, whatever its similarity; ``"model"``: alike by the model's
            probability.
        least_similarity: Least similarity of the two, in [0, 1]; by structure, of pairs that are
            not matched. Default: 0.6 by structure, 0.5 by the model.
        least_difference: Least difference of their activities. Default: one standard deviation.
        sample: Most molecules to compare; a larger table is sampled.

    Example:
        >>> CliffSearch(by="model").similarity
        0.5
    """

    by: str = "structure"
    least_similarity: float | None = None
    least_difference: float | None = None
    sample: int = 5000

    def check(self) -> None:
        """Refuse what cannot be searched for.

        Raises:
            ValueError: If a value is out of its range.
        """
        if self.by not in BY:
            raise ValueError(f"`by` must be one of {', '.join(BY)} (got '{self.by}')")
        real("`least_similarity`", self.similarity, "[0, 1]")
        if self.least_difference is not None:
            real("`least_difference`", self.least_difference, "(0, inf)")
        why = "all pairs of them are compared"
        whole("`sample`", self.sample, 2, 100_000, why)

    @property
    def similarity(self) -> float:
        """The least similarity, as given or by default."""
        if self.least_similarity is not None:
            return self.least_similarity
        return 0.6 if self.by == "structure" else 0.5
