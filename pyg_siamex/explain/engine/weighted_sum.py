r"""Weighted sums over the edges of a graph as sparse products, with derivatives of any order.

Message passing gathers a row per edge, scales it and scatters it, in the forward pass and again in
the backward pass. A sparse matrix product reads the rows of nodes without copies.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

# Below this number of columns, gather both ends of each edge instead of a sampled product.
_NARROW = 16


@dataclass(frozen=True)
class Structure:
    """Sparsity pattern of one ``edge_index``, sorted by target and by source.

    Attributes:
        edge_index: ``[2, E]``, source and target.
        nodes: Number of nodes N.
    """

    edge_index: Tensor
    nodes: int

    def fits(self, edge_index: Tensor, nodes: int) -> bool:
        """Whether it is the pattern of these edges between so many nodes."""
        same = self.edge_index is edge_index or torch.equal(self.edge_index, edge_index)
        return self.nodes == nodes and same

    @cached_property
    def by_target(self) -> "Rows":
        """Rows for targets, which compute the aggregation."""
        return Rows.sorted(self.edge_index[1], self.edge_index[0], self.nodes)

    @cached_property
    def by_source(self) -> "Rows":
        """Rows for sources, which compute its transpose."""
        return Rows.sorted(self.edge_index[0], self.edge_index[1], self.nodes)

    @cached_property
    def transposed(self) -> "Structure":
        """The same edges in the other direction."""
        other = Structure(self.edge_index.flip(0), self.nodes)
        other.__dict__["by_target"], other.__dict__["by_source"] = self.by_source, self.by_target
        other.__dict__["transposed"] = self
        return other

    @cached_property
    def inverse_degree(self) -> Tensor:
        """For each edge, one over the number of edges into its target, ``[E]`` double."""
        target = self.edge_index[1]
        return 1 / target.bincount(minlength=self.nodes)[target].double()


@dataclass(frozen=True)
class Rows:
    """Compressed sparse rows of an edge list.

    Attributes:
        order: Edge of each entry, ``[E]``.
        starts: First entry of each row, ``[N + 1]``.
        columns: Column of each entry, ``[E]``.
        nodes: Number of nodes N.
    """

    order: Tensor
    starts: Tensor
    columns: Tensor
    nodes: int

    @classmethod
    def sorted(cls, row: Tensor, column: Tensor, nodes: int) -> "Rows":
        """Sort edges by row, then column."""
        order = (row * nodes + column).argsort(stable=True)
        starts = torch.zeros(nodes + 1, dtype=torch.int32)
        starts[1:] = row.bincount(minlength=nodes).cumsum(0)
        return cls(order, starts, column[order].to(torch.int32), nodes)

    def matrix(self, values: Tensor) -> Tensor:
        """The sparse matrix ``[N, N]`` with the values of the edges, ``[E]``."""
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*Sparse.*")
            return torch.sparse_csr_tensor(
                self.starts,
                self.columns,
                values[self.order],
                (self.nodes, self.nodes),
                check_invariants=False,
            )

    def product(self, values: Tensor, x: Tensor) -> Tensor:
        """The sparse matrix times ``x``, ``[N, H]``."""
        out = torch.zeros_like(x)
        return torch.addmm(out, self.matrix(values), x, beta=0.0, out=out)

    @cached_property
    def pattern(self) -> dict[torch.dtype, Tensor]:
        """Empty matrices of this pattern, one per type."""
        return {}

    def inner_products(self, a: Tensor, b: Tensor) -> Tensor:
        r"""For each edge, :math:`a_{row}^\top b_{column}`, ``[E]``; a and b are ``[N, H]``."""
        if a.dtype not in self.pattern:
            self.pattern[a.dtype] = self.matrix(a.new_zeros(len(self.order)))
        products = torch.sparse.sampled_addmm(self.pattern[a.dtype], a, b.T, beta=0.0).values()
        return torch.empty_like(products).index_copy_(0, self.order, products)


class WeightedSum(torch.autograd.Function):
    r""":math:`y_i = \sum_{e:\, j \to i} w_e x_j`, with derivatives of any order by x and w."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, structure: Structure) -> Tensor:
        """Aggregate ``x``, ``[N, H]``, over edges weighted by ``weight``, ``[E]``."""
        ctx.save_for_backward(x, weight)
        ctx.structure = structure
        return structure.by_target.product(weight, x.contiguous())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Transposed product, and the inner products of the edges' ends."""
        x, weight = ctx.saved_tensors
        (grad,) = grads
        structure: Structure = ctx.structure
        grad_x = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_x = weighted_sum(grad, weight, structure.transposed)
        if ctx.needs_input_grad[1]:
            grad_weight = _inner_products(grad, x, structure)
        return grad_x, grad_weight, None


class _InnerProducts(torch.autograd.Function):
    r""":math:`p_e = a_i^\top b_j` for each edge :math:`e: j \to i`."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, structure: Structure) -> Tensor:
        """Multiply targets ``a`` with sources ``b``, ``[N, H]`` each."""
        ctx.save_for_backward(a, b)
        ctx.structure = structure
        if b.size(1) < _NARROW:
            source, target = structure.edge_index
            return (a.index_select(0, target) * b.index_select(0, source)).sum(1)
        return structure.by_target.inner_products(a.contiguous(), b.contiguous())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Sums over edges, weighted by the gradient."""
        a, b = ctx.saved_tensors
        (grad,) = grads
        structure: Structure = ctx.structure
        grad_a = grad_b = None
        if ctx.needs_input_grad[0]:
            grad_a = weighted_sum(b, grad, structure)
        if ctx.needs_input_grad[1]:
            grad_b = weighted_sum(a, grad, structure.transposed)
        return grad_a, grad_b, None


weighted_sum: Callable[[Tensor, Tensor, Structure], Tensor] = WeightedSum.apply
""":class:`WeightedSum` of ``x``, ``[N, H]``, and ``weight``, ``[E]``, as a function."""

_inner_products: Callable[[Tensor, Tensor, Structure], Tensor] = _InnerProducts.apply
