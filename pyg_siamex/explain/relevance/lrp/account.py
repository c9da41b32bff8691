"""What each part of two graphs carries of their similarity, exactly."""

from collections.abc import Sequence

import torch
from torch import Tensor

from pyg_siamex.nn.similarity import Form


def account(form: Form, query: dict[str, Tensor], reference: dict[str, Tensor]) -> dict[str, float]:
    r"""Split what is explained into what its parts carry, exactly.

    With :math:`h = T + \sum_m p_m`, T what inputs carry and :math:`p_m` what else absorbs,

    .. math:: h_q^\top h_r - T_q^\top T_r = \sum_m p_{m,q}^\top \tfrac{h_r + T_r}{2}
              + \tfrac{h_q + T_q}{2}^\top p_{m,r} .

    Args:
        form: The pair's form.
        query: Rows ``[D]``: ``"embedding"``, ``"node"``, ``"edge"``, ``"bias"``, ``"epsilon"``.
        reference: The same for the reference.

    Returns:
        ``explained``, and the terms that sum to it: ``nodes`` (the pair matrix), ``edges`` (pairs
        with at least one edge feature), ``biases``, ``epsilon`` and ``remainder`` (rounding, paths
        the model cuts itself). Distances also have ``self_query`` and ``self_reference``. Learned
        heads also have ``query_alone``, ``reference_alone`` and ``head``.
    """
    q, r = ({k: v.double() for k, v in side.items()} for side in (query, reference))
    terms = {"explained": float(form.value(q["embedding"], r["embedding"]))}
    terms |= _bilinear(form, q, r)
    if form.self_scale:
        alone = Form(form.self_scale)
        for name, side in (("self_query", q), ("self_reference", r)):
            _add(terms, name, _bilinear(alone, side, side))
    if form.linear is not None:
        for name, side in (("query_alone", q), ("reference_alone", r)):
            _add(terms, name, _linear(form.linear.double(), side))
        terms["head"] = form.constant
    rest = [value for name, value in terms.items() if name not in ("explained", "remainder")]
    terms["remainder"] = terms["explained"] - sum(rest)
    return terms


def _add(terms: dict[str, float], name: str, own: dict[str, float]) -> None:
    """Add the terms of one graph, whose nodes are the term ``name``."""
    terms[name] = own.pop("nodes")
    for key, value in own.items():
        terms[key] += value


def _linear(coefficients: Tensor, side: dict[str, Tensor]) -> dict[str, float]:
    """What the parts of one graph add to a linear function of its embedding."""
    parts = {name: float(coefficients @ row) for name, row in side.items()}
    kinds = {"edges": "edge", "biases": "bias", "epsilon": "epsilon"}
    return {"nodes": parts["node"], **{k: parts.get(part, 0.0) for k, part in kinds.items()}}


def _bilinear(form: Form, q: dict[str, Tensor], r: dict[str, Tensor]) -> dict[str, float]:
    """What products of the parts of two graphs add to a bilinear form."""

    def product(a: Tensor, b: Tensor) -> float:
        return float((a * form.apply(b)).sum())

    kept_q, kept_r = (side["node"] + side.get("edge", 0.0) for side in (q, r))
    mid_q, mid_r = (kept_q + q["embedding"]) / 2, (kept_r + r["embedding"]) / 2
    nodes = product(q["node"], r["node"])
    out = {"nodes": nodes, "edges": product(kept_q, kept_r) - nodes}
    for name, part in (("biases", "bias"), ("epsilon", "epsilon")):
        zero = torch.zeros_like(kept_q)
        out[name] = product(q.get(part, zero), mid_r) + product(mid_q, r.get(part, zero))
    return out


def carried(terms: dict[str, float], names: Sequence[str] = ()) -> float:
    """What a pair's inputs carry of what is explained."""
    kept = ("nodes", "edges", "self_query", "self_reference", "query_alone", "reference_alone")
    return sum(terms.get(name, 0.0) for name in (*kept, *names))
