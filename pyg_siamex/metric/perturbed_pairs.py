"""The similarity of explained pairs as a function of the elements that are kept."""

from collections.abc import Sequence
from functools import cached_property

import torch
from torch import Tensor
from torch_geometric.explain.config import MaskType
from torch_geometric.utils import scatter

from pyg_siamex.explain.engine.leave_outs import COPY_BUDGET
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_space import MaskSpace
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import OneSide, PairProblem
from pyg_siamex.explain.engine.unshared import is_unshared, unshared_problem
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.element_values import gate_values, reduce, sides
from pyg_siamex.metric.other_model import check_same_model
from pyg_siamex.metric.protocol import MASK_TYPES, Elements, EvaluationProtocol
from pyg_siamex.metric.rank import Ranks, uniform
from pyg_siamex.metric.removal import Removal, removal_resolver
from pyg_siamex.metric.unexplained import unexplained
from pyg_siamex.nn.siamese import SiameseGNN

# Number of random removals that show how far the similarity can move.
_PROBES = 16
# Rounding error of an encoder, in units in the last place.
_ROUNDINGS = 8


class PerturbedPairs:
    r"""P explained pairs and the model, for similarities without some of their elements.

    Args:
        model: The model, in evaluation mode (:func:`~pyg_siamex.explain.engine.guard.untouched`).
        explanations: P explanations.
        elements: Which elements are ranked.
        protocol: All other options.

    Attributes:
        importance: Importance of each element, ``[M]``.
        graph: Graph of each element, ``[M]``, below ``num_graphs``.
        num_graphs: Bound of the numbers of graphs.
        present: Which elements are present, ``[M]``; features that are 0 are not.
        whole: :math:`s_0`, similarity of the whole pairs, ``[P]``.
        empty: :math:`s_\emptyset`, similarity without any element of the measured side, ``[P]``:
            with the edgeless graph, the graph without nodes, or features of 0 or of the mean,
            depending on the removal.
    """

    def __init__(
        self,
        model: SiameseGNN,
        explanations: Sequence[PairExplanation],
        elements: Elements,
        protocol: EvaluationProtocol,
    ) -> None:
        self.protocol = protocol
        self.removal: Removal = removal_resolver(protocol.removal)
        problem = _problem(model, explanations, elements, protocol)
        self.pairs: MaskedPairs = MaskedPairs(problem)
        self.name: str
        self.space: MaskSpace
        ((self.name, self.space),) = self.pairs.spaces.items()
        self.graph: Tensor = problem.graph_of(self.space)
        self.pair: Tensor = self.pairs.pairs[self.name]
        self.num_graphs: int = 2 * problem.num_pairs
        values = _importances(explanations, elements, protocol)
        self.importance: Tensor = self.reduce(problem.united(values))
        self.present: Tensor = self._present()
        ends = torch.stack([torch.ones_like(self.importance), torch.zeros_like(self.importance)])
        self.whole: Tensor
        self.empty: Tensor
        self.whole, self.empty = self.similarity(ends)
        for found, explanation in zip(self.whole.tolist(), explanations, strict=True):
            check_same_model(found, explanation.prediction, torch.finfo(self.dtype).eps)

    def similarity(self, keep: Tensor) -> Tensor:
        """Similarities ``[copies, P]`` with the elements that ``keep``, ``[copies, M]``, keeps.

        Raises:
            ValueError: If a similarity is not finite.
        """
        size = len(self.pairs.union.x) + self.pairs.union.edge_index.size(1)
        keep = torch.where(self.present, keep, 1.0).to(self.dtype)
        parts = keep.split(max(1, COPY_BUDGET // size))
        embeddings = [self.removal.embed(self.pairs, self.name, part) for part in parts]
        s = torch.cat([self.pairs.similarity(h) for h in embeddings])
        if not s.isfinite().all():
            raise ValueError(
                f"the model's similarity is not finite for {int((~s.isfinite()).any(0).sum())} of "
                f"{s.size(1)} pairs that lack some elements: check the encoder on graphs without "
                f"edges or features, or use another removal"
            )
        return s

    @cached_property
    def effect(self) -> Tensor:
        r"""Effect to explain, :math:`d = s_0 - s_\emptyset`, ``[P]``; ``nan`` if too small.

        It is too small if it is within rounding, or at most ``min_effect`` times the largest change
        from removing a random part.
        """
        difference = self.whole - self.empty
        rounding = torch.finfo(self.dtype).eps * _ROUNDINGS * self.whole.abs().clamp_min(1.0)
        floor = torch.maximum(rounding, self.protocol.min_effect * self._random_change())
        return torch.where(difference.abs() <= floor, torch.nan, difference)

    def _random_change(self) -> Tensor:
        """Largest change of the similarity over removals of random parts of all sizes, ``[P]``."""
        chance = uniform(self.graph, self.num_graphs, _PROBES, self.protocol.seed)
        kept = torch.arange(1, _PROBES + 1, device=chance.device) / (_PROBES + 1)
        s = self.similarity((chance < kept[:, None]).to(self.dtype))
        distance: Tensor = (s - self.whole).abs().amax(0)
        return distance

    @cached_property
    def ranks(self) -> Ranks:
        """Order of the elements within their graphs, the most important first."""
        graphs, seed = self.num_graphs, self.protocol.seed
        return Ranks(self.directed, self.graph, self.present, graphs, seed)

    def share(self, selected: Tensor) -> Tensor:
        """Share of each pair's elements that are selected, ``[copies, M] -> [copies, P]``."""
        chosen = (selected & self.present).double()
        count = chosen.new_zeros(len(selected), self.pairs.num_pairs).index_add(
            1, self.pair, chosen
        )
        total = self.pair[self.present].bincount(minlength=self.pairs.num_pairs)
        return count / total

    def reduce(self, gates: Tensor) -> Tensor:
        """Reduce values of edges or node features, ``[E]`` or ``[N, F]``, to elements, ``[M]``."""
        return reduce(self.space, gates)

    @property
    def dtype(self) -> torch.dtype:
        """Floating type of masks."""
        return self.pairs.like.dtype

    @cached_property
    def directed(self) -> Tensor:
        """Importances with signs set so that the largest value explains most of the effect."""
        if self.protocol.ranking == "magnitude":
            return self.importance.abs()
        signed = scatter(
            (self.importance < 0).float(), self.pair, dim_size=self.pairs.num_pairs, reduce="sum"
        )
        turn = torch.where((signed > 0) & (self.whole < self.empty), -1.0, 1.0)
        return self.importance * turn[self.pair]

    def _present(self) -> Tensor:
        if self.pairs.kinds.node_mask_type in (None, MaskType.object):
            present = torch.ones(len(self.space), dtype=torch.bool, device=self.graph.device)
        else:
            present = self.space.any(self.pairs.union.x != 0)
        if self.protocol.side == "both" or self.space.graph is self.graph:
            return present
        # A joint graph has the elements of both sides.
        other = self.protocol.side == "query"
        return present & ((self.graph >= self.pairs.num_pairs) != other)


def _problem(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    elements: Elements,
    protocol: EvaluationProtocol,
) -> PairProblem:
    kinds = MaskKinds(**MASK_TYPES[elements], undirected=protocol.undirected)
    queries, references = (
        [unexplained(graph, model) for graph in graphs]
        for graphs in ([e.query for e in explanations], [e.reference for e in explanations])
    )
    if is_unshared(model):
        problem = unshared_problem(model, queries, references, kinds, protocol.side)
    else:
        inputs = model.inputs_of(queries), model.inputs_of(references)
        problem = PairProblem(model, *inputs, kinds, protocol.side)
    if elements != "edge" and not problem.query.x.is_floating_point():
        raise ValueError(
            f"elements='{elements}' needs float features, got {problem.query.x.dtype}: one-hot "
            f"encode them first"
        )
    return problem


def _importances(
    explanations: Sequence[PairExplanation], elements: Elements, protocol: EvaluationProtocol
) -> dict[OneSide, Tensor]:
    return {
        side: torch.cat(
            [
                gate_values(explanation.pulls(), side, elements, f"explanation {position}")
                for position, explanation in enumerate(explanations)
            ]
        )
        for side in sides(protocol)
    }
