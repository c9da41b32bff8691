"""What is compared: stock explainers of one graph at a time, and the library's of all pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from peers.worlds import World
from torch_geometric.data import Data
from torch_geometric.explain import (
    CaptumExplainer,
    Explainer,
    ExplainerAlgorithm,
    Explanation,
    GNNExplainer,
    PGExplainer,
)

from pyg_siamex import (
    BiLRP,
    FromPyG,
    IntegratedGradients,
    IntegratedJacobians,
    Invariance,
    MaskOptimization,
    Occlusion,
    PairDataset,
    PairExplainer,
    PairExplanation,
    Saliency,
    SelfLearned,
)
from pyg_siamex.explain import PairAlgorithm, ShapleySampling, SharedInvariance
from pyg_siamex.explain.engine.mask_space import tied
from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent
from pyg_siamex.metric import GroupMap

MODEL = {"mode": "regression", "task_level": "graph", "return_type": "raw"}
Explain = Callable[[Sequence[Data], Sequence[Data]], list[PairExplanation]]


@dataclass(frozen=True)
class Amount:
    """How much work every method may do, the same for peers and ours.

    Attributes:
        steps: Gradient steps of optimised masks.
        points: Points of integrated gradients and Jacobians.
        samples: Permutations of Shapley values.
    """

    steps: int
    points: int
    samples: int


@dataclass(frozen=True)
class Peer:
    """A stock explainer, run through ``model.against(reference)`` one pair at a time.

    Attributes:
        make: The algorithms to choose from by setting, the best on other pairs is used.
        passes: Encodings of one graph per explanation, for a graph with so many edges.
        trains: Whether it must be trained before (PGExplainer).
    """

    make: Callable[[Amount], Mapping[str, Callable[[], ExplainerAlgorithm]]]
    passes: Callable[[Amount, int], int]
    trains: bool = False


@dataclass(frozen=True)
class Ours:
    """A batched explainer of the library.

    Attributes:
        make: The algorithm, after what it learns from the unlabelled pool.
        passes: As for :class:`Peer`.
        counterpart: The peer it stands beside, if any.
    """

    make: Callable[[World, Amount], PairAlgorithm]
    passes: Callable[[Amount, int], int]
    counterpart: str | None


def _gnn_default(amount: Amount) -> Mapping[str, Callable[[], ExplainerAlgorithm]]:
    return {"default": lambda: GNNExplainer(epochs=amount.steps)}


def _gnn_searched(amount: Amount) -> Mapping[str, Callable[[], ExplainerAlgorithm]]:
    def setting(lr: float, size: float, entropy: float) -> Callable[[], ExplainerAlgorithm]:
        weights = {"edge_size": size, "edge_reduction": "mean", "edge_ent": entropy}
        return lambda: GNNExplainer(epochs=amount.steps, lr=lr, **weights)

    return {
        f"lr {lr}, size {size} by mean, entropy {entropy}": setting(lr, size, entropy)
        for lr, size, entropy in (
            (0.05, 0.05, 0.01),
            (0.05, 0.05, 0.0),
            (0.05, 0.5, 0.01),
            (0.01, 0.05, 0.01),
            (0.1, 0.05, 0.01),
            (0.1, 0.005, 0.001),
        )
    }


def _pg_searched(amount: Amount) -> Mapping[str, Callable[[], ExplainerAlgorithm]]:
    def setting(lr: float, size: float, entropy: float) -> Callable[[], ExplainerAlgorithm]:
        return lambda: PGExplainer(epochs=20, lr=lr, edge_size=size, edge_ent=entropy)

    return {
        f"lr {lr}, size {size}, entropy {entropy}": setting(lr, size, entropy)
        for lr, size, entropy in ((0.003, 0.05, 1.0), (0.003, 0.005, 0.01), (0.01, 0.0005, 0.001))
    }


def _captum(name: str, settings: Callable[[Amount], dict[str, Any]]) -> Callable[[Amount], Any]:
    return lambda amount: {"": lambda: CaptumExplainer(name, **settings(amount))}


PEERS = {
    "GNNExplainer, default": Peer(_gnn_default, lambda a, edges: 2 * a.steps),
    "GNNExplainer, searched": Peer(_gnn_searched, lambda a, edges: 2 * a.steps),
    "PGExplainer, searched": Peer(_pg_searched, lambda a, edges: 2, trains=True),
    "Captum IntegratedGradients": Peer(
        _captum("IntegratedGradients", lambda a: {"n_steps": a.points, "internal_batch_size": 1}),
        lambda a, edges: 2 * a.points,
    ),
    "Captum Saliency": Peer(_captum("Saliency", lambda a: {}), lambda a, edges: 2),
    "Captum ShapleyValueSampling": Peer(
        _captum("ShapleyValueSampling", lambda a: {"n_samples": a.samples}),
        lambda a, edges: a.samples * edges,
    ),
}


def _invariance(world: World) -> Invariance | None:
    """Of graphs with the same nodes; other graphs are explained with what the model keeps."""
    masks: dict[str, Any] = {"edge_mask_type": "object", "undirected": True}
    return SharedInvariance.learn(world.model, world.pool, **masks) if world.shared else None


OURS = {
    "MaskOptimization": Ours(
        lambda w, a: MaskOptimization(epochs=a.steps),
        lambda a, edges: 4 * a.steps,
        "GNNExplainer, searched",
    ),
    "SelfLearned GDA": Ours(
        lambda w, a: SelfLearned("gda", _invariance(w)),
        lambda a, edges: edges // 2 + 4 * DescentAscent().steps,
        "GNNExplainer, searched",
    ),
    "SelfLearned KL": Ours(
        lambda w, a: SelfLearned("kl", _invariance(w)),
        lambda a, edges: edges // 2 + 4 * KLDescent().steps,
        "GNNExplainer, searched",
    ),
    "IntegratedGradients": Ours(
        lambda w, a: IntegratedGradients(a.points),
        lambda a, edges: 2 * a.points,
        "Captum IntegratedGradients",
    ),
    "Saliency": Ours(lambda w, a: Saliency(), lambda a, edges: 2, "Captum Saliency"),
    "ShapleySampling": Ours(
        lambda w, a: ShapleySampling(a.samples),
        lambda a, edges: a.samples * edges // 2,
        "Captum ShapleyValueSampling",
    ),
    "Occlusion": Ours(lambda w, a: Occlusion(), lambda a, edges: edges // 2, ""),
    "BiLRP": Ours(lambda w, a: BiLRP(), lambda a, edges: 8, ""),
    "IntegratedJacobians": Ours(
        lambda w, a: IntegratedJacobians(a.points, path="edges"),
        lambda a, edges: 128 * a.points,
        "",
    ),
    # The labels of the training graphs, and no model.
    "group t": Ours(lambda w, a: GroupMap.of_t_values(w.pool), lambda a, edges: 1, None),
    "ridge weights": Ours(lambda w, a: GroupMap.of_ridge_weights(w.pool), lambda a, edges: 1, None),
}


def stock(world: World, algorithm: Callable[[], ExplainerAlgorithm]) -> Explain:
    """The stock explainer of one query against one embedded reference, pair by pair."""
    device = next(world.model.parameters()).device

    def explain(queries: Sequence[Data], references: Sequence[Data]) -> list[PairExplanation]:
        return [one(q, r) for q, r in zip(queries, references, strict=True)]

    def one(query: Data, reference: Data) -> PairExplanation:
        against, chosen = world.model.against(reference.to(device)), algorithm()
        phenomenon = isinstance(chosen, PGExplainer)  # refuses "model"; the target is the same
        explainer = Explainer(
            against,
            algorithm=chosen,
            explanation_type="phenomenon" if phenomenon else "model",
            edge_mask_type="object",
            model_config=MODEL,
        )
        x, edge_index = query.x.to(device), query.edge_index.to(device)
        target = explainer.get_prediction(x, edge_index) if phenomenon else None
        found = explainer(x, edge_index, target=target)
        mask = tied(query.edge_index, found.edge_mask.detach().cpu())
        of_query = Explanation(x=query.x, edge_index=query.edge_index, edge_mask=mask)
        of_reference = Explanation(x=reference.x, edge_index=reference.edge_index)
        return PairExplanation(of_query, of_reference, float(found.target))

    return explain


def trained(world: World, algorithm: Callable[[], ExplainerAlgorithm], pairs: int) -> Explain:
    """PGExplainer after training on pairs of the pool, run as stock."""
    dataset = PairDataset.unlabelled(world.pool, num_pairs=pairs)
    fitted = FromPyG(algorithm()).fit(world.model, dataset).algorithm
    return stock(world, lambda: fitted)


def batched(world: World, algorithm: PairAlgorithm) -> Explain:
    """All pairs at once."""
    masks: dict[str, Any] = {"edge_mask_type": "object", "undirected": True, "side": "query"}
    return PairExplainer(world.model, algorithm, **masks).explain


def prepared(peer: Peer, world: World, algorithm: Callable[[], ExplainerAlgorithm]) -> Explain:
    """The peer at one of its settings, trained where it must be."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return trained(world, algorithm, 16) if peer.trains else stock(world, algorithm)
