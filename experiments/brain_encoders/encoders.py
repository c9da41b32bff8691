"""Siamese networks, and how they are trained and judged inside a fold."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from brain_encoders.cohort import Cohort
from brain_encoders.judge import Verdict, from_similarity
from sklearn.model_selection import StratifiedShuffleSplit
from torch import Tensor
from torch_geometric.nn import GCN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.nn import (
    HigherOrderGCN,
    PopulationGCN,
    RoiConcat,
    RoiGCN,
    RoiReadout,
    RoiSimilarity,
    WeightedGIN,
    co_occurrence,
    strongest_regions,
)
from pyg_siamex.nn.training import ConstrainedVariance, PairLoss, embed_all

WIDTH, NEIGHBOURS = 64, 10
INNER, SMOOTH = 1, 3  # inner splits; epochs over which their quality is averaged


@dataclass(frozen=True)
class Siamese:
    """A network and its training; called like a baseline.

    Attributes:
        build: From training matrices, ``[S, R, R]``, to a fresh model.
        features: Node features it reads.
        epochs: Most epochs; how many is chosen inside the training set.
        lr: Learning rate.
        loss: Of pairs.
        shuffled: Whether training labels are permuted: what chance gives.
    """

    build: Callable[[Tensor], SiameseGNN]
    features: str = "identity"
    epochs: int = 10
    lr: float = 3e-4
    loss: str | PairLoss = "bce"
    shuffled: bool = False
    options: dict[str, Any] = field(default_factory=lambda: {"weight_decay": 0.1})

    def __call__(self, cohort: Cohort, train: np.ndarray, test: np.ndarray, seed: int) -> Verdict:
        """Train on ``train``, judge on ``test``."""
        labels = cohort.labels.copy()
        if self.shuffled:
            labels[train] = np.random.default_rng(seed).permutation(labels[train])
        epochs = self.choose_epochs(cohort, train, labels, seed)
        # fit() keeps its best epoch: watched on the training subjects, that is the last or near it.
        model = self.train(cohort, train, train, labels, epochs, seed)[0]
        both = np.concatenate([test, train])
        h = embed_all(model, cohort.graphs(self.features, both))
        with torch.no_grad():
            similarity = model.similarity(h[: len(test), None], h[None]).numpy()
        return from_similarity(
            similarity[:, : len(test)], similarity[:, len(test) :], labels[train]
        )

    def choose_epochs(
        self, cohort: Cohort, train: np.ndarray, labels: np.ndarray, seed: int
    ) -> int:
        """Epochs with the best pair AUC on inner splits of the training subjects."""
        split = StratifiedShuffleSplit(INNER, test_size=0.2, random_state=seed)
        curves = []
        for learn, watch in split.split(train, labels[train]):
            subjects = train[learn], train[watch]
            history = self.train(cohort, *subjects, labels, self.epochs, seed)[1]
            curves.append([record["validation_quality"] for record in history])
        mean = np.pad(np.mean(curves, axis=0), SMOOTH // 2, mode="edge")
        return 1 + int(np.convolve(mean, np.ones(SMOOTH) / SMOOTH, mode="valid").argmax())

    def train(
        self,
        cohort: Cohort,
        learn: np.ndarray,
        watch: np.ndarray,
        labels: np.ndarray,
        epochs: int,
        seed: int,
    ) -> tuple[SiameseGNN, list[dict[str, float]]]:
        """A model trained on ``learn``, and its quality on ``watch`` after each epoch."""
        torch.manual_seed(seed)
        model = self.build(cohort.matrices[torch.from_numpy(learn)])
        pairs, watched = (
            PairDataset(
                cohort.graphs(self.features, part),
                num_pairs=len(part) * (len(part) - 1) // 2,
                labels=torch.from_numpy(labels[part].astype(np.int64)),
            )
            for part in (learn, watch)
        )
        report = fit(
            model,
            pairs,
            validation=watched,
            epochs=epochs,
            patience=epochs,
            lr=self.lr,
            loss=self.loss,
            seed=seed,
            accelerator="cpu",
            progress=False,
            **self.options,
        )
        return model, report.history


def _roi(encoder: torch.nn.Module, regions: int, channels: int, eps: float = 0.05) -> SiameseGNN:
    return SiameseGNN(encoder, RoiReadout(regions, channels, WIDTH, eps=eps))


def population(matrices: Tensor, layers: int = 1, higher: bool = False) -> PopulationGCN:
    """Filters on the training subjects' mean graph, or on the co-occurrence of walks on it."""
    graph = strongest_regions(matrices, NEIGHBOURS)
    if higher:
        edges, weight = graph
        dense = torch.zeros(matrices.shape[1:])
        dense[edges[0], edges[1]] = weight
        graph = strongest_regions(co_occurrence(dense).float(), NEIGHBOURS)
    regions = matrices.size(1)
    arguments = {"num_rois": regions, "edge_index": graph[0], "edge_weight": graph[1]}
    return PopulationGCN(regions, WIDTH, layers, dropout=0.2, **arguments)


def as_published(matrices: Tensor) -> SiameseGNN:
    """Two layers and the region-wise inner products of Ktena et al."""
    regions = matrices.size(1)
    return SiameseGNN(population(matrices, 2), RoiConcat(regions), RoiSimilarity(regions))


def with_readout(matrices: Tensor, higher: bool = False) -> SiameseGNN:
    """One layer of filters and the region-wise readout."""
    return _roi(population(matrices, 1, higher), matrices.size(1), WIDTH)


ADVISED = Siamese(lambda m: _roi(RoiGCN(m.size(1)), m.size(1), m.size(1)))
PLAIN: dict[str, Any] = {"epochs": 12, "lr": 3e-3}
PUBLISHED: dict[str, Any] = {
    "features": "profile",
    "epochs": 6,
    "lr": 1e-3,
    "loss": ConstrainedVariance(),
}

ENCODERS: dict[str, Siamese] = {
    "RoiGCN, region-wise readout (advised)": ADVISED,
    "s-GCN, region-wise readout": Siamese(with_readout, features="profile"),
    "higher-order s-GCN, region-wise readout": Siamese(
        lambda m: with_readout(m, higher=True), features="profile"
    ),
    "GCN, region-wise readout": Siamese(
        lambda m: _roi(GCN(m.size(1), WIDTH, 1), m.size(1), WIDTH, eps=1e-3)
    ),
    "higher-order GCN, region-wise readout": Siamese(
        lambda m: _roi(HigherOrderGCN(m.size(1), WIDTH, 1), m.size(1), WIDTH, eps=1e-3)
    ),
    "GCN, mean of regions": Siamese(
        lambda m: SiameseGNN(GCN(m.size(1), WIDTH // 2, 2, norm="batch_norm")), **PLAIN
    ),
    "weighted GIN, mean of regions": Siamese(
        lambda m: SiameseGNN(WeightedGIN(m.size(1), WIDTH // 2, 2, norm="batch_norm")), **PLAIN
    ),
    "s-GCN, region-wise inner products, as published": Siamese(as_published, **PUBLISHED),
}
CHANCE: dict[str, Siamese] = {"advised, training labels permuted": replace(ADVISED, shuffled=True)}
