"""The inputs of an encoder, from one graph or a batch, as tensors of a disjoint union."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex.data.checked_graph import Naming, check_types, check_values
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.read_inputs import edges_of, extra_inputs_of, node_features_of
from pyg_siamex.data.taken_apart import graph_of_nodes
from pyg_siamex.data.union_join import join_unions
from pyg_siamex.data.union_tensors import UnionTensors

ONE = "the graph"
"""What a graph is called in messages, unless they say otherwise."""


@dataclass(frozen=True)
class GraphInputs(UnionTensors):
    """A disjoint union of ``num_graphs`` graphs as plain tensors.

    See :class:`~pyg_siamex.data.union_tensors.UnionTensors` for its attributes: ``x``,
    ``edge_index``, ``batch``, ``num_graphs``, ``extras`` and ``constants``.
    """

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
        names = naming or (lambda k: f"graph {k} of {len(graphs)}" if len(graphs) > 1 else ONE)
        _check_single(graphs, names)
        try:
            parts = [cls._read(graph, extras) for graph in graphs]
            _check_widths([part.x for part in parts], names)
            inputs = join_unions(parts)
        except (TypeError, ValueError):
            _check_named(graphs, names)
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
            _check_batch(batch, x, num_graphs)
        edge_index, values = edges_of(data, extras)
        found, constants = extra_inputs_of(data, extras, num_graphs)
        found |= {name: _by_edge(value, batch, edge_index) for name, value in values.items()}
        _check_of_edges(found, edge_index)
        return cls(x, edge_index, batch, num_graphs, found, constants)

    def with_own_x(self) -> "GraphInputs":
        """The same union with a copy of ``x``, which an encoder may write into."""
        return replace(self, x=self.x.clone())

    def to(self, device: torch.device) -> "GraphInputs":
        """Move all tensors to ``device``."""
        moved = {n: replace(j, value=j.value.to(device)) for n, j in self.extras.items()}
        return replace(
            self,
            x=self.x.to(device),
            edge_index=self.edge_index.to(device),
            batch=self.batch.to(device),
            extras=moved,
        )

    def concat(self, other: "GraphInputs") -> "GraphInputs":
        """Append the graphs of ``other``, see :func:`~pyg_siamex.data.union_join.join_unions`."""
        return join_unions([self, other])

    def repeat(self, times: int) -> "GraphInputs":
        """Stack ``times`` copies of the union, copy after copy."""
        nodes, device = len(self.x), self.x.device
        copy = torch.arange(times, device=device)
        shift = copy.repeat_interleave(self.edge_index.size(1)) * nodes
        return replace(
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
            ValueError: If the encoder reads indices into edges, which would become wrong.
        """
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
        return replace(self, edge_index=edge_index, extras={**self.extras, **moved})

    def select_nodes(self, nodes: Tensor) -> "GraphInputs":
        """Keep the nodes of the mask ``nodes``, bool ``[N]``, and the edges between them.

        Raises:
            ValueError: If the encoder reads indices into nodes, which would become wrong.
        """
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
        return replace(
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
        """Keep the graphs at the increasing positions ``graphs``, long ``[G']``."""
        if not isinstance(graphs, Tensor) or graphs.dim() != 1 or graphs.dtype != torch.long:
            raise ValueError(f"graphs must be positions, [G'] of torch.long (got {shown(graphs)})")
        place = torch.full((self.num_graphs,), -1, device=self.x.device)
        place[graphs] = torch.arange(len(graphs), device=self.x.device)
        nodes, edges = place[self.batch] >= 0, place[self.edge_graph] >= 0
        chosen = graphs.cpu()
        kept = {}
        for name, joined in self.extras.items():
            rows = {"node": nodes, "edge": edges}.get(self.kind(name))
            if rows is None:
                kept[name] = joined.select_graphs(chosen.tolist())
            else:
                kept[name] = joined.select_rows(rows, joined.sizes[chosen])
        return replace(
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
        return replace(
            graph,
            x=graph.x[:1],
            edge_index=graph.edge_index[:, :0],
            batch=graph.batch[:1],
            extras=extras,
        )

    def with_values(self, **values: Tensor) -> "GraphInputs":
        """Replace the values of named extra inputs, row by row; a new name has a row per edge."""
        extras = dict(self.extras)
        for name, value in values.items():
            known = extras[name] if name in extras else Joined(value, self.edge_counts)
            extras[name] = replace(known, value=value)
        return replace(self, extras=extras)


def _check_extras(extras: tuple[str, ...]) -> None:
    """Raise ``TypeError`` for what is no list of names: a text would be read letter by letter."""
    known = type(extras) in (tuple, list) and all(isinstance(one, str) for one in extras)
    if not known:
        raise TypeError(f"`extras` must be a tuple of names (got {shown(extras)})")


def _check_named(graphs: Sequence[Data], names: Naming) -> None:
    """Raise for the first graph of wrong types, or with other features than the first."""
    for k, graph in enumerate(graphs):
        check_types(graph, names(k))
        x, first = graph.x, graphs[0].x
        if x.shape[1:] != first.shape[1:] or x.dtype != first.dtype:
            raise ValueError(
                f"{names(k)} has features {list(x.shape[1:])} of {x.dtype}, and {names(0)} has "
                f"{list(first.shape[1:])} of {first.dtype}: make them alike"
            )


def _check_single(graphs: Sequence[Data], names: Naming) -> None:
    """Raise ``TypeError`` for a batch among graphs, whose graphs would have no places."""
    for k, graph in enumerate(graphs):
        if isinstance(graph, Batch):
            raise TypeError(
                f"{names(k)} is a Batch of {getattr(graph, 'num_graphs', 0)} graphs: list its "
                f"graphs, batch.to_data_list()"
            )


def _check_of_edges(found: dict[str, Joined], edge_index: Tensor) -> None:
    """Raise ``ValueError`` for values of edges that are more or fewer than the edges."""
    for name in ("edge_weight", "edge_attr"):
        if name in found and len(found[name].value) != edge_index.size(1):
            raise ValueError(
                f"{name} has {len(found[name].value)} rows, and there are "
                f"{edge_index.size(1)} edges"
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


def _check_batch(batch: Any, x: Tensor, num_graphs: int) -> None:
    """Raise ``ValueError`` if the numbers of the nodes' graphs do not fit."""
    if not isinstance(batch, Tensor) or batch.dtype != torch.long or batch.dim() != 1:
        raise ValueError("data.batch must be the graph of each node, [num_nodes] of torch.long")
    if len(batch) != len(x):
        raise ValueError(f"data.batch has {len(batch)} entries, and there are {len(x)} nodes")
    if bool((batch.diff() < 0).any()) or int(batch[0]) < 0:
        raise ValueError("data.batch must be sorted: the nodes of a graph stand together")
    if int(batch[-1]) >= len(batch):
        raise ValueError(
            f"data.batch names graph {int(batch[-1])}, and there are {len(batch)} nodes: graphs "
            f"are numbered from 0, and none is empty"
        )
    if int(batch[-1]) >= num_graphs:
        raise ValueError(
            f"data.batch has nodes of {int(batch[-1]) + 1} graphs, and a Data is one graph: give a "
            f"Batch, such as Batch.from_data_list(graphs), or leave data.batch out"
        )
    sizes = batch.bincount(minlength=num_graphs)
    if not int(sizes.amin()):
        empty = int((sizes == 0).nonzero()[0])
        raise ValueError(f"graph {empty} of {num_graphs} has no nodes: leave it out")


_OF_NODES = ("pos", "z", "normal", "train_mask", "val_mask", "test_mask")


def _zeros(x: Tensor) -> Tensor:
    return x.new_zeros(len(x), dtype=torch.long)


def _by_edge(value: Tensor, batch: Tensor, edge_index: Tensor) -> Joined:
    graphs = int(batch.max()) + 1
    return Joined(value, batch[edge_index[0]].bincount(minlength=graphs).cpu())
