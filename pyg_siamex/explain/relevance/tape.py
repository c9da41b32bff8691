r"""Embeddings of graphs with the record of their computation, read in both directions.

With :math:`\Phi \in R^{D \times n}` the factor of a graph, one pass backward gives
:math:`\Phi^\top c` for a seed :math:`c`, and one pass forward :math:`\Phi 1`, each for all graphs
at once. The whole :math:`\Phi` takes D passes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from pyg_siamex.explain.relevance.backward import output_gradients


class Leaf(NamedTuple):
    """A tensor that embeddings are derived by.

    Attributes:
        value: ``[M, ...]``.
        graph: Graph of each row, ``[M]``.
    """

    value: Tensor
    graph: Tensor


@dataclass(frozen=True)
class Tape:
    """Embeddings of G graphs, and the leaves that they were computed from.

    Attributes:
        h: ``[G, D]``. A row depends on the rows of leaves of its own graph alone.
        leaves: The leaves by name.
    """

    h: Tensor
    leaves: Mapping[str, Leaf]

    def pulled(self, seeds: Tensor, names: Iterable[str]) -> dict[str, Tensor]:
        r"""Derivatives of :math:`\sum_k c_k h_k`.

        Args:
            seeds: c of each graph, ``[G, D]``.
            names: Leaves to derive by.

        Returns:
            Derivatives by name, in the shape of the leaf.
        """
        leaves = [self.leaves[name].value for name in names]
        return dict(zip(names, _gradients(self.h, leaves, seeds, False), strict=True))

    def carried(self, names: Sequence[str]) -> dict[str, Tensor]:
        """Sum of the derivatives of each embedding coordinate by all elements of a leaf.

        The derivative of a backward pass by its seed is a forward pass. A seed times its result
        must equal what the backward pass gave. Where it does not, or an operation has no second
        derivative, every coordinate gets a backward pass of its own.

        Args:
            names: The leaves.

        Returns:
            ``[G, D]`` by name.
        """
        if not self.h.requires_grad:
            return {name: torch.zeros_like(self.h) for name in names}
        found = self._forward(names)
        return self._one_by_one(names) if found is None else found

    def _forward(self, names: Sequence[str]) -> dict[str, Tensor] | None:
        numbers = torch.arange(self.h.numel(), dtype=self.h.dtype, device=self.h.device)
        seed = numbers.cos().view_as(self.h).requires_grad_()
        leaves = [self.leaves[name].value for name in names]
        try:
            back = _gradients(self.h, leaves, seed, True)
            found = {
                name: _gradients(grad.sum(), [seed], None, False)[0]
                for name, grad in zip(names, back, strict=True)
            }
        except RuntimeError:  # no second derivative
            return None
        for (name, rows), grad in zip(found.items(), back, strict=True):
            if not _agree(seed.detach() * rows, grad.detach(), self.leaves[name].graph):
                return None
        return found

    def _one_by_one(self, names: Sequence[str]) -> dict[str, Tensor]:
        """The same by a backward pass for each coordinate."""
        leaves = [self.leaves[name] for name in names]
        rows = output_gradients(self.h, [leaf.value for leaf in leaves], keep=True)
        out = {}
        for name, leaf, grad in zip(names, leaves, rows, strict=True):
            own = leaf.graph < len(self.h)
            values = grad.flatten(2).sum(2).T if grad.dim() > 2 else grad.T
            out[name] = torch.zeros_like(self.h).index_add(0, leaf.graph[own], values[own])
        return out


def _gradients(
    of: Tensor, leaves: list[Tensor], seed: Tensor | None, differentiable: bool
) -> list[Tensor]:
    """Gradients that are zero where nothing depends on a leaf."""
    if not of.requires_grad:
        return [torch.zeros_like(leaf) for leaf in leaves]
    return list(
        torch.autograd.grad(
            of,
            leaves,
            seed,
            retain_graph=True,
            create_graph=differentiable,
            allow_unused=True,
            materialize_grads=True,
        )
    )


def _agree(forward: Tensor, back: Tensor, graph: Tensor) -> bool:
    """Whether each graph has the same total in both directions, to rounding."""
    count = len(forward)
    totals = (back.flatten(1).sum(1) if back.dim() > 1 else back).to(forward.dtype)
    inside = graph < count
    sums = forward.new_zeros(count).index_add(0, graph[inside], totals[inside])
    sizes = forward.new_zeros(count).index_add(0, graph[inside], totals[inside].abs())
    rounding = max(torch.finfo(forward.dtype).eps, torch.finfo(back.dtype).eps)
    allowed = min(max(1e-8, 1e3 * rounding), 0.1)
    gap = (forward.sum(1) - sums).abs()
    return bool((gap <= allowed * (forward.abs().sum(1) + sizes)).all())
