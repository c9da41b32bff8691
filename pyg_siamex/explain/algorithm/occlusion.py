"""Occlusion: decrease of the similarity without one edge, node or feature, or its neighbourhood."""

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex.data.ragged import places, starts
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.leave_outs import LeaveOuts
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem


class Occlusion(PairAlgorithm):
    r"""Leave one element out (Zeiler and Fergus, arXiv 1311.2901).

    .. math:: a_e = s - s_{\setminus e}

    Values are signed; positive ones pull the pair together. All leave-outs of all graphs go through
    the encoder in a few large batches; a graph in several pairs is encoded once. An element of the
    query is left out while the reference stays whole, and vice versa.
    """

    joint = signed = True

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        found = LeaveOuts(pairs, self.sets).in_pairs(pairs)
        return Attribution(*pairs.split(self.share(pairs, found)))

    @staticmethod
    def sets(graphs: MaskedGraphs, name: str) -> Tensor:
        """The elements that are left out together, see :data:`LeaveOuts.sets`."""
        each = torch.arange(len(graphs.spaces[name]), device=graphs.union.x.device)
        return torch.stack([each, each])

    @classmethod
    def share(cls, graphs: MaskedGraphs, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """Importance of each element from the loss of each set, ``{name: [M, ...]}``."""
        return losses


class NeighbourhoodOcclusion(Occlusion):
    r"""Leave each element out together with its neighbours, and share the loss among them.

    .. math::
        a_e = \frac{1}{|N(e)|} \sum_{c \in N(e)} \frac{s - s_{\setminus N(c)}}{|N(c)|}

    with N(c) the node c and its neighbours, or the edge c and the edges that share a node with it.
    A node belongs to the neighbourhoods of its neighbours, so each element has the mean share over
    all neighbourhoods that hold it. Parts that only matter together, such as the atoms of a
    functional group, get the loss of the whole part. Features have no neighbours and are left out
    one by one, as by :class:`Occlusion`.

    Values are signed; positive ones pull the pair together. They do not depend on the order of
    nodes, as groups of elements drawn at random would.
    """

    @staticmethod
    def sets(graphs: MaskedGraphs, name: str) -> Tensor:
        """The neighbourhood of each element, ``[2, P]``."""
        if name == "edge":
            return _edges_at(graphs)
        if graphs.kinds.node_mask_type is not MaskType.object:
            return Occlusion.sets(graphs, name)
        ends = graphs.union.edge_index
        loops = torch.arange(len(graphs.union.x), device=ends.device).expand(2, -1)
        return _distinct(torch.cat([ends, ends.flip(0), loops], dim=1))

    @classmethod
    def share(cls, graphs: MaskedGraphs, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """Mean share of each element in the losses of the neighbourhoods that hold it."""
        out = {}
        for name, loss in losses.items():
            number, member = cls.sets(graphs, name)
            size = number.bincount(minlength=len(loss)).to(loss)
            size = size.view(-1, *[1] * (loss.dim() - 1))
            out[name] = torch.zeros_like(loss).index_add(0, member, (loss / size)[number]) / size
        return out


def _edges_at(graphs: MaskedGraphs) -> Tensor:
    """Each edge element with itself and the elements that share a node with it, ``[2, P]``."""
    index, ends = graphs.spaces["edge"].index, graphs.union.edge_index
    inside = index >= 0
    touches = _distinct(torch.stack([index[inside].repeat(2), ends[:, inside].flatten()]))
    element, node = touches
    members, count = node.argsort(stable=True), node.bincount()
    width = count[node]
    pair = torch.arange(len(node), device=node.device).repeat_interleave(width)
    other = members[starts(count)[node[pair]] + places(pair)]
    return _distinct(torch.stack([element[pair], element[other]]))


def _distinct(columns: Tensor) -> Tensor:
    """The distinct columns ``[2, P]`` of numbers, in ascending order."""
    width = int(columns[1].max()) + 1 if columns.numel() else 1
    key = (columns[0] * width + columns[1]).unique()
    return torch.stack([key // width, key % width])
