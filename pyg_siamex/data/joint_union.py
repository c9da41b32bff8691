"""Pairs of graphs as single graphs, each with the nodes and edges of both, for joint functions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import pad

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.union_tensors import Kind

SIDE = "node_side"
"""Extra input with the side of each node: 0 for the query, 1 for the reference."""


@dataclass(frozen=True)
class Layout:
    """What each side of a joint graph has.

    Attributes:
        kinds: What each extra input has rows for.
        columns: For each side, the trailing size of ``x`` and of the extra inputs that it has.
    """

    kinds: Mapping[str, Kind]
    columns: tuple[Mapping[str, tuple[int, ...]], Mapping[str, tuple[int, ...]]]

    @property
    def key(self) -> str:
        """The layout as text, the same for the same layout."""
        return repr((sorted(self.kinds.items()), [sorted(c.items()) for c in self.columns]))

    def cut(self, name: str, value: Tensor, side: int) -> Tensor:
        """The columns that the graphs of a side have of ``x`` or of an extra input."""
        size = self.columns[side][name]
        return value[:, : size[0]] if len(size) == 1 else value


def joint_union(query: GraphInputs, reference: GraphInputs) -> tuple[GraphInputs, Layout]:
    """B pairs as a union of B graphs: the nodes of the query, then those of the reference.

    The two graphs of a pair may differ in their features: missing columns are filled with 0, and
    :meth:`Layout.cut` takes them away. Kept are extra inputs with a row per node, per edge or per
    graph whose values are not shifted.

    Args:
        query: B graphs.
        reference: B graphs.

    Raises:
        ValueError: If the graphs have different types of node features.
    """
    sides = (query, reference)
    if (query.x.dtype, query.x.dim()) != (reference.x.dtype, reference.x.dim()):
        raise ValueError(
            f"query and reference differ in the type of x: {query.x.dtype} {list(query.x.shape)} "
            f"against {reference.x.dtype} {list(reference.x.shape)}"
        )
    kinds = _kinds(sides)
    layout = Layout(kinds, (_columns(query, kinds), _columns(reference, kinds)))
    pairs = query.num_graphs
    batch = torch.cat([query.batch, reference.batch])
    ends = torch.cat([query.edge_index, reference.edge_index + len(query.x)], dim=1)
    nodes = batch.argsort(stable=True)
    place = torch.empty_like(nodes).index_copy(
        0, nodes, torch.arange(len(nodes), device=ends.device)
    )
    edges = batch[ends[0]].argsort(stable=True)
    graphs = torch.arange(2 * pairs, device=ends.device).view(2, pairs).T.flatten()
    order: dict[Kind, Tensor] = {"node": nodes, "edge": edges, "graph": graphs}
    counts: dict[Kind, Tensor] = {
        "node": query.node_counts + reference.node_counts,
        "edge": query.edge_counts + reference.edge_counts,
        "graph": torch.full((pairs,), 2),
    }
    side = torch.cat([torch.full_like(one.batch, k) for k, one in enumerate(sides)])
    extras = {SIDE: Joined(side[nodes], counts["node"])}
    for name, kind in kinds.items():
        value = _stacked([_value(one, name, kind, sides) for one in sides])
        extras[name] = Joined(value[order[kind]], counts[kind])
    union = replace(
        query,
        x=_stacked([query.x, reference.x])[nodes],
        edge_index=place[ends[:, edges]],
        batch=batch[nodes],
        num_graphs=pairs,
        extras=extras,
        constants={},
    )
    return union, layout


def _kinds(sides: tuple[GraphInputs, GraphInputs]) -> dict[str, Kind]:
    """Kinds of the extra inputs that can be joined."""
    out: dict[str, Kind] = {}
    for name in sorted({*sides[0].extras, *sides[1].extras}):
        have = [one for one in sides if name in one.extras]
        kinds = {one.kind(name) for one in have}
        values = [one.extras[name].value for one in have]
        plain = all(one.extras[name].plain for one in have) and len(kinds) == 1
        alike = len({v.dtype for v in values}) == 1 and len({v.dim() for v in values}) == 1
        flat = len({v.shape[1:] for v in values}) == 1 or values[0].dim() == 2
        rows = kinds != {"graph"} or all(bool((one.extras[name].sizes == 1).all()) for one in have)
        if plain and alike and flat and rows:
            out[name] = kinds.pop()
    return out


def _columns(inputs: GraphInputs, kinds: Mapping[str, Kind]) -> dict[str, tuple[int, ...]]:
    own = {name: inputs.extras[name].value for name in kinds if name in inputs.extras}
    return {name: tuple(value.shape[1:]) for name, value in {"x": inputs.x, **own}.items()}


def _value(
    inputs: GraphInputs, name: str, kind: Kind, sides: tuple[GraphInputs, GraphInputs]
) -> Tensor:
    """An extra input of one side; zeros if only the other side has it."""
    if name in inputs.extras:
        return inputs.extras[name].value
    like = next(one.extras[name].value for one in sides if name in one.extras)
    rows = {"node": len(inputs.x), "edge": inputs.edge_index.size(1), "graph": inputs.num_graphs}
    return like.new_zeros(rows[kind], *like.shape[1:])


def _stacked(values: list[Tensor]) -> Tensor:
    """Join along the first dimension; matrices are filled up with columns of 0."""
    if values[0].dim() == 2:
        width = max(value.size(1) for value in values)
        values = [pad(value, (0, width - value.size(1))) for value in values]
    return torch.cat(values)
