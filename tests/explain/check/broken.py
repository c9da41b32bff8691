"""A good explainer of nobody's library, and broken ones, each with the check that notices."""

import random
from dataclasses import replace

import numpy as np
import torch
from torch import nn
from torch_geometric.explain.config import MaskType

from pyg_siamex.explain import InputXGradient, PairAlgorithm
from pyg_siamex.explain.engine.problem import Attribution, Masks


class NodeGradient(PairAlgorithm):
    """Gradient times input of every node, on the bare model."""

    def check(self, problem):
        floating = problem.query.x.is_floating_point()
        objects = problem.kinds.node_mask_type is MaskType.object
        if problem.kinds.edge_mask_type is not None or not objects or not floating:
            raise ValueError(
                "NodeGradient scores nodes with float features: node_mask_type='object'"
            )

    def attribute(self, problem):
        sides = {"query": problem.query, "reference": problem.reference}
        leaves = {side: v.x.detach().clone().requires_grad_() for side, v in sides.items()}
        h = [problem.model.encode(replace(v, x=leaves[side])) for side, v in sides.items()]
        total = problem.model.similarity(*h).sum()
        masks = {}
        for (side, x), gradient in zip(
            leaves.items(), torch.autograd.grad(total, list(leaves.values())), strict=True
        ):
            asked = problem.side in ("both", side)
            masks[side] = Masks((x * gradient).sum(-1, keepdim=True) if asked else None)
        return Attribution(masks["query"], masks["reference"])


class Changed(InputXGradient):
    """Gradient times input, with every mask changed by :meth:`change`."""

    def attribute(self, problem):
        found = super().attribute(problem)
        for side in ("query", "reference"):
            masks = getattr(found, side)
            for name in ("node", "edge"):
                if getattr(masks, name) is not None:
                    setattr(masks, name, self.change(getattr(masks, name), problem, side))
        return found


class DependsOnTheBatch(Changed):
    def change(self, mask, problem, side):
        return mask / mask.abs().max() if mask.numel() else mask


class DependsOnNodeOrder(Changed):
    def change(self, mask, problem, side):
        return mask * torch.arange(len(mask)).view(-1, 1) if mask.dim() == 2 else mask


class DependsOnEdgeOrder(Changed):
    def change(self, mask, problem, side):
        return mask * torch.arange(len(mask)) if mask.dim() == 1 else mask


class FavoursTheQuery(Changed):
    def change(self, mask, problem, side):
        return 2 * mask if side == "query" else mask


class GivesNaN(Changed):
    def change(self, mask, problem, side):
        return mask / (mask.abs() > 0)


class GivesIntegers(Changed):
    def change(self, mask, problem, side):
        return (100 * mask).long()


class GivesNodesFlat(Changed):
    def change(self, mask, problem, side):
        return mask.squeeze(-1)


class GivesOneEdgeTooFew(Changed):
    def change(self, mask, problem, side):
        return mask[:-1] if mask.dim() == 1 else mask


class ScoresSelfLoops(Changed):
    def change(self, mask, problem, side):
        return mask + 1


class IgnoresUndirected(Changed):
    def attribute(self, problem):
        return super().attribute(replace(problem, kinds=replace(problem.kinds, undirected=False)))

    def change(self, mask, problem, side):
        return mask


class IgnoresSide(Changed):
    def attribute(self, problem):
        return super().attribute(replace(problem, side="both"))

    def change(self, mask, problem, side):
        return mask


class ChangesWithEveryCall(Changed):
    calls = 0

    def change(self, mask, problem, side):
        self.calls += 1
        return mask * self.calls


class NeedsAnEdge(Changed):
    def change(self, mask, problem, side):
        return mask + 0 * mask.max() if mask.dim() == 1 else mask


class ForgetsAPair(Changed):
    def attribute(self, problem):
        return replace(super().attribute(problem), info=[{}] * (problem.num_pairs + 1))

    def change(self, mask, problem, side):
        return mask


class NegativeCompleteness(Changed):
    def attribute(self, problem):
        return replace(super().attribute(problem), completeness_error=[-0.1] * problem.num_pairs)

    def change(self, mask, problem, side):
        return mask


class DrawsTorchNumbers(Changed):
    def change(self, mask, problem, side):
        return mask + 0 * torch.rand(1).to(mask)


class DrawsPythonNumbers(Changed):
    def change(self, mask, problem, side):
        return mask + 0 * random.random()


class DrawsNumPyNumbers(Changed):
    def change(self, mask, problem, side):
        return mask + 0 * float(np.random.rand())


class ChangesTheDefaultDtype(Changed):
    def change(self, mask, problem, side):
        torch.set_default_dtype(torch.float64)
        return mask


class LeavesAHookOnAllModules(Changed):
    def change(self, mask, problem, side):
        nn.modules.module.register_module_forward_hook(lambda *_: None)
        return mask


class ScalesFeatures(Changed):
    def change(self, mask, problem, side):
        problem.query_data[0].x.mul_(2)
        return mask


class NamesGraphs(Changed):
    def change(self, mask, problem, side):
        for graph in problem.query_data:
            graph.explained = True
        return mask


class ScalesAWeight(Changed):
    def change(self, mask, problem, side):
        next(problem.model.encoder.parameters()).data.mul_(1 + 1e-15)
        return mask


class ScalesAWeightAfterErrors(InputXGradient):
    def attribute(self, problem):
        weight = next(problem.model.encoder.parameters())
        kept = weight.detach().clone()
        weight.data.mul_(2)
        problem.model.encode(problem.query)
        weight.data.copy_(kept)
        return super().attribute(problem)


class NeedsFloats(Changed):
    def check(self, problem):
        if not problem.query.x.is_floating_point():
            raise ValueError("features must be floats")

    def change(self, mask, problem, side):
        return mask


BROKEN = {
    DependsOnTheBatch: "batch",
    DependsOnNodeOrder: "renumbered nodes",
    DependsOnEdgeOrder: "reordered edges",
    FavoursTheQuery: "swapped sides",
    GivesNaN: "finite",
    GivesIntegers: "floating",
    GivesNodesFlat: "shapes",
    GivesOneEdgeTooFew: "shapes",
    ForgetsAPair: "shapes",
    ScoresSelfLoops: "self loops",
    IgnoresUndirected: "undirected",
    IgnoresSide: "one side",
    ChangesWithEveryCall: "deterministic",
    NeedsAnEdge: "odd graphs",
    NegativeCompleteness: "completeness",
    DrawsTorchNumbers: "process untouched",
    DrawsPythonNumbers: "process untouched",
    DrawsNumPyNumbers: "process untouched",
    ChangesTheDefaultDtype: "process untouched",
    LeavesAHookOnAllModules: "process untouched",
    ScalesFeatures: "graphs untouched",
    NamesGraphs: "graphs untouched",
    ScalesAWeight: "model untouched",
    ScalesAWeightAfterErrors: "untouched after errors",
    NeedsFloats: "integer features",
}
