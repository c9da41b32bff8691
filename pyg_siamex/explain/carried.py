"""How much of a similarity the parts of a pair matrix carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from pyg_siamex._numbers import real

_OWN = ("self_query", "self_reference", "query_alone", "reference_alone", "head")
"""Terms of a head that are of one graph, or of none."""

_PRODUCTS = ("CosineSimilarity", "DotSimilarity", "BilinearSimilarity")
"""Heads that are 0 where an embedding is."""

_CORNERS = {"f_qr", "f_0r", "f_q0", "f_00", "sum"}
"""Terms of integrated Jacobians."""


@dataclass(frozen=True)
class Carried:
    """What the entries of a pair matrix sum to, and what they should.

    Attributes:
        parts: Sum of the pair matrix.
        whole: The similarity (of a Gaussian the logarithm that BiLRP explains). For heads with
            terms of a single graph, such as a distance, what is left without these.
        of_both: Whether such terms were left out of ``whole``.
        most: Largest magnitude that the similarity can have, or ``None``.
        slack: Difference that does not count; by default one that two decimals do not show.

    Raises:
        ValueError: If a number is not finite, or ``most`` or ``slack`` is below 0.

    Example:
        >>> explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
        >>> explanation = explainer(query, reference)
        >>> round(explanation.carried.whole - explanation.prediction, 5)
        0.0
    """

    parts: float
    whole: float
    of_both: bool = False
    most: float | None = None
    slack: float = 0.005

    def __post_init__(self) -> None:
        """Refuse numbers that are not finite, and a difference below 0."""
        real("`parts`", self.parts)
        real("`whole`", self.whole)
        real("`slack`", self.slack, "[0, inf)")
        if self.most is not None:
            real("`most`", self.most, "[0, inf]")

    @property
    def agrees(self) -> bool:
        """Whether the parts have the sign of the whole, and at least half and at most 1.5 of it."""
        return abs(self.parts - self.whole) <= max(abs(self.whole) / 2, self.slack)

    @property
    def possible(self) -> bool:
        """Whether the similarity can be as large as the sum of the parts."""
        return self.most is None or abs(self.parts) <= self.most + self.slack


def carried(
    terms: Mapping[str, float],
    prediction: float,
    settings: Mapping[str, Any],
    relevance: Tensor | None,
    pairs: bool = True,
) -> Carried | None:
    """What a pair matrix carries, from the terms of its explanation.

    Args:
        terms: The terms.
        prediction: The similarity.
        settings: Settings of the explanation, for the head.
        relevance: The pair matrix where there are no terms that say its sum, or ``None``.
        pairs: Whether there is a matrix of pairs of nodes; otherwise parts are edges.

    Returns:
        ``None`` if no parts are known that should sum to the similarity.
    """
    head = str(settings.get("model", {}).get("similarity", ""))
    most = 1.0 if head == "CosineSimilarity" else None
    if "explained" in terms and "nodes" in terms:
        own = [terms[name] for name in _OWN if name in terms]
        return Carried(terms["nodes"], terms["explained"] - sum(own), bool(own), most)
    if terms.keys() >= _CORNERS:
        parts = terms.get("nodes", terms["sum"]) if pairs else terms["sum"]
        if head in (*_PRODUCTS, ""):
            return Carried(parts, prediction, most=most)
        corners = terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]
        return Carried(parts, corners, True)
    if relevance is not None:
        return Carried(float(relevance.double().sum()), prediction, most=most)
    return None
