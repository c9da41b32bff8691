"""Consensus computed from explanations one at a time."""

import torch
from torch_geometric.data import Data

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain import (
    PairAlgorithm,
)
from pyg_siamex.explain.self_learned.invariance import GraphInvariance

D = torch.double
BOTH = (Occlusion(), NeighbourhoodOcclusion())


def same(one: GraphInvariance, other: GraphInvariance, tolerance: float = 1e-9) -> None:
    assert one.score.keys() == other.score.keys()
    for name in one.score:
        torch.testing.assert_close(one.score[name], other.score[name], atol=tolerance, rtol=0)
        assert torch.equal(one.order[name], other.order[name])


def without_edges(graph: Data) -> Data:
    return Data(x=graph.x, edge_index=graph.edge_index[:, :0])


def voices_by_hand(
    model: SiameseGNN,
    algorithm: PairAlgorithm,
    graph: Data,
    references: list[Data],
    side: str = "query",
) -> torch.Tensor:
    """Masks of a graph's edges against references, scaled and turned by the effect of edges."""
    pairs = [(graph, other) if side == "query" else (other, graph) for other in references]
    explainer = PairExplainer(model, algorithm, edge_mask_type="object", side=side)
    found = [getattr(explainer(*pair), side).edge_mask for pair in pairs]
    masks = torch.stack(found, dim=1)
    empty = without_edges(graph)
    signs: list[float] = []
    for pair, other in zip(pairs, references, strict=True):
        emptied = (empty, other) if side == "query" else (other, empty)
        signs.append(float((model(*pair) - model(*emptied)).detach().sign()))
    return masks / masks.abs().max(0).values * torch.tensor(signs, dtype=D)


def importance(voices: torch.Tensor) -> torch.Tensor:
    return torch.where(voices < 0, -voices / 2, voices)


def agreed(
    voices: torch.Tensor, own: torch.Tensor, share: float, means: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor, float]:
    """Sums of the weighted importances and voices, and of the weights.

    Weights are the eighth powers of the cosines of the voices (or of other voices, their means)
    with the own voice. The fourth power of the best is the total weight of voices of the same
    graph, and a factor of the own voice in a population.
    """
    rho = torch.cosine_similarity(voices if means is None else means, own[:, None], dim=0)
    weight, confirmed, trust = rho**8 / (rho**8).sum(), float(rho.abs().max()) ** 4, share
    if means is not None:
        trust = share * confirmed
    elif share > 0:
        weight = weight * confirmed
    turned = voices * rho.sign()
    score = importance(turned) @ weight + trust * importance(own)
    return score, turned @ weight + trust * own, float(weight.sum()) + trust
