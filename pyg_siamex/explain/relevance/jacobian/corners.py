"""What an integrated Jacobian sums to: the similarity at the four corners of the two paths."""

from collections.abc import Callable, Mapping

from torch import Tensor

from pyg_siamex.nn.similarity import Form


def corner_terms(
    form: Form, query: Mapping[str, Tensor], reference: Mapping[str, Tensor]
) -> dict[str, float]:
    """The four corners, and what the attributions sum to.

    Args:
        form: The pair's form, with the norms of the real embeddings.
        query: Rows ``[D]``: ``"embedding"``, ``"start"``, and what ``"node"`` and, if edges move,
            ``"edge"`` carry.
        reference: The same for the reference.

    Returns:
        ``f_qr``, ``f_0r``, ``f_q0``, ``f_00``, and ``sum``, the sum of all attributions. With
        edges on the path also ``nodes``, the sum over node pairs.
    """
    ends = query["embedding"], reference["embedding"]
    terms = corners(form.value, ends, (query["start"], reference["start"]))
    left, right = query["node"], reference["node"]
    nodes = float((left * form.apply(right)).sum())
    if "edge" not in query:
        return {**terms, "sum": nodes}
    left, right = left + query["edge"], right + reference["edge"]
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


def corner_gap(terms: dict[str, float]) -> float:
    """Gap between both sides of the identity, relative to f_qr - f_0r - f_q0 + f_00."""
    right = terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]
    gap = abs(terms["sum"] - right)
    if right == 0:
        return 0.0 if gap == 0 else float("inf")
    return gap / abs(right)
