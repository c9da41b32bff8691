"""What an integrated Jacobian sums to: the similarity at the four corners of the two paths."""

from collections.abc import Callable

from torch import Tensor

from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.nn.similarity import Form


def corner_terms(form: Form, query: Factors, reference: Factors, pair: int) -> dict[str, float]:
    """The four corners, and what the attributions sum to.

    Args:
        form: The pair's form, with the norms of the real embeddings.
        query: Factors with ``parts["start"]``.
        reference: The same for the reference.
        pair: Position of the pair.

    Returns:
        ``f_qr``, ``f_0r``, ``f_q0``, ``f_00``, and ``sum``, the sum of all attributions. With
        edges on the path also ``nodes``, the sum over node pairs.
    """
    q, r = query.embedding[pair].double(), reference.embedding[pair].double()
    q0, r0 = query.parts["start"][pair].double(), reference.parts["start"][pair].double()
    terms = corners(form.value, (q, r), (q0, r0))
    left, right = query[pair].double().sum(1), reference[pair].double().sum(1)
    nodes = float((left * form.apply(right)).sum())
    if query.edge is None:
        return {**terms, "sum": nodes}
    left = left + query.edges(pair).double().sum(1)
    right = right + reference.edges(pair).double().sum(1)
    return {**terms, "sum": float((left * form.apply(right)).sum()), "nodes": nodes}


def corners(
    head: Callable[[Tensor, Tensor], Tensor],
    end: tuple[Tensor, Tensor],
    start: tuple[Tensor, Tensor],
) -> dict[str, float]:
    """A head's values at the corners of two paths."""
    (q, r), (q0, r0) = end, start
    points = {"f_qr": (q, r), "f_0r": (q0, r), "f_q0": (q, r0), "f_00": (q0, r0)}
    return {name: float(head(a, b)) for name, (a, b) in points.items()}


def completeness(terms: dict[str, float]) -> float:
    """Gap between both sides of the identity, relative to f_qr - f_0r - f_q0 + f_00."""
    right = terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]
    gap = abs(terms["sum"] - right)
    if right == 0:
        return 0.0 if gap == 0 else float("inf")
    return gap / abs(right)
