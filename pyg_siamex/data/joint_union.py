"""Graphs of two sides with the same columns, and pairs of them as single graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.union_tensors import Kind, changed

SIDE = "node_side"
"""Extra input with the side of each node: 0 for the query, 1 for the reference."""

GRAPH_SIDE = "graph_side"
"""Extra input with the side of each graph, which one without nodes has too."""


@dataclass(frozen=True)
class Layout:
    """What the graphs of each side have.

    Attributes:
        kinds: What each extra input has rows for.
        columns: For each side, the trailing size of ``x`` and of the extra inputs that it has.
    """

    kinds: Mapping[str, Kind]
    columns: tuple[Mapping[str, tuple[int, ...]], ...]

    @property
    def key(self) -> str:
        """The layout as text, the same for the same layout."""
        return repr((sorted(self.kinds.items()), [sorted(c.items()) for c in self.columns]))

    def cut(self, name: str, value: Tensor, side: int) -> Tensor:
        """The columns that the graphs of a side have of ``x`` or of an extra input."""
        size = self.columns[side][name]
        return value[:, : size[0]] if len(size) == 1 else value


def aligned(query: GraphInputs, reference: GraphInputs) -> tuple[GraphInputs, GraphInputs, Layout]:
    """Graphs of two sides with the same inputs and columns, and the side of each node.

    Missing columns and inputs are filled with 0, and :meth:`Layout.cut` takes them away. Kept are
    extra inputs with a row per node, per edge or per graph whose values are not shifted.

    Args:
        query: The queries.
        reference: The references.

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
    layout = Layout(kinds, tuple(_columns(one, kinds) for one in sides))
    features = _same_width([one.x for one in sides])
    extras: list[dict[str, Joined]] = [
        {
            SIDE: Joined(torch.full_like(one.batch, number), one.node_counts),
            GRAPH_SIDE: Joined(
                one.batch.new_full((one.num_graphs,), number), _counts(one, "graph")
            ),
        }
        for number, one in enumerate(sides)
    ]
    for name, kind in kinds.items():
        values = _same_width([_value(one, name, kind, sides) for one in sides])
        for one, own, value in zip(sides, extras, values, strict=True):
            own[name] = Joined(value, _counts(one, kind))
    first, second = (
        changed(one, x=x, extras=own, constants={})
        for one, x, own in zip(sides, features, extras, strict=True)
    )
    return first, second, layout


def joint_union(query: GraphInputs, reference: GraphInputs) -> tuple[GraphInputs, Layout]:
    """B pairs as a union of B graphs: the nodes of the query, then those of the reference.

    Args:
        query: B graphs.
        reference: B graphs, which may have other features, see :func:`aligned`.

    Raises:
        ValueError: As :func:`aligned`.
    """
    pairs = query.num_graphs
    *sides, layout = aligned(query, reference)
    whole: GraphInputs = sides[0].concat(sides[1])
    batch = whole.batch % pairs
    order: dict[Kind, Tensor] = {
        "node": batch.argsort(stable=True),
        "edge": batch[whole.edge_index[0]].argsort(stable=True),
        "graph": torch.arange(2 * pairs, device=batch.device).view(2, pairs).T.flatten(),
    }
    extras = {}
    for name, kind in {SIDE: "node", **layout.kinds}.items():
        sizes = sum(_counts(one, kind) for one in sides)
        extras[name] = Joined(whole.extras[name].value[order[kind]], sizes)  # type: ignore[arg-type]
    union = changed(
        whole,
        x=whole.x[order["node"]],
        edge_index=order["node"].argsort()[whole.edge_index[:, order["edge"]]],
        batch=batch[order["node"]],
        num_graphs=pairs,
        extras=extras,
    )
    return union, layout


def _kinds(sides: Sequence[GraphInputs]) -> dict[str, Kind]:
    """Kinds of the extra inputs that both sides can have."""
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


def _counts(inputs: GraphInputs, kind: Kind) -> Tensor:
    """Rows of each graph."""
    if kind == "graph":
        return torch.ones(inputs.num_graphs, dtype=torch.long)
    return inputs.node_counts if kind == "node" else inputs.edge_counts


def _value(inputs: GraphInputs, name: str, kind: Kind, sides: Sequence[GraphInputs]) -> Tensor:
    """An extra input of one side; zeros if only the other side has it."""
    if name in inputs.extras:
        return inputs.extras[name].value
    like = next(one.extras[name].value for one in sides if name in one.extras)
    return like.new_zeros(int(_counts(inputs, kind).sum()), *like.shape[1:])


def _same_width(values: list[Tensor]) -> list[Tensor]:
    """Fill up matrices with columns of 0."""
    if values[0].dim() != 2:
        return values
    width = max(value.size(1) for value in values)
    return [pad(value, (0, width - value.size(1))) for value in values]
