"""The consensus of an invariance about pairs of graphs."""

from collections.abc import Sequence

from torch_geometric.data import Data

from pyg_siamex import Invariance, SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import PairProblem
from pyg_siamex.explain.self_learned.invariance import Consensus


def consensus_of(
    invariance: Invariance,
    model: SiameseGNN,
    queries: Sequence[Data],
    references: Sequence[Data],
    side: str = "both",
    **masks: object,
) -> dict[str, Consensus]:
    """Consensus over the elements of all masked graphs, queries first."""
    with untouched(model):
        query, reference = model.inputs_of(queries), model.inputs_of(references)
        problem = PairProblem(model, query, reference, MaskKinds.of(masks), side)
        return invariance.consensus(MaskedPairs(problem))
