"""Pairs of trained models, explained by self-learned masks."""

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, PairExplainer, SiameseGNN, fit
from pyg_siamex.datasets import FunctionalGroups, PlantedConnectomes
from pyg_siamex.explain import AmortisedInvariance, Invariance, SelfLearned, SharedInvariance
from pyg_siamex.explain.self_learned.solver import Solver
from pyg_siamex.nn import build_siamese
from pyg_siamex.nn.training import pair_auc

BONDS = {"edge_mask_type": "object", "undirected": True}
MOTIFS = {"a": ["default"], "b": ["occipital"], "both": ["default", "occipital"]}
SUBJECTS, DENSITY, PAIRS = 60, 0.05, 6
Trajectories = list[dict[str, list[float]]]


@dataclass(frozen=True)
class Pairs:
    """Pairs to explain, with the model that compares them.

    Attributes:
        model: The model.
        invariance: What was learned from its pool.
        queries: ``PAIRS`` graphs.
        references: As many.
        quality: Pair AUC of the model on pairs it was not trained on.
    """

    model: SiameseGNN
    invariance: Invariance
    queries: list[Data]
    references: list[Data]
    quality: float

    def solve(self, solver: Solver) -> Trajectories:
        """What the solver records of each pair."""
        explainer = PairExplainer(self.model, SelfLearned(solver, self.invariance), **BONDS)
        found = explainer.explain(self.queries, self.references)
        return [explanation.info["trajectory"] for explanation in found]


def connectomes(seed: int) -> Pairs:
    """Simulated subjects with one or both of two motifs; a model of sharing one."""
    subjects = PlantedConnectomes(SUBJECTS, MOTIFS, effect=2.5, density=DENSITY, seed=seed)
    learn, test = (list(range(s, SUBJECTS)) if s else list(range(40)) for s in (0, 40))
    torch.manual_seed(seed)
    model = SiameseGNN(GIN(subjects[0].x.size(1), 16, 2, norm="batch_norm"), "mean")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit(model, _sharing(subjects, learn), epochs=4, lr=1e-2, seed=seed, progress=False)
    invariance = SharedInvariance.learn(
        model, [subjects[k] for k in learn], 12, subjects=8, seed=seed, **BONDS
    )
    quality = pair_auc(model, _sharing(subjects, test))
    return Pairs(model, invariance, *_draw([subjects[k] for k in test], seed), quality)


def molecules(seed: int) -> Pairs:
    """NCI molecules and a model of sharing a functional group."""
    dataset = FunctionalGroups()
    learn, validation, test = PairDataset(dataset, seed=seed).split((0.7, 0.1, 0.2), seed=seed)
    torch.manual_seed(seed)
    channels = dataset.features.num_node_features
    model = build_siamese("GIN", "add", in_channels=channels, hidden_channels=64, num_layers=3)
    fit(model, learn, validation=validation, epochs=20, lr=3e-3, seed=seed, progress=False)
    invariance = AmortisedInvariance.learn(model, learn.graphs, seed=seed, **BONDS)
    return Pairs(model, invariance, *_draw(test.graphs, seed), pair_auc(model, test))


TRAINED: dict[str, Callable[[int], Pairs]] = {
    "planted connectomes": connectomes,
    "molecules": molecules,
}


def _sharing(subjects: PlantedConnectomes, chosen: list[int]) -> PairDataset:
    graphs = [subjects[k] for k in chosen]
    index = torch.combinations(torch.arange(len(graphs)))
    planted = torch.cat([graph.planted for graph in graphs])
    alike = (planted[index[:, 0]] & planted[index[:, 1]]).any(1)
    return PairDataset.from_pairs(graphs, index, alike)


def _draw(graphs: list[Data], seed: int) -> tuple[list[Data], list[Data]]:
    drawn = random.Random(seed)
    pairs = [drawn.sample(graphs, 2) for _ in range(PAIRS)]
    return [a for a, _ in pairs], [b for _, b in pairs]
