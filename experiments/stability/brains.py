"""Sets of connectomes."""

import numpy as np
import torch
from runner.needs import data_file
from stability.trial import BONDS, Drawn, Trial, draw
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import Connectomes, PlantedConnectomes, planted_truth
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.nn import RoiGCN, RoiReadout
from pyg_siamex.nn.training import pair_auc

MOTIFS = {"a": ["default"], "b": ["occipital"], "both": ["default", "occipital"], "none": []}
SHARING = 600  # training pairs of subjects with motifs


def planted(seed: int, training: int | None = None, effect: float = 1.25, **sizes: int) -> Trial:
    """Simulated connectomes; truth: the planted connections that tell the pair."""
    training = seed if training is None else training
    subjects = PlantedConnectomes(140, effect=effect, density=0.05, seed=seed)
    learn, validation, test = PairDataset(subjects, seed=seed).split((0.6, 0.1, 0.3), seed=seed)
    torch.manual_seed(training)
    model = SiameseGNN(GIN(6, 32, 2, norm="batch_norm"), "mean")
    fit(model, learn, validation=validation, epochs=15, lr=5e-3, seed=training, progress=False)
    pairs = draw(test.graphs, test.graphs, seed=seed, **sizes)
    truth = [planted_truth(q, r)[0] for q, r in zip(pairs.queries, pairs.references, strict=True)]
    return Trial(model, pair_auc(model, test), learn.graphs, pairs, BONDS, True, truth)


def two_motifs(seed: int, queries: int, references: int, of_another: int) -> Trial:
    """Simulated queries with two motifs; each reference shares one, and that one is the truth."""
    subjects = PlantedConnectomes(80, MOTIFS, effect=2.5, density=0.05, seed=seed)
    learn, test = list(range(48)), list(range(48, 80))
    torch.manual_seed(seed)
    model = SiameseGNN(GIN(6, 16, 2, norm="batch_norm"), "mean", "dot")
    fit(model, _sharing(subjects, learn), epochs=15, lr=1e-2, seed=seed, progress=False)
    auc = pair_auc(model, _sharing(subjects, test))
    held, pairs = [subjects[k] for k in test], Drawn([], [], [], [], [])
    for number, query in enumerate([g for g in held if int(g.y) == 2][:queries]):
        for motif in (0, 1):
            for reference in [g for g in held if int(g.y) == motif][: references // 2]:
                for part, value in zip(
                    (pairs.queries, pairs.references, pairs.query_ids, pairs.labels, pairs.alike),
                    (query, reference, number, motif, True),
                    strict=True,
                ):
                    part.append(value)
    truth = [planted_truth(q, r)[0] for q, r in zip(pairs.queries, pairs.references, strict=True)]
    rivals = [query.edge_block >= 0 for query in pairs.queries]
    pool = [subjects[k] for k in learn]
    return Trial(model, auc, pool, pairs, BONDS, True, truth, rivals=rivals)


def hcp(seed: int, training: int | None = None, **sizes: int) -> Trial:
    """Structural connectomes of the HCP, high or low spatial score; no truth is known."""
    return _measured("hcp68_spatial_orientation", seed, training, **sizes)


def abide(seed: int, **sizes: int) -> Trial:
    """Functional connectomes of ABIDE children by diagnosis: the negative control."""
    return _measured("abide_children", seed, None, **sizes)


def _measured(name: str, seed: int, training: int | None, **sizes: int) -> Trial:
    training = seed if training is None else training
    with np.load(data_file(f"connectomes/{name}.npz")) as file:
        matrices, labels = file["adjacency"].astype(float), file["label"]
    regions = matrices.shape[1]
    matrices[:, np.arange(regions), np.arange(regions)] = 0
    subjects = Connectomes(Subjects(matrices, labels=labels), sign="weight", features="identity")
    learn, test = PairDataset(subjects, seed=seed).split((0.75, 0.25), seed=seed)
    torch.manual_seed(training)
    model = SiameseGNN(RoiGCN(regions), RoiReadout(regions, regions, 8))
    fit(model, learn, epochs=10, lr=3e-3, seed=training, progress=False)
    pairs = draw(test.graphs, test.graphs, seed=seed, **sizes)
    return Trial(model, pair_auc(model, test), learn.graphs, pairs, BONDS, True)


def _sharing(subjects: PlantedConnectomes, chosen: list[int]) -> PairDataset:
    """Pairs that are alike if they share a motif."""
    graphs = [subjects[k] for k in chosen]
    index = torch.combinations(torch.arange(len(graphs)))
    order = torch.randperm(len(index), generator=torch.Generator().manual_seed(0))
    index = index[order[:SHARING]]
    has = torch.cat([graph.planted for graph in graphs])
    return PairDataset.from_pairs(graphs, index, (has[index[:, 0]] & has[index[:, 1]]).any(1))
