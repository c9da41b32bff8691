"""Gradient baselines: saliency and input x gradient, for all pairs in one backward pass."""

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.utils import scatter

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.contract.recorded import recorded
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem


class InputXGradient(PairAlgorithm):
    r"""Input times gradient of the similarity (Shrikumar et al., arXiv 1605.01713).

    .. math:: a_e = \partial s / \partial g_e, \qquad a_{if} = x_{if}\, \partial s / \partial x_{if}

    with :math:`g_e = 1` the gate on an edge's messages. This is the first-order effect of removing
    the edge or the feature. Values are signed; positive ones pull the pair together.
    """

    joint = signed = True
    differences = False

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        return Attribution(*pairs.split(_gate_gradients(pairs)))


class Saliency(PairAlgorithm):
    r"""Absolute gradient of the similarity (Simonyan et al., arXiv 1312.6034).

    .. math:: a_e = |\partial s / \partial g_e|, \qquad a_{if} = |\partial s / \partial x_{if}|

    A node's value is the sum over its features. For integer types it is the sum over the embedding
    that the encoder looks up.
    """

    joint = True
    differences = False

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        if "node" in pairs.spaces and pairs.contract.discrete:
            return Attribution(*pairs.split(_by_table(pairs)))
        inputs: dict[str, Any] = {}  # the graphs of each masked side
        if problem.kinds.node_mask_type is not None:
            names = problem.masked_sides
            inputs = {name: _with_leaf(getattr(problem, name)) for name in names}
            pairs = MaskedPairs(replace(problem, **inputs))
        masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
        masks.pop("node", None)
        with pairs.encoding() as encode:
            total = pairs.similarity(encode(masks)).sum()
        grads = gradients(total, [*masks.values(), *[one.x for one in inputs.values()]])
        values = {name: grad.abs() for name, grad in zip(masks, grads, strict=False)}
        values |= {name: mask for name, mask in pairs.ones().items() if name == "node"}
        of_side = dict(zip(("query", "reference"), pairs.split(values), strict=True))
        for (name, one), grad in zip(inputs.items(), grads[len(masks) :], strict=True):
            of_side[name].node = _reduce(grad.abs(), one.batch, problem)
        return Attribution(of_side["query"], of_side["reference"])


def _with_leaf(inputs: GraphInputs) -> GraphInputs:
    """The same graphs with node features that gradients are taken by."""
    return changed(inputs, x=inputs.x.detach().clone().requires_grad_())


def _by_table(pairs: MaskedPairs) -> dict[str, Tensor]:
    """Absolute gradients by edge gates and by the looked-up embeddings of nodes."""
    masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
    modules = dict(pairs.model.encoder.named_modules())
    tables = [modules[name] for name in pairs.contract.tables]
    with pairs.encoding() as encode, recorded(tables) as outputs:
        total = pairs.similarity(encode(masks)).sum()
    calls = [call for table in tables for call in outputs.calls(table, pairs.passes)]
    edge = [masks["edge"]] if "edge" in masks else []
    found = gradients(total, [*edge, *[part for call in calls for part in call]])
    values = {"edge": found[0].abs()} if edge else {}
    parts = iter(found[len(edge) :])
    by_call = [torch.cat([next(parts) for _ in call]).abs().flatten(1).sum(1) for call in calls]
    return {**values, "node": torch.stack(by_call).sum(0)}


def _gate_gradients(pairs: MaskedPairs) -> dict[str, Tensor]:
    """Derivative of each pair's similarity by each of its mask elements, at the open mask."""
    masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
    with pairs.encoding() as encode:
        total = pairs.similarity(encode(masks)).sum()
    return dict(zip(masks, gradients(total, list(masks.values())), strict=True))


def _reduce(grad: Tensor, batch: Tensor, problem: PairProblem) -> Tensor:
    if problem.kinds.node_mask_type is MaskType.object:
        return grad.sum(-1, keepdim=True)
    if problem.kinds.node_mask_type is MaskType.common_attributes:
        summed: Tensor = scatter(grad, batch, dim=0, dim_size=problem.num_pairs)
        return summed
    return grad
