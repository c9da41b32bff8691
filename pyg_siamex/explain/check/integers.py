"""The check of integer node types, with an encoder that looks them up."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch_geometric.nn import GIN

from pyg_siamex.explain.check.comparison import values_of
from pyg_siamex.explain.check.outcome import CheckError, Failed, Refused
from pyg_siamex.explain.check.trial import CheckPair, Trial
from pyg_siamex.explain.check.trial_graphs import CheckGraph
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn.siamese import SiameseGNN

_TYPES = 5


class _TypedGIN(nn.Module):
    """A GIN on learned embeddings of integer node types."""

    def __init__(self) -> None:
        super().__init__()
        self.table, self.gin = nn.Embedding(_TYPES, 8), GIN(8, 8, 2)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Embed nodes of types ``x``, ``[N, 1]``; returns ``[N, 8]``."""
        out: Tensor = self.gin(self.table(x.flatten()), edge_index)
        return out


def integer_features(trial: Trial) -> None:
    """Check that integer features get floating edge masks; node masks may be refused."""
    with seeded(0):
        model = SiameseGNN(_TypedGIN().double(), pool="add", similarity="cosine")
    pair = trial.pairs[0]
    typed = replace(
        trial, model=model, pairs=[CheckPair(_typed(pair.query), _typed(pair.reference))]
    )
    _, outcome = next(typed.alone())
    if isinstance(outcome, Refused):
        if trial.kind.node is None:
            raise CheckError(
                f"edge masks do not need float features, but were refused: {outcome.message}"
            )
        raise ValueError(outcome.message)
    if isinstance(outcome, Failed):
        raise CheckError(outcome.message)
    values = values_of(outcome)
    edges = [value for name, value in values.items() if name.endswith("edge_mask")]
    if edges and not any(mask.any() for mask in edges):
        raise CheckError("all edge masks are zero")


def _typed(graph: CheckGraph) -> CheckGraph:
    """The graph with integer types instead of features."""
    data = graph.data.clone()
    data.x = (torch.arange(graph.data.num_nodes) * 7 % _TYPES).view(-1, 1)
    return replace(graph, data=data)
