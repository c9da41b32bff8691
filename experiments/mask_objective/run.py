"""Which masks does an optimised objective find? Bond truth of NCI molecules, three models.

    python experiments/mask_objective/run.py

Trains three Siamese GINs (readout and normalisation differ), explains 60 alike and 60 unlike test
pairs with each candidate, and writes ``results.csv`` (one row per model, kind of pair and method)
and ``results.md`` beside this file. Ten minutes on one core at most.
"""

import csv
import random
import statistics
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex import (
    InputXGradient,
    MaskOptimization,
    Occlusion,
    PairDataset,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SiameseGNN,
    fit,
)
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.explain.mask_objective import MaskObjective
from pyg_siamex.explain.masked_pairs import Encode, MaskedPairs
from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision
from pyg_siamex.nn import build_siamese
from pyg_siamex.nn.training import pair_auc

HERE, PAIRS = Path(__file__).parent, 60
MODELS = {"add": ("add", None, 0), "mean": ("mean", None, 1), "add, norm": ("add", "batch_norm", 2)}


class JointState(MaskObjective):
    """Both graphs masked at once, and no other state."""

    def state_similarities(self, h: Tensor, whole: Tensor) -> Tensor:
        """Similarity of the two masked graphs, ``[1, B]``."""
        return self.pairs.similarity(h)


class SeparateStates(MaskObjective):
    """Each masked graph against the whole other one, and no other state."""

    def state_similarities(self, h: Tensor, whole: Tensor) -> Tensor:
        """Similarities of the two states, ``[2, B]``."""
        return super().state_similarities(h, whole)[:2]


class Together(MaskOptimization):
    """Masks judged in the joint state."""

    def objective(self, pairs: MaskedPairs, encode: Encode) -> MaskObjective:
        """What masks are judged by."""
        return JointState(pairs, encode, self.necessity, self.sufficiency)


class Apart(MaskOptimization):
    """Masks judged in the two separate states."""

    def objective(self, pairs: MaskedPairs, encode: Encode) -> MaskObjective:
        """What masks are judged by."""
        return SeparateStates(pairs, encode, self.necessity, self.sufficiency)


SUFFICIENT = {"necessity": 0.0, "sufficiency": 1.0}
METHODS: dict[str, PairAlgorithm] = {
    "random": RandomExplainer(),
    "saliency": Saliency(),
    "input x gradient, magnitude": InputXGradient(),
    "occlusion, magnitude": Occlusion(),
    "masks, together": Together(),
    "masks, apart": Apart(),
    "masks, apart and together (default)": MaskOptimization(),
    "  sufficiency instead": MaskOptimization(**SUFFICIENT),
    "  sufficiency, together": Together(**SUFFICIENT),
    "  both in equal parts": MaskOptimization(sufficiency=1.0),
    "  size 0.1": MaskOptimization(size=0.1),
    "  size 0.3": MaskOptimization(size=0.3),
    "  size 3": MaskOptimization(size=3.0),
    "  entropy 0.1": MaskOptimization(entropy=0.1),
    "  50 epochs": MaskOptimization(epochs=50),
    "  200 epochs": MaskOptimization(epochs=200),
    "  lr 0.1": MaskOptimization(lr=0.1),
}


def train(
    molecules: FunctionalGroups, pool: str, norm: str | None, seed: int
) -> tuple[SiameseGNN, PairDataset, float]:
    """A model, its test pairs and its pair AUC."""
    learn, validation, test = PairDataset(molecules, seed=seed).split((0.7, 0.1, 0.2), seed=seed)
    torch.manual_seed(seed)
    channels = molecules.transform.num_node_features
    model = build_siamese(
        "GIN", pool, in_channels=channels, hidden_channels=64, num_layers=3, norm=norm
    )
    fit(model, learn, validation=validation, epochs=20, lr=3e-3, seed=seed, progress=False)
    return model, test, pair_auc(model, test)


def choose(test: PairDataset, alike: bool, seed: int) -> tuple[list[Data], list[Data]]:
    """Random test pairs whose molecules are more than their group."""
    drawn, pairs = random.Random(seed), []
    while len(pairs) < PAIRS:
        a, b = (test.graphs[k] for k in drawn.sample(range(len(test.graphs)), 2))
        if bool(a.y == b.y) == alike and not (a.bond_truth.all() or b.bond_truth.all()):
            pairs.append((a, b))
    return [a for a, _ in pairs], [b for _, b in pairs]


def score(
    model: SiameseGNN, method: PairAlgorithm, queries: list[Data], references: list[Data]
) -> tuple[float, float]:
    """Mean bond AUROC and average precision of both sides' magnitudes."""
    explainer = PairExplainer(model, method, edge_mask_type="object", undirected=True)
    sides = [s for e in explainer.explain(queries, references) for s in (e.query, e.reference)]
    return (
        statistics.mean(ground_truth_auroc(s.edge_mask.abs(), s.bond_truth) for s in sides),
        statistics.mean(
            ground_truth_average_precision(s.edge_mask.abs(), s.bond_truth) for s in sides
        ),
    )


def main() -> None:
    """Run everything and write the tables."""
    molecules, rows = FunctionalGroups(), []
    for name, (pool, norm, seed) in MODELS.items():
        model, test, quality = train(molecules, pool, norm, seed)
        print(f"{name}: test pair AUC {quality:.3f}", flush=True)
        for alike in (True, False):
            pairs = choose(test, alike, seed)
            for label, method in METHODS.items():
                auroc, precision = score(model, method, *pairs)
                kind = "alike" if alike else "unlike"
                rows.append(
                    [name, f"{quality:.4f}", kind, label, f"{auroc:.4f}", f"{precision:.4f}"]
                )
    with (HERE / "results.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["model", "pair_auc", "pairs", "method", "auroc", "average_precision"])
        writer.writerows(rows)
    (HERE / "results.md").write_text(table(rows))
    print(table(rows))


def table(rows: list[list[str]]) -> str:
    """The results as Markdown: AUROC / average precision of each model, and means."""
    columns = [(model, kind) for model in MODELS for kind in ("alike", "unlike")]
    head = " | ".join(f"{model}, {kind}" for model, kind in columns)
    lines = [f"| method | {head} | mean |", "| --- |" + " --- |" * (len(columns) + 1)]
    for label in METHODS:
        found = {(r[0], r[2]): (float(r[4]), float(r[5])) for r in rows if r[3] == label}
        means = [statistics.mean(values) for values in zip(*found.values(), strict=True)]
        cells = [found[column] for column in columns] + [means]
        texts = " | ".join(f"{auroc:.3f} / {precision:.3f}" for auroc, precision in cells)
        lines.append(f"| {label.strip()} | {texts} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
