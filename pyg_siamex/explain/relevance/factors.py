"""One factor per graph; each pair matrix is the product of two factors."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.data.plain_json import from_json
from pyg_siamex.data.positions import place_of, positions
from pyg_siamex.data.sealed_file import SealedFormat
from pyg_siamex.explain.node_labels import node_labels

_FORMAT = SealedFormat("factors", version=2, again="compute them again", plural=True)


@checked
@dataclass(frozen=True)
class Factors:
    r"""Factors :math:`\Phi \in R^{D \times n}` of N graphs, side by side.

    Entry (k, i) is what node i contributes to embedding coordinate k. With the embeddings a pair
    matrix is one product, :math:`\Phi_q^\top \Phi_r`.

    Attributes:
        node: ``[D, total nodes]``.
        ptr: First node of each graph and the end, ``[N + 1]``.
        embedding: What is explained, ``[N, D]``: h(x), or h(x) - h(x0) if the method shifts it.
        edge: ``[D, total edges]`` or ``None``: contributions of edges, or of edge features.
        edge_ptr: First edge of each graph and the end, ``[N + 1]``, or ``None``.
        parts: Further rows per graph by name, ``[N, D]`` each: what biases (``"bias"``) and the
            stabiliser (``"epsilon"``) absorbed, what the edge features carry (``"edge"``), the
            reference input's embedding (``"start"``).

    Raises:
        ValueError: If factors, pointers and embeddings do not fit together.
    """

    node: Tensor
    ptr: Tensor
    embedding: Tensor
    edge: Tensor | None = None
    edge_ptr: Tensor | None = None
    parts: Mapping[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check(self)

    def __len__(self) -> int:
        """Number N of graphs."""
        return len(self.ptr) - 1

    def __getitem__(self, graph: int) -> Tensor:
        """Factor of one graph, ``[D, n]``.

        Raises:
            IndexError: If it is no position, or does not exist.
        """
        return _of_graph(self.node, self.ptr, place_of(graph, len(self)))

    def __iter__(self) -> Iterator[Tensor]:
        """Factors of all graphs in turn."""
        return (_of_graph(self.node, self.ptr, graph) for graph in range(len(self)))

    def edges(self, graph: int) -> Tensor:
        """Edge factor of one graph, ``[D, E]``.

        Raises:
            ValueError: If the factors were computed for nodes alone.
            IndexError: If it is no position, or does not exist.
        """
        if self.edge is None or self.edge_ptr is None:
            raise ValueError("these factors were computed for nodes alone")
        return _of_graph(self.edge, self.edge_ptr, place_of(graph, len(self)))

    @property
    def sizes(self) -> Tensor:
        """Nodes of each graph, ``[N]``."""
        return self.ptr.diff()

    def sums(self) -> Tensor:
        """Sum of each graph's node factor, ``[N, D]``."""
        graph = torch.repeat_interleave(torch.arange(len(self)), self.sizes.cpu())
        zeros = torch.zeros_like(self.embedding)
        return zeros.index_add(0, graph.to(zeros.device), self.node.T)

    @checked
    def select(self, graphs: Sequence[int]) -> "Factors":
        """The factors of some graphs, in the order given.

        Raises:
            IndexError: If a position does not exist.
        """
        index = torch.tensor(positions(graphs, len(self)), dtype=torch.long)
        edge, edge_ptr = None, None
        if self.edge is not None and self.edge_ptr is not None:
            edge, edge_ptr = _gather(self.edge, self.edge_ptr, index)
        node, ptr = _gather(self.node, self.ptr, index)
        parts = {name: part[index] for name, part in self.parts.items()}
        return Factors(node, ptr, self.embedding[index], edge, edge_ptr, parts)

    @checked
    def group(self, groups: Sequence[Sequence[object]]) -> tuple["Factors", list[list[str]]]:
        """Sum nodes to groups, so that pair matrices are group by group and keep their sum.

        Args:
            groups: For each graph, the group of each of its nodes, as
                :mod:`~pyg_siamex.chemistry.partition` gives them.

        Returns:
            Factors with a column per group, and the names of each graph's groups.

        Raises:
            TypeError: If several groups stand for a node.
            ValueError: If the groups do not fit the graphs, or one is missing.
        """
        given = [node_labels(own, f"groups of graph {k}") for k, own in enumerate(groups)]
        if [len(labels) for labels in given] != self.sizes.tolist():
            raise ValueError("groups must name a group for each node of each graph")
        names = [list(dict.fromkeys(labels)) for labels in given]
        column, offset = [], 0
        for labels, own in zip(given, names, strict=True):
            place = {name: offset + k for k, name in enumerate(own)}
            column += [place[label] for label in labels]
            offset += len(own)
        index = torch.tensor(column, dtype=torch.long, device=self.node.device)
        node = self.node.new_zeros(self.node.size(0), offset).index_add(1, index, self.node)
        ptr = torch.tensor([0, *[len(own) for own in names]]).cumsum(0)
        return replace(self, node=node, ptr=ptr), names

    @checked
    def save(self, path: str | Path) -> None:
        """Write to a safetensors file, whole or not at all."""
        tensors = {"node": self.node, "ptr": self.ptr, "embedding": self.embedding}
        if self.edge is not None and self.edge_ptr is not None:
            tensors |= {"edge": self.edge, "edge_ptr": self.edge_ptr}
        tensors |= {f"parts.{name}": part for name, part in self.parts.items()}
        _FORMAT.write(path, tensors, {"parts": json.dumps(sorted(self.parts))})

    @classmethod
    @checked
    def load(cls, path: str | Path) -> "Factors":
        """Read what :meth:`save` wrote, without running code from the file.

        Raises:
            FileNotFoundError: If ``path`` does not exist.
            ValueError: If it holds no factors, or has changed since it was written.
        """
        with _FORMAT.opened(path) as sealed:
            names = from_json(sealed.header["parts"], list)
            tensors = sealed.tensors()
            parts = {str(name): tensors.pop(f"parts.{name}") for name in names}
            found = cls(**tensors, parts=parts)
            numbers = [one for name, one in tensors.items() if name not in ("ptr", "edge_ptr")]
            if not all(map(_is_finite, [*numbers, *parts.values()])):
                raise ValueError("it has values that are not finite numbers")
        return found


def _check(factors: Factors) -> None:
    """Raise ``ValueError`` if factors, pointers and embeddings do not fit together."""
    if factors.node.dim() != 2:
        raise ValueError(f"`node` is {list(factors.node.shape)}, and must be [D, total nodes]")
    if factors.ptr.dim() != 1 or not len(factors.ptr):
        raise ValueError(f"`ptr` is {list(factors.ptr.shape)}, and must be [graphs + 1]")
    count, width = len(factors), factors.node.size(0)
    _check_pointers("ptr", factors.ptr, count, "node", factors.node)
    if (factors.edge is None) != (factors.edge_ptr is None):
        raise ValueError("there are edges without their pointers, or pointers without edges")
    if factors.edge is not None and factors.edge_ptr is not None:
        if factors.edge.dim() != 2 or factors.edge.size(0) != width:
            raise ValueError(
                f"`edge` is {list(factors.edge.shape)}, and must be [{width}, total edges]"
            )
        _check_pointers("edge_ptr", factors.edge_ptr, count, "edge", factors.edge)
    for name, value in {"embedding": factors.embedding, **factors.parts}.items():
        if value.shape != (count, width):
            raise ValueError(f"`{name}` is {list(value.shape)}, and must be [{count}, {width}]")


def _check_pointers(name: str, ptr: Tensor, count: int, of: str, values: Tensor) -> None:
    """Raise ``ValueError`` if pointers do not divide the columns of values among the graphs."""
    fit = ptr.dim() == 1 and ptr.dtype == torch.long and len(ptr) == count + 1
    if fit and bool((ptr.diff() >= 0).all()) and (int(ptr[0]), int(ptr[-1])) == (0, values.size(1)):
        return
    told = str(ptr.tolist() if ptr.dim() == 1 else list(ptr.shape))
    raise ValueError(
        f"`{name}` must be the first {of} of each of {count} graphs and the end: whole numbers "
        f"that rise from 0 to {values.size(1)}, [{count + 1}] (got {told:.60} of {ptr.dtype})"
    )


def check_finite(factors: Factors) -> None:
    """Refuse factors with values that are not finite, as of features that are too large.

    Args:
        factors: Any factors.

    Raises:
        ValueError: If there is one.
    """
    if not all(bool(one.isfinite().all()) for one in (factors.embedding, factors.node)):
        raise ValueError(
            "the embedding of a graph, or a part of it, is not finite: check its features and the "
            "model's weights"
        )


def _is_finite(values: Tensor) -> bool:
    return values.is_floating_point() and bool(values.isfinite().all())


def _of_graph(values: Tensor, ptr: Tensor, graph: int) -> Tensor:
    return values[:, int(ptr[graph]) : int(ptr[graph + 1])]


def concatenate(parts: Sequence[Factors]) -> Factors:
    """Factors of several batches as one.

    Raises:
        ValueError: If ``parts`` is empty, or some have edges and others do not.
    """
    if not parts:
        raise ValueError("no factors to put together")
    edges = [part.edge for part in parts if part.edge is not None]
    pointers = [part.edge_ptr for part in parts if part.edge_ptr is not None]
    if len(edges) not in (0, len(parts)):
        raise ValueError("some factors have edges and others have not")
    names = parts[0].parts
    return Factors(
        torch.cat([part.node for part in parts], dim=1),
        _joined([part.ptr for part in parts]),
        torch.cat([part.embedding for part in parts]),
        torch.cat(edges, dim=1) if edges else None,
        _joined(pointers) if edges else None,
        {name: torch.cat([part.parts[name] for part in parts]) for name in names},
    )


def pointers(graph: Tensor, count: int) -> Tensor:
    """First element of each of ``count`` graphs and the end, of sorted graph numbers."""
    sizes = torch.bincount(graph.cpu(), minlength=count)
    return torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])


def _joined(pointers: Sequence[Tensor]) -> Tensor:
    sizes = torch.cat([pointer.diff() for pointer in pointers])
    return torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])


def _gather(values: Tensor, ptr: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
    sizes = ptr.diff()[index]
    new = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])
    shift = torch.repeat_interleave(ptr[index] - new[:-1], sizes)
    columns = torch.arange(int(new[-1])) + shift
    return values[:, columns.to(values.device)], new
