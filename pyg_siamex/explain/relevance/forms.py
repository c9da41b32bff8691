r"""Similarity heads as quadratic forms of two embeddings, the shape that pair matrices need."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.rules import GammaRule
from pyg_siamex.explain.relevance.surrogate import Surrogate, surrogate
from pyg_siamex.nn.similarity import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
    Similarity,
)


@dataclass(frozen=True)
class Form:
    r"""What is explained, as :math:`c\,a^\top M b + s\,(a^\top a + b^\top b) + l^\top(a + b) + o`.

    Attributes:
        scale: c.
        metric: M, ``[D, D]``, or its diagonal ``[D]``, or ``None`` for the identity.
        self_scale: s: each graph's terms with itself, which a distance has.
        linear: l, ``[D]`` or ``None``: terms of one graph alone, which a learned head has.
        constant: o: what the head's own biases absorb.
    """

    scale: float = 1.0
    metric: Tensor | None = None
    self_scale: float = 0.0
    linear: Tensor | None = None
    constant: float = 0.0

    def apply(self, b: Tensor) -> Tensor:
        """``scale * M b`` for columns ``b``, ``[D, ...]``."""
        if self.metric is None:
            return self.scale * b
        metric = self.metric.to(b)
        if metric.dim() == 1:
            return self.scale * metric.view(-1, *[1] * (b.dim() - 1)) * b
        return self.scale * torch.tensordot(metric, b, dims=1)

    def cross(self, a: Tensor, b: Tensor) -> Tensor:
        """Pair matrix ``[n, m]`` of factors ``[D, n]`` and ``[D, m]``."""
        return a.T @ self.apply(b)

    def value(self, a: Tensor, b: Tensor) -> Tensor:
        """The form at two embeddings, ``[D]`` each."""
        out = (a * self.apply(b)).sum() + self.self_scale * (a.square().sum() + b.square().sum())
        if self.linear is not None:
            out = out + (self.linear.to(a) * (a + b)).sum()
        return out + self.constant


CLOSED = (DotSimilarity, CosineSimilarity, EuclideanSimilarity, BilinearSimilarity)
"""Heads whose mixed second derivative is constant, norms held."""


def is_kind(similarity: Similarity, *kinds: type[Similarity]) -> bool:
    """Whether a head computes what one of ``kinds`` does (a subclass may compute another thing)."""
    return any(
        isinstance(similarity, kind) and type(similarity).forward is kind.forward for kind in kinds
    )


def forms(
    similarity: Similarity, query: Tensor, reference: Tensor, rule: GammaRule | None = None
) -> list[Form]:
    r"""The form of each of B pairs with embeddings ``[B, D]``.

    * dot: :math:`a^\top b`; bilinear: :math:`a^\top W b`;
    * cosine: :math:`a^\top b / (|a||b|)` with the norms of these embeddings held constant;
    * Euclidean: :math:`2 a^\top b - a^\top a - b^\top b`;
    * RBF: its logarithm, :math:`\gamma\,(2 a^\top b - a^\top a - b^\top b)`;
    * MLP: the head's own LRP gives a coefficient to each of its inputs :math:`a + b` and
      :math:`a \odot b`; the products' are a pair term, the sums' are terms of one graph.

    Raises:
        ValueError: If the head is none of these.
    """
    count = len(query)
    if is_kind(similarity, DotSimilarity):
        return [Form()] * count
    if isinstance(similarity, CosineSimilarity) and is_kind(similarity, CosineSimilarity):
        norms = [h.norm(dim=1).clamp_min(similarity.eps) for h in (query, reference)]
        return [Form(1 / float(a * b)) for a, b in zip(*norms, strict=True)]
    if is_kind(similarity, EuclideanSimilarity):
        return [Form(2.0, self_scale=-1.0)] * count
    if isinstance(similarity, RBFSimilarity) and is_kind(similarity, RBFSimilarity):
        return [Form(2 * similarity.gamma, self_scale=-similarity.gamma)] * count
    if isinstance(similarity, BilinearSimilarity) and is_kind(similarity, BilinearSimilarity):
        return [Form(metric=similarity.symmetric_weight().detach())] * count
    if isinstance(similarity, MLPSimilarity) and is_kind(similarity, MLPSimilarity):
        return _mlp_forms(similarity, query, reference, rule or GammaRule())
    raise ValueError(
        f"BiLRP has no rule for the head {type(similarity).__name__}: it knows dot, cosine, "
        f"euclidean, rbf, bilinear and mlp. IntegratedJacobians explains any smooth head"
    )


def _mlp_forms(
    similarity: MLPSimilarity, query: Tensor, reference: Tensor, rule: GammaRule
) -> list[Form]:
    gamma = rule.gamma[-1] if isinstance(rule.gamma, tuple) else rule.gamma
    mode = Surrogate(rule, [gamma] * len(list(similarity.modules())))
    a, b = query.detach(), reference.detach()
    inputs = torch.cat([a + b, a * b], dim=-1).requires_grad_()
    with torch.enable_grad(), surrogate(similarity.mlp, mode, "similarity.mlp."):
        out = similarity.mlp(inputs).squeeze(-1)
    (slope,) = torch.autograd.grad(out.sum(), inputs)
    left = out.detach() - (slope * inputs.detach()).sum(-1)
    linear, product = slope.chunk(2, dim=-1)
    rows = zip(linear, product, left.tolist(), strict=True)
    return [Form(metric=m, linear=v, constant=rest) for v, m, rest in rows]


def fixed_scale(similarity: Similarity) -> tuple[Tensor | None, float]:
    """A form that is the same for all pairs once cosine's factors are divided by their norms.

    Returns:
        Metric ``[D, D]`` or ``None``, and scale.

    Raises:
        ValueError: If the head has no such form.
    """
    if is_kind(similarity, DotSimilarity, CosineSimilarity):
        return None, 1.0
    if is_kind(similarity, EuclideanSimilarity):
        return None, 2.0
    if isinstance(similarity, RBFSimilarity) and is_kind(similarity, RBFSimilarity):
        return None, 2 * similarity.gamma
    if isinstance(similarity, BilinearSimilarity) and is_kind(similarity, BilinearSimilarity):
        return similarity.symmetric_weight().detach(), 1.0
    raise ValueError(
        f"{type(similarity).__name__} has no pair matrix that is a product of two factors: explain "
        f"its pairs one by one with PairExplainer"
    )


def account(form: Form, query: dict[str, Tensor], reference: dict[str, Tensor]) -> dict[str, float]:
    r"""Split what is explained into what its parts carry, exactly.

    With :math:`h = T + \sum_m p_m`, T what inputs carry and :math:`p_m` what else absorbs,

    .. math:: h_q^\top h_r - T_q^\top T_r = \sum_m p_{m,q}^\top \tfrac{h_r + T_r}{2}
              + \tfrac{h_q + T_q}{2}^\top p_{m,r} .

    Args:
        form: The pair's form.
        query: Rows ``[D]``: ``"embedding"``, ``"node"``, ``"edge"``, ``"bias"``, ``"epsilon"``.
        reference: The same of the reference.

    Returns:
        ``explained``, and the terms that sum to it: ``nodes`` (the pair matrix), ``edges`` (pairs
        with at least one edge feature), ``biases``, ``epsilon``, ``remainder`` (rounding, paths the
        model cuts itself); for distances ``self_query`` and ``self_reference``; for learned heads
        ``query_alone``, ``reference_alone`` and ``head``.
    """
    q, r = ({k: v.double() for k, v in side.items()} for side in (query, reference))
    terms = {"explained": float(form.value(q["embedding"], r["embedding"]))}
    crossed = _bilinear(form, q, r)
    terms |= crossed
    if form.self_scale:
        alone = Form(form.self_scale)
        for name, side in (("self_query", q), ("self_reference", r)):
            own = _bilinear(alone, side, side)
            terms[name] = own.pop("nodes")
            for key, value in own.items():
                terms[key] += value
    if form.linear is not None:
        for name, side in (("query_alone", q), ("reference_alone", r)):
            parts = {k: float(form.linear.double() @ v) for k, v in side.items()}
            terms[name] = parts["node"]
            for key, part in (("edges", "edge"), ("biases", "bias"), ("epsilon", "epsilon")):
                terms[key] += parts.get(part, 0.0)
        terms["head"] = form.constant
    rest = [value for name, value in terms.items() if name not in ("explained", "remainder")]
    terms["remainder"] = terms["explained"] - sum(rest)
    return terms


def _bilinear(form: Form, q: dict[str, Tensor], r: dict[str, Tensor]) -> dict[str, float]:
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
