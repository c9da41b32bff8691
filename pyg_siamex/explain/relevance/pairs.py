r"""All pair matrices of many graphs, as products of their factors, in blocks of bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.forms import factor_form
from pyg_siamex.nn.similarity import ProductForm, Similarity

_BLOCK_NUMBERS = 8_000_000
"""Relevances held at once."""


def scaled(factors: Factors, form: ProductForm) -> Tensor:
    """Node factors ``[D, total nodes]``, divided by their graph's norm if the form has one.

    Raises:
        ValueError: If the form is of another width.
    """
    width = factors.node.size(0)
    if form.metric is not None and form.metric.size(-1) != width:
        raise ValueError(
            f"the head compares {form.metric.size(-1)} channels, and the factors have {width}: "
            f"give the head of the model that they were computed with"
        )
    if form.norm is None:
        return factors.node
    norms = form.norm(factors.embedding)
    return factors.node / torch.repeat_interleave(norms, factors.sizes.to(norms.device))


@checked
def pair_relevance(query: Factors, reference: Factors, similarity: Similarity) -> list[Tensor]:
    """Pair matrices of graph k of ``query`` with graph k of ``reference``, ``[n_q, n_r]`` each.

    Raises:
        ValueError: If the two hold different numbers of graphs or are of different width or type,
            or the head has no product form or is of another width.
    """
    if len(query) != len(reference):
        raise ValueError(f"{len(query)} queries against {len(reference)} references")
    _check_alike(query, reference)
    form = factor_form(similarity, query.embedding, reference.embedding)
    left, right = scaled(query, form), form.apply(scaled(reference, form))
    columns_q, columns_r = query.sizes.tolist(), reference.sizes.tolist()
    parts = zip(left.split(columns_q, dim=1), right.split(columns_r, dim=1), strict=True)
    return [a.T @ b for a, b in parts]


@dataclass(frozen=True)
class Block:
    """Pair matrices of some graphs with some graphs, padded with zeros to one shape.

    Attributes:
        query: Position of each query graph, ``[A]``.
        reference: Position of each reference graph, ``[B]``.
        relevance: ``[A, B, n, m]``.
        query_sizes: Nodes of each query graph, ``[A]``.
        reference_sizes: Nodes of each reference graph, ``[B]``.
        wanted: Pairs that were asked for, bool ``[A, B]``.
        query_embedding: What is explained of each query graph, ``[A, D]``.
        reference_embedding: What is explained of each reference graph, ``[B, D]``.
    """

    query: Tensor
    reference: Tensor
    relevance: Tensor
    query_sizes: Tensor
    reference_sizes: Tensor
    wanted: Tensor
    query_embedding: Tensor
    reference_embedding: Tensor

    def matrices(self) -> Iterator[tuple[int, int, Tensor]]:
        """The wanted pairs as (query, reference, ``[n_q, n_r]``)."""
        rows, columns = self.query.tolist(), self.reference.tolist()
        n, m = self.query_sizes.tolist(), self.reference_sizes.tolist()
        for a, b in self.wanted.nonzero().tolist():
            yield rows[a], columns[b], self.relevance[a, b, : n[a], : m[b]]


@checked
def all_pairs(
    factors: Factors,
    similarity: Similarity,
    reference: Factors | None = None,
    block_numbers: int = _BLOCK_NUMBERS,
) -> Iterator[Block]:
    """Pair matrices of all pairs of graphs, block by block.

    Graphs of similar size share a block, so that little of it is padding.

    Args:
        factors: N graphs.
        similarity: The head.
        reference: M other graphs. If ``None``, each pair of two different graphs of ``factors``
            comes once, in either order: the matrix of (j, i) is the matrix of (i, j) transposed.
        block_numbers: Bound on the numbers in a block.

    Yields:
        Blocks that together hold each pair once.

    Raises:
        ValueError: If the head has no product form, or it or ``reference`` is of another width or
            type than ``factors``, or ``block_numbers`` is below 1.
    """
    whole("block_numbers", block_numbers)
    same = reference is None
    reference = factors if reference is None else reference
    _check_alike(factors, reference)
    form = factor_form(similarity, factors.embedding, reference.embedding.flip(0))
    left = _parts(scaled(factors, form), factors, block_numbers)
    right = _parts(form.apply(scaled(reference, form)), reference, block_numbers)
    for k, (query_part, query_values) in enumerate(left):
        for reference_part, reference_values in right[k:] if same else right:
            wanted = torch.ones(len(query_part), len(reference_part), dtype=torch.bool)
            if same and reference_part is right[k][0]:
                wanted = wanted.triu(1)
            if not wanted.any():
                continue
            relevance = products(query_values, reference_values)
            sizes = factors.sizes[query_part], reference.sizes[reference_part]
            embeddings = (
                factors.embedding[query_part],
                reference.embedding[reference_part],
            )
            yield Block(query_part, reference_part, relevance, *sizes, wanted, *embeddings)


def _check_alike(query: Factors, reference: Factors) -> None:
    """Raise ``ValueError`` for factors of two models, or of two precisions."""
    one, other = query.node, reference.node
    if one.size(0) != other.size(0) or one.dtype != other.dtype:
        raise ValueError(
            f"factors of {one.size(0)} channels of {one.dtype} against {other.size(0)} of "
            f"{other.dtype}: compute both with one model"
        )


def products(query: Tensor, reference: Tensor) -> Tensor:
    """From factors ``[A, D, n]`` and ``[B, D, m]`` to pair matrices ``[A, B, n, m]``."""
    a, d, n = query.shape
    b, _, m = reference.shape
    rows = query.transpose(1, 2).reshape(a * n, d)
    columns = reference.transpose(0, 1).reshape(d, b * m)
    return (rows @ columns).view(a, n, b, m).transpose(1, 2)


def _parts(values: Tensor, factors: Factors, block_numbers: int) -> list[tuple[Tensor, Tensor]]:
    """Graphs sorted by size, in parts, each padded to ``[graphs, D, n]``."""
    order = factors.sizes.argsort(stable=True)
    side = max(int(block_numbers**0.5), 1)
    parts: list[tuple[Tensor, Tensor]] = []
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and (stop + 1 - start) * int(factors.sizes[order[stop]]) <= side:
            stop += 1
        part = order[start:stop]
        parts.append((part, padded(values, factors.ptr, part)))
        start = stop
    return parts


def padded(values: Tensor, ptr: Tensor, part: Tensor) -> Tensor:
    """Factors of some graphs, padded with zeros to one size, ``[graphs, D, n]``.

    Args:
        values: Factors of all graphs, ``[D, total nodes]``.
        ptr: First node of each graph and the end.
        part: Positions of the graphs.
    """
    sizes = ptr.diff()[part]
    place = torch.arange(int(sizes.max()))
    inside = place.unsqueeze(0) < sizes.unsqueeze(1)  # [graphs, n]
    columns = (ptr[part].unsqueeze(1) + place).clamp_max(max(values.size(1) - 1, 0))
    out = values[:, columns.to(values.device).flatten()].view(-1, *columns.shape)
    return (out * inside.to(out)).transpose(0, 1).contiguous()
