"""A small network that predicts consensus scores from the frozen encoder's embeddings."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.explain.config import MaskType
from torch_geometric.nn import MLP

from pyg_siamex.data.ragged import starts
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs
from pyg_siamex.explain.self_learned.invariance.voices import Confidence

HIDDEN, EPOCHS, LR = 64, 300, 5e-3


class ElementScorer(nn.Module):
    """Predict the score of mask elements, in (0, 1).

    It computes in double precision, so scores of elements with equal features differ only by the
    rounding of the features.

    Args:
        in_channels: Number of features of an element, see :func:`element_features`.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(in_channels))
        self.register_buffer("std", torch.ones(in_channels))
        self.mlp: MLP = MLP([in_channels, HIDDEN, HIDDEN, 1], norm=None)

    def forward(self, features: Tensor) -> Tensor:
        """Scores ``[M]`` of elements with ``features`` ``[M, C]``, in the scorer's precision."""
        scaled = (features.to(self.mean) - self.mean) / self.std
        scores: Tensor = self.mlp(scaled).flatten().sigmoid()
        return scores


def train_scorer(features: Tensor, score: Tensor, seed: int) -> ElementScorer:
    """Fit a scorer by cross-entropy with soft targets; the global random state is not changed.

    Args:
        features: ``[M, C]``.
        score: ``[M]`` in [0, 1].
        seed: Seed of the initial weights.
    """
    features, score = features.float(), score.float()
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.manual_seed(seed)
        scorer = ElementScorer(features.size(1)).float()
        scorer.mean.copy_(features.mean(0))
        scorer.std.copy_(features.std(0, correction=0).clamp_min(1e-6))
        optimiser = torch.optim.Adam(scorer.parameters(), lr=LR, weight_decay=1e-4)
        for _ in range(EPOCHS):
            optimiser.zero_grad()
            loss = nn.functional.binary_cross_entropy(scorer(features), score)
            loss.backward()
            optimiser.step()
    return scorer.double().eval().requires_grad_(False)


@torch.no_grad()
def element_features(graphs: MaskedGraphs, name: str) -> Tensor:
    """Features of each element of the named mask from the frozen encoder, ``[M, C]``.

    An undirected edge has the sum and the absolute difference of the embeddings and the input
    features of its ends, a directed edge has both, and a node has its own. Each also has the
    embedding of the graph. A feature has its one-hot number and its value.

    Raises:
        ValueError: If the encoder does not return a row per node.
    """
    union, space = graphs.union, graphs.spaces[name]
    nodes = graphs.model.node_embeddings(union)
    if len(nodes) != len(union.x):
        raise ValueError(
            "the encoder pools nodes itself, so there are no node embeddings to score elements "
            "by: use Invariance or SharedInvariance"
        )
    whole = graphs.model.encode(union)[space.graph]
    if graphs.kinds.node_mask_type in (None, MaskType.object) or name == "edge":
        nodes = torch.cat([nodes, union.x.to(nodes).flatten(1)], dim=1)
    if name == "edge":
        row, col = union.edge_index
        scope = space.index >= 0
        ends = [nodes[row[scope]], nodes[col[scope]]]
        if graphs.kinds.undirected:
            ends = [ends[0] + ends[1], (ends[0] - ends[1]).abs()]
        values = torch.cat(ends, dim=1)
        own = values.new_zeros(len(space), values.size(1))
        return torch.cat([own.index_copy(0, space.index[scope], values), whole], dim=1)
    if graphs.kinds.node_mask_type is MaskType.object:
        return torch.cat([nodes, whole], dim=1)
    width = union.x.size(1)
    numbers = torch.eye(width, device=whole.device, dtype=whole.dtype)
    numbers = numbers.repeat(len(space) // width, 1)
    if graphs.kinds.node_mask_type is MaskType.attributes:
        own = nodes.repeat_interleave(width, dim=0)
        return torch.cat([own, whole, numbers, union.x.reshape(-1, 1)], dim=1)
    sums = union.x.new_zeros(union.num_graphs, width).index_add(0, union.batch, union.x)
    return torch.cat([whole, numbers, sums.reshape(-1, 1)], dim=1)


@dataclass(frozen=True)
class Reliability:
    """How often a predicted relation holds, by the difference of the predicted scores.

    Attributes:
        gap: Increasing differences of predicted scores, ``[P]``.
        share: Share of the local explanations in which a relation with this gap holds, ``[P]``.
    """

    gap: Tensor = field(default_factory=lambda: torch.zeros(1))
    share: Tensor = field(default_factory=lambda: torch.zeros(1))

    def __post_init__(self) -> None:
        """Refuse points that do not define a function."""
        fits = self.gap.dim() == 1 and self.gap.shape == self.share.shape and len(self.gap) > 0
        if not fits or bool((self.gap.diff() < 0).any()):
            raise ValueError("gap and share must be as long as each other, and gap increasing")
        if not bool(self.gap.isfinite().all() and ((self.share >= 0) & (self.share <= 1)).all()):
            raise ValueError("gap must be finite, and share in [0, 1]")

    @classmethod
    def learn(cls, predicted: Tensor, graph: Tensor, confidence: Confidence) -> "Reliability":
        """Fit an isotonic regression of the share on the gap over random pairs within graphs.

        Args:
            predicted: Scores of elements of held-out graphs, ``[M]``.
            graph: Graph of each element, ``[M]``.
            confidence: Confidence of relations between elements, from their local explanations.
        """
        order = graph.argsort(stable=True)
        counts = graph.bincount()
        start = starts(counts)[graph[order]]
        generator = torch.Generator().manual_seed(0)
        gaps, shares = [], []
        for _ in range(16):
            draw = torch.rand(len(order), generator=generator)
            other = order[start + (draw * counts[graph[order]]).long()]
            up = predicted[order] > predicted[other]
            i, j = order[up], other[up]
            gaps.append(predicted[i] - predicted[j])
            shares.append(confidence(i, j))
        gap, share = torch.cat(gaps).double().numpy(), torch.cat(shares).double().numpy()
        if not len(gap):
            return cls()
        from sklearn.isotonic import IsotonicRegression

        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(gap, share)
        return cls(
            torch.from_numpy(np.array(fitted.X_thresholds_)).float(),
            torch.from_numpy(np.array(fitted.y_thresholds_)).float(),
        )

    def __call__(self, gap: Tensor) -> Tensor:
        """Share for each gap, ``[P]``, by linear interpolation between the learned points."""
        values = np.interp(gap.cpu().numpy(), self.gap.numpy(), self.share.numpy())
        return torch.from_numpy(values).to(gap)
