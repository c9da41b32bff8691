"""Group occlusion: contribution of each functional group, ring system or network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain.config import MaskType

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.affordable import announce, check_steps
from pyg_siamex.explain.engine.leave_outs import COPY_BUDGET
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.one_sided import against_whole
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.explain.node_labels import node_labels

_Mode = Literal["leave-out", "keep"]
_Partition = Callable[[Data], Sequence[Any] | Tensor]

BY_CHEMISTRY = ("functional_groups", "ring_systems", "murcko_scaffold")
"""Partitions of molecules by name; they are imported on first use."""


@checked
class GroupOcclusion(PairAlgorithm):
    r"""Perturb groups of nodes, like segments in SINEX (Fedele et al., Mach. Learn. 2024).

    .. math:: a_g = s - s_{\setminus g} \quad\text{("leave-out")}, \qquad
              a_g = s_{g} - s_\emptyset \quad\text{("keep")}

    with :math:`s_{\setminus g}` the similarity without group g of one graph and :math:`s_g` with
    only g; the other graph stays whole. The features of a left-out group are set to 0. With an
    ``edge_mask_type`` the messages from and to its nodes are removed as well. Values are signed.
    Each node gets the value of its group, each edge the mean of its ends. ``info`` holds
    ``groups_query`` and ``groups_reference``, the value of each group by name.

    Args:
        partition: Groups of a graph's nodes: ``"functional_groups"``, ``"ring_systems"`` or
            ``"murcko_scaffold"`` of a molecule, the name of an attribute with one label per node,
            or a function from ``Data`` to one label per node.
        mode: ``"leave-out"`` or ``"keep"``.

    Raises:
        TypeError: When explaining, if several labels stand for a node.
        ValueError: If the mode is unknown; when explaining, if a mask by feature is requested, a
            graph lacks the attribute, or labels do not fit its nodes or are missing.

    Example:
        >>> algorithm = GroupOcclusion("functional_groups")
        >>> explainer = PairExplainer(model, algorithm, node_mask_type="object")
        >>> sorted(explainer(query, reference).info["groups_query"])
        ['alcohol', 'carbon']
    """

    signed = True
    reads_graphs = True

    def __init__(self, partition: str | _Partition, mode: _Mode = "leave-out") -> None:
        super().__init__()
        if mode not in get_args(_Mode):
            raise ValueError(f"mode must be one of {get_args(_Mode)} (got '{mode}')")
        self.partition = partition
        self.mode = mode

    def check(self, problem: PairProblem) -> None:
        """Refuse masks by feature, and graphs that cannot be partitioned."""
        if problem.kinds.node_mask_type is not MaskType.object:
            raise ValueError("GroupOcclusion scores groups of nodes: use node_mask_type='object'")
        self._groups(problem)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs, groups = MaskedPairs(problem), self._groups(problem)
        worth = self._worth(pairs, groups)  # [G, groups]
        node = worth[pairs.union.batch, groups.of_node]
        values = {"node": node}
        if "edge" in pairs.spaces:
            values["edge"] = _at_ends(pairs, node).mean(0)
        info: list[dict[str, Any]] = [{} for _ in range(pairs.num_pairs)]
        sides = problem.masked_sides
        for graph, names in enumerate(groups.names):
            found = dict(zip(names, worth[graph].tolist(), strict=False))
            info[graph % pairs.num_pairs][f"groups_{sides[graph // pairs.num_pairs]}"] = found
        return Attribution(*pairs.split(values), info=info)

    @torch.no_grad()
    def _worth(self, pairs: MaskedPairs, groups: "Groups") -> Tensor:
        """Contribution of each group of each graph, ``[G, most groups of a graph]``."""
        union, most = pairs.union, max(len(names) for names in groups.names)
        size = len(union.x) + union.edge_index.size(1)
        check_steps(float(most * size), most, size)
        with pairs.encoding() as encode:
            whole = encode(pairs.ones())
            announce(most, lambda: encode(pairs.ones()))
            nothing = {name: torch.zeros_like(mask) for name, mask in pairs.ones().items()}
            empty = against_whole(pairs, encode(nothing), whole)
            full = against_whole(pairs, whole, whole)
        parts = []
        copies = max(1, COPY_BUDGET // size)
        for chosen in torch.arange(most, device=union.x.device).split(copies):
            inside = groups.of_node == chosen.view(-1, 1)  # [copies, N]
            keep = (inside if self.mode == "keep" else ~inside).to(full.dtype)
            masks = {"node": keep.flatten().to(whole.dtype)}
            if "edge" in pairs.spaces:
                ends = [_at_ends(pairs, row).prod(0) for row in keep]
                masks["edge"] = torch.cat(ends).to(whole.dtype)
            with pairs.encoding(len(chosen)) as encode:
                s = against_whole(pairs, encode(masks), whole)  # [copies, G]
            parts.append(s - empty if self.mode == "keep" else full - s)
        return torch.cat(parts).T.to(whole.dtype)

    def _groups(self, problem: PairProblem) -> "Groups":
        graphs: list[tuple[str, Data]] = []
        for side, data in (("query", problem.query_data), ("reference", problem.reference_data)):
            if problem.side in ("both", side):
                if not data:
                    raise ValueError(
                        "GroupOcclusion reads groups from the graphs: use it in PairExplainer"
                    )
                graphs += [(f"{side} {k}", graph) for k, graph in enumerate(data)]
        names, numbers = [], []
        for name, graph in graphs:
            labels = self._labels(graph, name)
            unique = list(dict.fromkeys(labels))
            names.append(unique)
            place = {label: number for number, label in enumerate(unique)}
            numbers += [place[label] for label in labels]
        return Groups(names, torch.tensor(numbers, device=problem.query.x.device))

    def _labels(self, graph: Data, name: str) -> list[str]:
        """One label per node."""
        if callable(self.partition):
            values = called("partition", self.partition, graph)
        elif self.partition in BY_CHEMISTRY:
            from pyg_siamex.chemistry import PARTITIONS

            values = PARTITIONS[self.partition](graph)
        else:
            values = graph.get(self.partition)
            if values is None:
                raise ValueError(
                    f"{name} has no data.{self.partition}: partition must be one of "
                    f"{', '.join(map(repr, BY_CHEMISTRY))}, an attribute of the graphs or a "
                    f"function"
                )
        labels = node_labels(values, f"partition of {name}")
        if len(labels) != graph.num_nodes:
            raise ValueError(f"{name} has {len(labels)} group labels for {graph.num_nodes} nodes")
        return labels


@dataclass(frozen=True)
class Groups:
    """Groups of the nodes of a union.

    Attributes:
        names: For each graph, the names of its groups.
        of_node: For each node, the position of its group among the groups of its graph, ``[N]``.
    """

    names: list[list[str]]
    of_node: Tensor


def _at_ends(pairs: MaskedPairs, node: Tensor) -> Tensor:
    """Node values ``[N]`` at both ends of each edge element, ``[2, M]``."""
    space, (row, col) = pairs.spaces["edge"], pairs.union.edge_index
    gate = (space.index >= 0).nonzero().flatten()
    edge = torch.zeros(len(space), dtype=torch.long, device=gate.device)
    edge = edge.scatter(0, space.index[gate], gate)  # one edge of each element
    return torch.stack([node[row[edge]], node[col[edge]]])
