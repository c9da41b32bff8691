"""What is asked of a model and its pairs; each answer is rows of one measure each."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from integrated_jacobians.models import From, run
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn.models.basic_gnn import BasicGNN

from pyg_siamex import IntegratedJacobians, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.metric import ground_truth_average_precision

Pairs = tuple[list[Data], list[Data]]
Row = dict[str, Any]
RULES = ("gauss-legendre", "midpoint", "trapezoid")
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def explain(model: SiameseGNN, pairs: Pairs, **options: Any) -> list[PairExplanation]:
    """Integrated Jacobians of all pairs."""
    explainer = PairExplainer(model, IntegratedJacobians(**options), node_mask_type="object")
    return explainer.explain(*pairs)


def right_side(terms: dict[str, float]) -> float:
    """What the attributions sum to: f(q,r) - f(q0,r) - f(q,r0) + f(q0,r0)."""
    return terms["f_qr"] - terms["f_0r"] - terms["f_q0"] + terms["f_00"]


def completeness(model: SiameseGNN, pairs: Pairs, points: list[int], best: int) -> Iterator[Row]:
    """Gap of the sum, and largest error of an entry, over rules and numbers of points.

    Entries are compared with Gauss-Legendre of ``best`` points; both errors are relative, to the
    right side of the identity and to the largest entry.
    """
    exact = [e.relevance for e in explain(model, pairs, steps=best)]  # smooth: to rounding
    for rule in RULES:
        for steps in points:
            found = explain(model, pairs, steps=steps, quadrature=rule)
            for k, (e, a) in enumerate(zip(found, exact, strict=True)):
                at = {"question": "completeness", "setting": rule, "at": steps, "pair": k}
                off = float((e.relevance - a).abs().max() / a.abs().max())
                yield {**at, "measure": "sum", "value": e.completeness_error}
                yield {**at, "measure": "entry", "value": off}


def cumulative(found: list[PairExplanation]) -> Iterator[Row]:
    """Part of the right side that the largest entries sum to, by the share of pairs summed.

    ``signed`` takes entries from the largest down, as the paper does; ``magnitude`` takes them by
    magnitude. ``within`` is the share of pairs, by magnitude, from which on the sum stays within a
    tenth of the right side; ``half`` the share at which it first passes half of it.
    """
    for k, e in enumerate(found):
        flat, whole = e.relevance.flatten(), right_side(e.terms)
        signed = flat.sort(descending=True).values if whole > 0 else flat.sort().values
        by_size = flat[flat.abs().argsort(descending=True, stable=True)]
        for order, values in (("signed", signed), ("magnitude", by_size)):
            sums = values.cumsum(0) / whole
            for share in SHARES:
                last = max(int(np.ceil(share * len(sums))), 1) - 1
                yield {
                    **{"question": "cumulative", "setting": order, "at": share, "pair": k},
                    **{"measure": "explained", "value": float(sums[last])},
                }
        sums = by_size.cumsum(0) / whole
        far = ((sums - 1).abs() > 0.1).nonzero().flatten()
        within = (int(far[-1]) + 2 if len(far) else 1) / len(sums)
        for measure, value in (("within", min(within, 1.0)), ("half", _half(e))):
            at = {"question": "cumulative", "setting": "magnitude", "at": None, "pair": k}
            yield {**at, "measure": measure, "value": value}


def layers(model: SiameseGNN, pairs: Pairs, steps: int, surface: list[Tensor]) -> Iterator[Row]:
    """Attribution to the node embeddings after each layer, 0 being the features.

    The path starts at the embeddings that zero features have at that layer. ``cosine`` is that with
    the attribution to features, ``precision`` the average precision for the atoms of the two groups
    (pairs of one class alone), ``half`` as in :func:`cumulative`, ``error`` the completeness error.
    """
    encoder, depth = model.encoder, len(model.encoder.convs)
    for layer in range(depth + 1):

        def start(inputs: GraphInputs, layer: int = layer) -> Tensor:
            zeros = inputs.x.new_zeros(len(inputs.x), encoder.in_channels)
            return run(encoder, zeros, inputs.edge_index, 0, layer)

        deep = SiameseGNN(From(encoder, layer), "mean", "cosine").double().eval()
        queries, references = ([_after(encoder, g, layer) for g in side] for side in pairs)
        found = explain(deep, (queries, references), steps=steps, reference=start)
        for k, (e, features) in enumerate(zip(found, surface, strict=True)):
            at = {"question": "layers", "setting": "", "at": layer, "pair": k}
            values = {
                "error": e.completeness_error,
                "cosine": _cosine(e.relevance, features),
                "half": _half(e),
                **_precision(e.relevance, queries[k], references[k]),
            }
            for measure, value in values.items():
                yield {**at, "measure": measure, "value": value}


def shift(
    model: SiameseGNN, pairs: Pairs, steps: int, plain: list[PairExplanation]
) -> Iterator[Row]:
    """The model as it is beside the same model with its embedding shifted by h(x0).

    ``covered`` is the part of the similarity that the attributions sum to, ``f_0r``, ``f_q0`` and
    ``f_00`` the other terms, all for the model as it is; ``exact_similarity`` for the shifted
    one, ``cosine`` the agreement of both pair matrices.
    """
    exact = explain(model, pairs, steps=steps, exact=True)
    for k, (e, x) in enumerate(zip(plain, exact, strict=True)):
        similarity = e.terms["f_qr"]
        values = {
            "similarity": similarity,
            "covered": right_side(e.terms) / similarity,
            **{name: e.terms[name] for name in ("f_0r", "f_q0", "f_00")},
            "exact_similarity": x.terms["f_qr"],
            "exact_covered": right_side(x.terms) / x.terms["f_qr"],
            "cosine": _cosine(e.relevance, x.relevance),
        }
        for measure, value in values.items():
            at = {"question": "shift", "setting": "", "at": None, "pair": k}
            yield {**at, "measure": measure, "value": value}


def _after(encoder: BasicGNN, graph: Data, layer: int) -> Data:
    """The graph with its node embeddings after ``layer`` layers as features."""
    changed = graph.clone()
    changed.x = run(encoder, graph.x, graph.edge_index, 0, layer)
    return changed


def _precision(relevance: Tensor, q: Data, r: Data) -> dict[str, float]:
    """Average precision for pairs of atoms of both groups, and chance; of one class alone."""
    if q.y != r.y:
        return {}
    truth = (q.atom_truth[:, None] & r.atom_truth[None]).flatten()
    precision = ground_truth_average_precision(relevance.flatten(), truth)
    return {"precision": precision, "prevalence": float(truth.double().mean())}


def _half(e: PairExplanation) -> float:
    """Share of pairs, by magnitude, that first sum to half of the right side."""
    flat = e.relevance.flatten()
    sums = flat[flat.abs().argsort(descending=True, stable=True)].cumsum(0) / right_side(e.terms)
    reached = (sums >= 0.5).nonzero()
    return (int(reached[0]) + 1) / len(sums) if len(reached) else 1.0


def _cosine(a: Tensor, b: Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(a.flatten(), b.flatten(), dim=0))
