"""Pairs as joint graphs, for models without embeddings of single graphs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joint_union import SIDE, Layout, joint_union
from pyg_siamex.explain.engine.contract.find import close
from pyg_siamex.explain.engine.contract.known import forget_if_changed
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.explain.engine.problem import Attribution, Masks, OneSide, PairProblem, Side
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.pair_model import PairModel, names_of_graphs, with_whole_features


@dataclass(frozen=True)
class JointProblem(PairProblem):
    """B pairs, each one graph with the nodes and edges of both; the embedding is the score.

    Attributes:
        layout: Layout of the joint graphs.
        masked: Sides that get masks.
    """

    layout: Layout = field(default_factory=lambda: Layout({}, ({}, {})))
    masked: Side = "both"

    def sides(self, attribution: Attribution) -> Attribution:
        """Masks of both graphs from masks of the joint graphs."""
        node_side, edge_side = self.element_sides(edges=False), self.element_sides(edges=True)
        masks = [
            self._side(attribution.query, number, node_side == number, edge_side == number)
            for number in (0, 1)
        ]
        terms = [
            {name.removesuffix("_query"): value for name, value in term.items()}
            for term in attribution.terms
        ]
        return replace(attribution, query=masks[0], reference=masks[1], terms=terms)

    def united(self, values: Mapping[OneSide, Tensor]) -> Tensor:
        """Values of both sides in the order of the joint graphs, 0 for a side without values."""
        edges = next(iter(values.values())).dim() == 1
        side = self.element_sides(edges=edges)
        width = [] if edges else [max(self._width(value) for value in values.values())]
        out = self.query.x.new_zeros(len(side), *width, dtype=next(iter(values.values())).dtype)
        for name, value in values.items():
            wide = value if edges else pad(value, (0, width[0] - value.size(1)))
            out[side == ("query", "reference").index(name)] = wide.to(out.device)
        return out

    def graph_of(self, space: MaskSpace) -> Tensor:
        """Number of the graph of each element, ``[M]``: query b is b, reference b is B + b."""
        side = self.element_sides(edges=space.name == "edge") == 1
        gates = side.view(-1, *[1] * (space.index.dim() - 1)).expand_as(space.index)
        return space.graph + self.num_pairs * space.any(gates)

    def element_sides(self, *, edges: bool) -> Tensor:
        """Side of each edge or node of the joint graphs: 0 for the query, 1 for the reference."""
        nodes = self.query.extras[SIDE].value
        return nodes[self.query.edge_index[0]] if edges else nodes

    def _width(self, value: Tensor) -> int:
        whole = self.kinds.node_mask_type is MaskType.object
        return value.size(1) if whole else self.query.x.size(1)

    def _side(self, masks: Masks, number: int, nodes: Tensor, edges: Tensor) -> Masks:
        if self.masked not in ("both", ("query", "reference")[number]):
            return Masks()
        node = masks.node
        if node is not None:
            node = node[nodes]
            node = node if node.size(1) == 1 else self.layout.cut("x", node, number)
        return Masks(node, None if masks.edge is None else masks.edge[edges])


def joint_problem(
    model: PairModel,
    queries: Sequence[Data],
    references: Sequence[Data],
    kinds: MaskKinds,
    side: Side,
) -> JointProblem:
    """Join pairs to one graph each.

    Args:
        model: The model of pairs.
        queries: B graphs.
        references: B graphs.
        kinds: Kinds of masks.
        side: Which graphs are masked.

    Raises:
        ValueError: If the masks are not possible for joint graphs, or the model gives a pair
            another score when it is joined.
    """
    if kinds.mask_mode == "weight":
        raise ValueError("an adapted model of pairs is masked by messages: mask_mode='message'")
    if kinds.node_mask_type is MaskType.common_attributes:
        raise ValueError(
            "an adapted model of pairs has no mask by common attributes, which belong to one "
            "graph: use node_mask_type='attributes' and sum over nodes"
        )
    inputs = [
        GraphInputs.from_graphs(graphs, names_of_graphs(graphs)) for graphs in (queries, references)
    ]
    union, layout = joint_union(*inputs)
    union = union.to(device_of(model))
    other = {"both": None, "query": "reference", "reference": "query"}[side]
    joint = model.joint(layout, other)  # type: ignore[arg-type]
    if other is not None:
        union = with_whole_features(union)
    forget_if_changed(joint)
    _check_score(model, joint, union, queries[0], references[0])
    return JointProblem(joint, union, union, kinds, "query", layout=layout, masked=side)


@torch.no_grad()
def _check_score(
    model: PairModel, joint: torch.nn.Module, union: GraphInputs, query: Data, reference: Data
) -> None:
    """Refuse a model that reads more of the graphs than joint graphs have."""
    device = device_of(model)
    own = model(query.clone().to(device), reference.clone().to(device)).view(1, 1)
    first = union.select_graphs(torch.tensor([0], device=union.x.device))
    if not close(joint.encode(first), own):  # type: ignore[operator]
        raise ValueError(
            f"{type(model.encoder).__name__} gives a pair the score {float(own):.6g}, and "
            f"{float(joint.encode(first)):.6g} from node features, edges and tensors "  # type: ignore[operator]
            f"with a row per node, edge or graph: it reads something else of the graphs"
        )
