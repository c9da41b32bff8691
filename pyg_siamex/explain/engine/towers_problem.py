"""Pairs of graphs of two kinds as a problem of one encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from torch import Tensor
from torch.nn.functional import pad
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.joint_union import Layout, aligned
from pyg_siamex.explain.engine.contract.known import contract_of, forget_if_changed
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.problem import Attribution, Masks, OneSide, PairProblem, Side
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.two_towers import TowersEncoder, TwoTowerGNN


@dataclass(frozen=True)
class TowersProblem(PairProblem):
    """B pairs whose graphs have been given the same columns.

    Attributes:
        layout: Layout of the graphs.
    """

    layout: Layout = field(default_factory=lambda: Layout({}, ({}, {})))

    def sides(self, attribution: Attribution) -> Attribution:
        """Masks with the columns that the graphs of each side have."""
        query, reference = (
            self._cut(masks, number)
            for number, masks in enumerate((attribution.query, attribution.reference))
        )
        return replace(attribution, query=query, reference=reference)

    def united(self, values: Mapping[OneSide, Tensor]) -> Tensor:
        """Values of both sides, with the columns that the union has."""
        return super().united({side: self._widened(value) for side, value in values.items()})

    def _widened(self, value: Tensor) -> Tensor:
        if value.dim() < 2 or self.kinds.node_mask_type is MaskType.object:
            return value
        return pad(value, (0, self.query.x.size(1) - value.size(1)))

    def _cut(self, masks: Masks, number: int) -> Masks:
        node = masks.node
        if node is None or node.size(1) == 1:
            return masks
        return replace(masks, node=self.layout.cut("x", node, number))


def towers_problem(
    model: TwoTowerGNN,
    queries: Sequence[Data],
    references: Sequence[Data],
    kinds: MaskKinds,
    side: Side,
) -> TowersProblem:
    """The problem of pairs of graphs of two kinds.

    Args:
        model: The two towers.
        queries: B graphs.
        references: B graphs.
        kinds: Kinds of masks.
        side: Which graphs are masked.

    Raises:
        ValueError: If a tower does not allow the masks.
    """
    if kinds.mask_mode == "weight":
        raise ValueError("two towers are masked by messages: mask_mode='message'")
    inputs = [
        tower.inputs_of(graphs)
        for tower, graphs in zip(model.towers, (queries, references), strict=True)
    ]
    apart = False
    for tower, own, name in zip(model.towers, inputs, ("query", "reference"), strict=True):
        forget_if_changed(tower)
        apart |= contract_of(tower, own).apart
        if side in ("both", name):
            edges, nodes = kinds.edge_mask_type is not None, kinds.node_mask_type is not None
            with encoder_of(tower, own, edges=edges, nodes=nodes):
                pass  # refuses what the tower does not allow
    first, second, layout = aligned(*inputs)
    _check_kept(inputs, layout)
    united = model.on_unions(layout)
    assert isinstance(united.encoder, TowersEncoder)
    united.encoder.one_by_one = apart
    forget_if_changed(united)
    device = device_of(model)
    return TowersProblem(
        united,
        first.to(device),
        second.to(device),
        kinds,
        side,
        query_data=queries,
        reference_data=references,
        layout=layout,
    )


def _check_kept(inputs: Sequence[GraphInputs], layout: Layout) -> None:
    """Refuse inputs that unions with graphs of both sides cannot have."""
    read = {name for one in inputs for name in (*one.extras, *one.constants)}
    lost = sorted(read - {*layout.kinds})
    if lost:
        raise ValueError(
            f"two towers are explained with tensors that have a row per node, edge or graph, and "
            f"an encoder reads '{lost[0]}', which is none of them"
        )
