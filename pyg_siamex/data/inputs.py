"""The inputs of an encoder, from one graph or a batch, as tensors of a disjoint union."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._memory import check_memory
from pyg_siamex._numbers import shown, whole
from pyg_siamex.data.checked_graph import Naming, check_types, check_values
from pyg_siamex.data.given_union import (
    check_batch,
    check_extra,
    check_mask,
    check_rows,
    check_union,
    graph_positions,
)
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.read_inputs import edges_of, extra_inputs_of, node_features_of
from pyg_siamex.data.taken_apart import graph_of_nodes
from pyg_siamex.data.union_join import join_unions
from pyg_siamex.data.union_tensors import UnionTensors, changed, computed

ONE = "the graph"
"""What a graph is called in messages, unless they say otherwise."""

_UNASKED = 2**30
"""Bytes of copies that are made without asking for the free memory."""


def name_at(k: int, count: int, naming: Naming | None = None) -> str:
    """What a graph of a list is called in messages.

    Args:
        k: Its position.
        count: Number of graphs in the list.
        naming: Names by position. Default: the position itself.

    Raises:
        ValueError: If ``naming`` fails; its error is the cause.
    """
    if naming is not None:
        return called("naming", naming, k)
    return f"graph {k} of {count}" if count > 1 else ONE


@checked
@dataclass(frozen=True, init=False)
class GraphInputs(UnionTensors):
    """A disjoint union of ``num_graphs`` graphs as plain tensors.

    See :class:`~pyg_siamex.data.union_tensors.UnionTensors` for its attributes: ``x``,
    ``edge_index``, ``batch``, ``num_graphs``, ``extras`` and ``constants``.

    Raises:
        TypeError: If a part is of another type.
        ValueError: If the parts do not fit together, or a value is not finite.
    """

    def __init__(
        self,
        x: Tensor,
        edge_index: Tensor,
        batch: Tensor,
        num_graphs: int,
        extras: Mapping[str, Joined] | None = None,
        constants: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(
            x, edge_index, batch, num_graphs, either(extras, {}), either(constants, {})
        )
        check_union(self)

    @classmethod
    def from_data(
        cls, data: Data | Batch, extras: tuple[str, ...] = (), name: str = ONE
    ) -> "GraphInputs":
        """Read ``x``, ``edge_index``, ``batch`` and the named ``extras`` that ``data`` has.

        A graph without ``edge_index``, such as a table row, has no edges. A sparse ``adj_t`` is
        read as ``edge_index``. If its values are not all 1, they are read as ``edge_weight`` or
        ``edge_attr``.

        Raises:
            TypeError: If ``data`` is not a :class:`~torch_geometric.data.Data` or ``Batch``, or
                holds something else than tensors of real numbers.
            ValueError: If it has no node features, a graph has no nodes, an edge leaves its graph,
                a value is not finite, or an input cannot be joined over graphs.
        """
        _check_extras(extras)
        inputs = cls._read(data, extras, name)
        many = inputs.num_graphs > 1
        where = "" if name == ONE else f" in {name}"
        check_values(
            inputs,
            _recorded_edges(data) if many else None,
            lambda k: f"graph {k} of {inputs.num_graphs}{where}" if many else name,
        )
        return inputs

    @classmethod
    @checked
    def from_graphs(
        cls, graphs: Sequence[Data], extras: tuple[str, ...] = (), naming: Naming | None = None
    ) -> "GraphInputs":
        """Read a list of at least one graph as one union, joined by PyG's rules.

        Args:
            graphs: The graphs.
            extras: As for :meth:`from_data`.
            naming: What graphs are called in messages. Default: by their position.

        Raises:
            TypeError: As for :meth:`from_data`.
            ValueError: As for :meth:`from_data`, and if some graphs have an input that others lack.
        """
        if not len(graphs):
            raise ValueError("there are no graphs to read")
        names: Naming = partial(name_at, count=len(graphs), naming=naming)
        _check_single(graphs, names)
        try:
            parts = [cls._read(graph, extras, names(k)) for k, graph in enumerate(graphs)]
            _check_widths([part.x for part in parts], names)
            _check_alike(graphs, names)
            inputs = join_unions(parts)
        except (TypeError, ValueError):
            check_named(graphs, names, extras)
            raise
        counts = torch.tensor([part.edge_index.size(1) for part in parts])
        check_values(inputs, counts, names)
        return inputs

    @classmethod
    def _read(cls, data: Data | Batch, extras: tuple[str, ...], name: str = ONE) -> "GraphInputs":
        """The tensors of a graph or a batch, of the right types; values are not compared."""
        check_types(data, name)
        x = node_features_of(data)
        num_graphs = data.num_graphs if isinstance(data, Batch) else 1
        own = graph_of_nodes(data) if isinstance(data, Batch) else data.batch
        batch = _zeros(x) if own is None else own
        if num_graphs > 1 or data.batch is not None:
            check_batch(batch, x, num_graphs)
        edge_index, values = edges_of(data, extras)
        found, constants = extra_inputs_of(data, extras, num_graphs)
        found |= {name: _by_edge(value, batch, edge_index) for name, value in values.items()}
        _check_of_parts(found, edge_index, len(x), "" if name == ONE else f" ({name})")
        return computed(
            cls,
            x=x,
            edge_index=edge_index,
            batch=batch,
            num_graphs=num_graphs,
            extras=found,
            constants=constants,
        )

    def with_own_x(self) -> "GraphInputs":
        """The same union with a copy of ``x``, which an encoder may write into."""
        return changed(self, x=self.x.clone())

    def to(self, device: torch.device) -> "GraphInputs":
        """Move all tensors to ``device``."""
        moved = {n: replace(j, value=j.value.to(device)) for n, j in self.extras.items()}
        return changed(
            self,
            x=self.x.to(device),
            edge_index=self.edge_index.to(device),
            batch=self.batch.to(device),
            extras=moved,
        )

    def concat(self, other: "GraphInputs") -> "GraphInputs":
        """Append the graphs of ``other``, see :func:`~pyg_siamex.data.union_join.join_unions`.

        Raises:
            TypeError: If ``other`` is not a union.
            ValueError: If the two differ in their inputs.
        """
        try:
            return join_unions([self, other])
        except (AttributeError, TypeError) as error:
            if isinstance(other, GraphInputs):
                raise
            raise TypeError(
                f"`other` must be GraphInputs (got {shown(other)}): read graphs by "
                f"GraphInputs.from_graphs([graph])"
            ) from error

    def repeat(self, times: int) -> "GraphInputs":
        """Stack ``times`` copies of the union, copy after copy.

        Raises:
            TypeError: If ``times`` is not a whole number.
            ValueError: If it is below 1, or the copies exceed the memory.
        """
        whole("times", times)
        size = self.x.numel() * self.x.element_size() + self.edge_index.numel() * 8
        if times * size > _UNASKED:
            check_memory(times * size, f"{times:,} copies of the graphs", "repeat fewer times")
        nodes, device = len(self.x), self.x.device
        copy = torch.arange(times, device=device)
        shift = copy.repeat_interleave(self.edge_index.size(1)) * nodes
        return changed(
            self,
            x=self.x.repeat(times, *[1] * (self.x.dim() - 1)),
            edge_index=self.edge_index.repeat(1, times) + shift,
            batch=self.batch.repeat(times) + copy.repeat_interleave(nodes) * self.num_graphs,
            num_graphs=self.num_graphs * times,
            extras={name: joined.repeat(times) for name, joined in self.extras.items()},
        )

    def select_edges(self, edges: Tensor) -> "GraphInputs":
        """Keep or reorder the edges given by ``edges``, bool ``[E]`` or long ``[E']``.

        Raises:
            TypeError: If ``edges`` is not a tensor of truths or of whole numbers.
            ValueError: If a mask has another length, or the encoder reads indices into edges, which
                would become wrong.
            IndexError: If there is no such edge.
        """
        check_rows("edges", edges, self.edge_index.size(1))
        for name, joined in self.extras.items():
            if self._points_at_edges(name, joined):
                raise ValueError(
                    f"edges cannot be deleted from graphs whose '{name}' points at edges: mask "
                    f"them instead (removal='message')"
                )
        unclear = [name for name in self.node_extras if self.fits_edges(name)]
        if unclear and unclear[0] not in _OF_NODES and "node" not in unclear[0]:
            raise ValueError(
                f"'{unclear[0]}' has as many rows as the graphs have nodes and edges: rename it "
                f"'edge_{unclear[0]}' if it belongs to edges, or 'node_{unclear[0]}'"
            )
        edge_index = self.edge_index[:, edges]
        sizes = self.batch[edge_index[0]].bincount(minlength=self.num_graphs).cpu()
        moved = {n: self.extras[n].select_rows(edges, sizes) for n in self.edge_extras}
        return changed(self, edge_index=edge_index, extras={**self.extras, **moved})

    def select_nodes(self, nodes: Tensor) -> "GraphInputs":
        """Keep the nodes of the mask ``nodes``, bool ``[N]``, and the edges between them.

        Raises:
            TypeError: If ``nodes`` is not a mask.
            ValueError: If it has another length, or the encoder reads indices into nodes, which
                would become wrong.
        """
        check_mask("nodes", nodes, len(self.x))
        shifted = [name for name, joined in self.extras.items() if joined.increments is not None]
        if shifted and not bool(nodes.all()):
            raise ValueError(
                f"nodes cannot be deleted from graphs whose '{shifted[0]}' points at nodes: "
                f"mask them instead (removal='message')"
            )
        place = nodes.cumsum(0) - 1
        part = self.select_edges(nodes[self.edge_index[0]] & nodes[self.edge_index[1]])
        batch = self.batch[nodes]
        sizes = batch.bincount(minlength=self.num_graphs).cpu()
        moved = {n: self.extras[n].select_rows(nodes, sizes) for n in self.node_extras}
        return changed(
            part,
            x=self.x[nodes],
            edge_index=place[part.edge_index],
            batch=batch,
            extras={**part.extras, **moved},
        )

    def _points_at_edges(self, name: str, joined: Joined) -> bool:
        """Whether values are indices into edges; if counts are ambiguous, the name decides."""
        if joined.increments is None:
            return False
        steps = joined.increments.flatten().cpu()
        nodes = torch.equal(steps, self.node_counts)
        return torch.equal(steps, self.edge_counts) and ("edge" in name or not nodes)

    def select_graphs(self, graphs: Tensor) -> "GraphInputs":
        """Keep the graphs at the increasing positions ``graphs``, long ``[G']``.

        Raises:
            ValueError: If they are no such tensor, do not increase, or there are none.
            IndexError: If there is no such graph.
        """
        places = graph_positions(graphs, self.num_graphs)
        place = torch.full((self.num_graphs,), -1, device=self.x.device)
        place[graphs] = torch.arange(len(graphs), device=self.x.device)
        nodes, edges = place[self.batch] >= 0, place[self.edge_graph] >= 0
        chosen = torch.tensor(places)
        kept = {}
        for name, joined in self.extras.items():
            rows = {"node": nodes, "edge": edges}.get(self.kind(name))
            if rows is None:
                kept[name] = joined.select_graphs(places)
            else:
                kept[name] = joined.select_rows(rows, joined.sizes[chosen])
        return changed(
            self,
            x=self.x[nodes],
            edge_index=(nodes.cumsum(0) - 1)[self.edge_index[:, edges]],
            batch=place[self.batch[nodes]],
            num_graphs=len(graphs),
            extras=kept,
        )

    def first_node(self) -> "GraphInputs":
        """The first node of the first graph, as a graph without edges."""
        graph = self.select_graphs(torch.tensor([0], device=self.batch.device))
        first = torch.zeros(1, dtype=torch.long, device=self.batch.device)
        rows = {
            "node": (first, torch.tensor([1])),
            "edge": (first[:0], torch.tensor([0])),
        }
        extras = {}
        for name, joined in graph.extras.items():
            kind = graph.kind(name)
            if kind == "graph":  # what points at nodes points at this one
                shifted = joined.increments is not None
                value = torch.zeros_like(joined.value) if shifted else joined.value
                extras[name] = replace(joined, value=value)
            else:
                extras[name] = joined.select_rows(*rows[kind])
        return changed(
            graph,
            x=graph.x[:1],
            edge_index=graph.edge_index[:, :0],
            batch=graph.batch[:1],
            extras=extras,
        )

    def with_values(self, **values: Tensor) -> "GraphInputs":
        """Replace the values of named extra inputs, row by row; a new name has a row per edge.

        Raises:
            TypeError: If values are no tensor.
            ValueError: If they have more or fewer rows, or a name is not an extra input.
        """
        extras = dict(self.extras)
        for name, value in values.items():
            known = extras.get(name)
            check_extra(name, value, known, self.edge_index.size(1))
            extras[name] = replace(either(known, Joined(value, self.edge_counts)), value=value)
        return changed(self, extras=extras)


def _check_extras(extras: tuple[str, ...]) -> None:
    """Raise ``TypeError`` for what is no list of names: a text would be read letter by letter."""
    known = type(extras) in (tuple, list) and all(isinstance(one, str) for one in extras)
    if not known:
        raise TypeError(f"`extras` must be a tuple of names (got {shown(extras)})")


def check_named(graphs: Sequence[Data], names: Naming, extras: tuple[str, ...]) -> None:
    """Raise for the first graph of wrong types, or with other features than the first.

    Args:
        graphs: The graphs.
        names: Their names in messages, by position.
        extras: Attributes that are read besides ``x`` and the edges.

    Raises:
        TypeError: If a graph holds something of a wrong type, or an attribute that others lack.
        ValueError: If features or attributes have other widths or types than those of the first.
    """
    for k, graph in enumerate(graphs):
        check_types(graph, names(k))
        x, first = graph.x, graphs[0].x
        if x.shape[1:] != first.shape[1:] or x.dtype != first.dtype:
            raise ValueError(
                f"{names(k)} has features {list(x.shape[1:])} of {x.dtype}, and {names(0)} has "
                f"{list(first.shape[1:])} of {first.dtype}: make them alike"
            )
        for key in extras:
            own, wanted = graph.get(key), graphs[0].get(key)
            if _kind(own) != _kind(wanted):
                raise TypeError(
                    f"{names(k)} has {key} {_shape(own)}, and {names(0)} has {_shape(wanted)}: "
                    f"make them alike"
                )
            rows = key in _ROWS_OF_EDGES and isinstance(own, Tensor) and isinstance(wanted, Tensor)
            if rows and own.shape[1:] != wanted.shape[1:]:
                raise ValueError(
                    f"{names(k)} has {key} {list(own.shape)}, and {names(0)} has "
                    f"{list(wanted.shape)}: make them alike"
                )


def _kind(value: Any) -> str:
    """Whether an input is there, and can be joined over graphs as rows."""
    if value is None:
        return "none"
    return "rows" if isinstance(value, Tensor | int | float) else "other"


def _shape(value: Any) -> str:
    return str(list(value.shape)) if isinstance(value, Tensor) else shown(value)


def _check_single(graphs: Sequence[Data], names: Naming) -> None:
    """Raise ``TypeError`` for a batch among graphs, whose graphs would have no places."""
    for k, graph in enumerate(graphs):
        if isinstance(graph, Batch):
            raise TypeError(
                f"{names(k)} is a Batch of {getattr(graph, 'num_graphs', 0)} graphs: list its "
                f"graphs, batch.to_data_list()"
            )


def _check_alike(graphs: Sequence[Data], names: Naming) -> None:
    """Raise ``ValueError`` if some graphs have edges, and others say nothing of theirs."""
    lacks = [graph.edge_index is None and graph.get("adj_t") is None for graph in graphs]
    if not any(lacks) or all(lacks):
        return
    for k, graph in enumerate(graphs):
        if lacks[k] and len(graph.x) > 1:
            raise ValueError(
                f"{names(k)} has no edge_index, and {names(lacks.index(False))} has: set it, "
                f"without edges torch.empty(2, 0, dtype=torch.long)"
            )


def _check_of_parts(found: dict[str, Joined], edge_index: Tensor, nodes: int, of: str) -> None:
    """Raise ``ValueError`` for values of edges or nodes that are more or fewer than these."""
    for name in _ROWS_OF_EDGES:
        if name in found and len(found[name].value) != edge_index.size(1):
            raise ValueError(
                f"{name} has {len(found[name].value)} rows, and there are "
                f"{edge_index.size(1)} edges{of}"
            )
    for name in _ROWS_OF_NODES:
        if name in found and found[name].dim == 0 and len(found[name].value) != nodes:
            raise ValueError(
                f"{name} has {len(found[name].value)} rows, and there are {nodes} nodes{of}"
            )
    weight = found.get("edge_weight")
    if weight is not None and weight.value.dim() > 1 and weight.value.size(1) != 1:
        raise ValueError(
            f"edge_weight must be a number for each edge (got {list(weight.value.shape)}): use "
            f"edge_attr for several"
        )


def _check_widths(features: Sequence[Tensor], names: Naming) -> None:
    """Raise ``ValueError`` if graphs have other numbers of features than the first."""
    shapes = [list(x.shape[1:]) for x in features]
    other = next((k for k, shape in enumerate(shapes) if shape != shapes[0]), None)
    if other is not None:
        raise ValueError(
            f"{names(other)} has features {['N', *shapes[other]]}, and {names(0)} has "
            f"{['N', *shapes[0]]}"
        )


def _recorded_edges(data: Data | Batch) -> Tensor | None:
    """Edges of each graph as a batch records them, or ``None``."""
    slices = getattr(data, "_slice_dict", {}).get("edge_index")
    return None if slices is None else torch.as_tensor(slices).diff()


_ROWS_OF_EDGES = ("edge_attr", "edge_weight", "edge_type")

_ROWS_OF_NODES = ("pos", "normal")

_OF_NODES = ("pos", "z", "normal", "train_mask", "val_mask", "test_mask")


def _zeros(x: Tensor) -> Tensor:
    return x.new_zeros(len(x), dtype=torch.long)


def _by_edge(value: Tensor, batch: Tensor, edge_index: Tensor) -> Joined:
    graphs = int(batch.max()) + 1
    return Joined(value, batch[edge_index[0]].bincount(minlength=graphs).cpu())
