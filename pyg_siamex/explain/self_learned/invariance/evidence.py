"""Local explanations of graphs: against K references, and against their own partner in a pair."""

from dataclasses import dataclass, replace
from functools import singledispatch

import torch
from torch import Tensor

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.algorithm.occlusion import Occlusion
from pyg_siamex.explain.engine.distinct_graphs import distinct_graphs, items_of
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.leave_outs import COPY_BUDGET, LeaveOuts
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.one_sided import against_whole
from pyg_siamex.explain.engine.orientation import by_probability
from pyg_siamex.explain.engine.problem import AgainstEmbeddings, Attribution
from pyg_siamex.explain.engine.quadrature import quadrature

# Rounding of a similarity, in units of the last place.
_ROUNDING = 16


@dataclass(frozen=True)
class Evidence:
    """Importances of one algorithm, signed if it is signed.

    Attributes:
        shared: Against each of K references, ``{name: [M, K]}``.
        own: Against the other graph of the pair, ``{name: [M]}``; empty for graphs without one.
    """

    shared: dict[str, Tensor]
    own: dict[str, Tensor]


@singledispatch
def gather(
    algorithm: PairAlgorithm, graphs: MaskedGraphs, references: Tensor, pairs: MaskedPairs | None
) -> Evidence:
    """Explain graphs against references and in their pairs; equal graphs are explained once.

    In general, the algorithm explains the graphs K times. For :class:`Occlusion` and
    :class:`IntegratedGradients` the graphs are encoded once for all references.

    Args:
        algorithm: The explainer of pairs.
        graphs: The G graphs.
        references: Embeddings ``[K, D]``; the graphs are compared with them as queries.
        pairs: The same graphs in their pairs, or ``None``.
    """
    shared = _empty(graphs)
    if len(references):
        first, which = distinct_graphs(graphs.union)
        distinct = MaskedGraphs(graphs.model, graphs.union.select_graphs(first), graphs.kinds)
        found = _against_references(algorithm, distinct, references)
        for name, space in graphs.spaces.items():
            rows = items_of(distinct.spaces[name].graph, which, space.graph)
            shared[name] = found[name][rows]
    own = {} if pairs is None else _elements(pairs, algorithm.attribute(pairs.problem))
    return Evidence(shared, own)


@gather.register
def _(
    algorithm: Occlusion, graphs: MaskedGraphs, references: Tensor, pairs: MaskedPairs | None
) -> Evidence:
    left = LeaveOuts(graphs, algorithm.sets)
    shared = left.against(references) if len(references) else _empty(graphs)
    own = {} if pairs is None else left.in_pairs(pairs)
    return Evidence(algorithm.share(graphs, shared), algorithm.share(graphs, own))


@singledispatch
def _against_references(
    algorithm: PairAlgorithm, graphs: MaskedGraphs, references: Tensor
) -> dict[str, Tensor]:
    """Importance of each mask element against each reference, ``{name: [M, K]}``.

    Args:
        algorithm: The explainer of pairs.
        graphs: The G graphs.
        references: Embeddings ``[K, D]``.
    """
    found = []
    for embedding in references:
        embeddings = embedding.expand(graphs.union.num_graphs, -1)
        one = AgainstEmbeddings.of(graphs.model, graphs.union, embeddings, graphs.kinds)
        masks = algorithm.attribute(one).query
        values = {"edge": masks.edge, "node": masks.node}
        found.append({n: graphs.elements(n, v) for n, v in values.items() if v is not None})
    return {name: torch.stack([one[name] for one in found], dim=1) for name in graphs.spaces}


@_against_references.register
def _(
    algorithm: IntegratedGradients, graphs: MaskedGraphs, references: Tensor
) -> dict[str, Tensor]:
    size = len(graphs.union.x) + graphs.union.edge_index.size(1)
    points, weights = quadrature(algorithm.steps, algorithm.quadrature)
    copies = max(1, COPY_BUDGET // size)
    ones = graphs.ones()
    total = {n: m.new_zeros(len(m), len(references)) for n, m in ones.items()}
    for t, w in zip(points.split(copies), weights.split(copies), strict=True):
        masks = {
            name: t.to(mask).repeat_interleave(len(mask)).requires_grad_()
            for name, mask in ones.items()
        }
        weight = w.view(-1, 1).to(references.device)
        with graphs.encoding(len(t)) as encode, torch.enable_grad():
            h = encode(masks)  # [copies, G, D]
        # One backward pass through the encoder for each reference, without a forward pass.
        for k, reference in enumerate(references):
            with torch.enable_grad():
                each = reference.to(h).expand(h.size(1), -1)
                similarity = (weight * graphs.compare(h, each)).sum()
            more = k + 1 < len(references)
            grads = gradients(similarity, list(masks.values()), retain=more)
            for name, grad in zip(masks, grads, strict=True):
                total[name][:, k] += grad.view(len(t), -1).sum(0)
    return total


def _empty(graphs: MaskedGraphs) -> dict[str, Tensor]:
    return {name: graphs.like.new_zeros(len(s), 0) for name, s in graphs.spaces.items()}


def _elements(pairs: MaskedPairs, attribution: Attribution) -> dict[str, Tensor]:
    """Values of the elements of both sides from their masks."""
    sides = [attribution.query, attribution.reference]
    values = {
        "edge": [side.edge for side in sides if side.edge is not None],
        "node": [side.node for side in sides if side.node is not None],
    }
    return {name: pairs.elements(name, torch.cat(values[name])) for name in pairs.spaces}


@dataclass(frozen=True)
class Effect:
    """What the masked parts of graphs do to similarities.

    Attributes:
        sign: 1 where the whole graph is more alike than the empty one, -1 where it is less alike,
            ``[G, K]``.
        rounding: Largest importance from rounding, ``[G]``. Importances are differences of
            similarities, which are rounded relative to their own size.
    """

    sign: Tensor
    rounding: Tensor

    @classmethod
    def of(cls, whole: Tensor, empty: Tensor, dtype: torch.dtype) -> "Effect":
        """Effect of masks that change similarities from ``empty`` to ``whole``, ``[G, K]``.

        Args:
            whole: Similarities of the whole graphs.
            empty: Similarities of the graphs with all masks at 0.
            dtype: Type of the embeddings.
        """
        largest = torch.cat([whole.abs(), whole.new_zeros(len(whole), 1)], dim=1).amax(1)
        rounding = _ROUNDING * torch.finfo(dtype).eps * largest
        sign = torch.where(whole - empty < -rounding[:, None], -1.0, 1.0)
        return cls(sign.to(whole), rounding)

    @classmethod
    @torch.no_grad()
    def in_pairs(cls, pairs: MaskedPairs) -> "Effect":
        """Effect of each graph's masks on the similarity to the whole other graph of its pair.

        The sign is what the pair is, see
        :func:`~pyg_siamex.explain.engine.orientation.by_probability`.
        """
        with pairs.encoding() as encode:
            ones = pairs.ones()
            whole = encode(ones)
            empty = encode({name: torch.zeros_like(mask) for name, mask in ones.items()})
        full, rest = (against_whole(pairs, h, whole)[0][:, None] for h in (whole, empty))
        effect = cls.of(full, rest, whole.dtype)
        rest = torch.where((full - rest).abs() <= effect.rounding[:, None], full, rest)
        return replace(effect, sign=by_probability(pairs.model, full, rest))

    @classmethod
    @torch.no_grad()
    def against(cls, graphs: MaskedGraphs, references: Tensor) -> "Effect":
        """Effect of the masks on the similarity to each reference, ``[K, D]``.

        Raises:
            ValueError: If the references are embeddings of another width than the model's.
        """
        with graphs.encoding() as encode:
            ones = graphs.ones()
            whole = encode(ones)[0]
            empty = encode({name: torch.zeros_like(mask) for name, mask in ones.items()})[0]
        if len(references) and references.size(1) != whole.size(1):
            raise ValueError(
                f"the references are embeddings of {references.size(1)} numbers, and the model's "
                f"have {whole.size(1)}: learn the invariance again with this model"
            )
        found = []
        for h in (whole, empty):
            each = [graphs.compare(h, one.expand(len(h), -1)) for one in references]
            found.append(torch.stack(each, dim=1) if each else h.new_zeros(len(h), 0))
        return cls.of(found[0], found[1], whole.dtype)
