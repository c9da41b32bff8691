"""Train on simulated connectomes, explain pairs, judge and draw the answer."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from rich.console import Console
from rich.table import Table
from torch_geometric.data import Data
from torch_geometric.explain import GNNExplainer

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import PlantedConnectomes, planted_truth
from pyg_siamex.explain import (
    FromPyG,
    InputXGradient,
    IntegratedGradients,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    PairExplainer,
    PairExplanation,
    Saliency,
    SelfLearned,
    SharedInvariance,
)
from pyg_siamex.metric import evaluate, summarise
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.training import fit, pair_auc

if TYPE_CHECKING:
    import pandas as pd

SUBJECTS = 160
JUDGED_PAIRS, FEW_PAIRS = 12, 4

Pairs = tuple[list[Data], list[Data]]


def demo_connectomes(out: Path, epochs: int, seed: int) -> None:
    """Learn a planted group difference, explain what makes subjects alike, judge and draw it.

    Args:
        out: Folder for the pictures.
        epochs: Most passes over the subjects.
        seed: The same seed gives the same numbers.
    """
    console, start = Console(), time.perf_counter()
    subjects = PlantedConnectomes(SUBJECTS, features="identity", seed=seed)
    console.print(
        f"{SUBJECTS} simulated subjects on {subjects.atlas.name}, no measured brains: patients "
        f"differ from controls inside the default network (Cohen's d {subjects.effect:g} for each "
        f"connection)"
    )
    learn, validation, test = PairDataset(subjects, seed=seed).split((0.6, 0.2, 0.2), seed=seed)
    model = _model(len(subjects.atlas), seed)
    fit(
        model,
        learn,
        validation=validation,
        epochs=epochs,
        lr=3e-4,
        weight_decay=0.1,
        seed=seed,
        accelerator="cpu",
        progress=False,
    )
    console.print(
        f"test pair AUC {pair_auc(model, test):.3f} on {len(test)} pairs of held-out ones"
    )
    invariance = SharedInvariance.learn(
        model, learn.graphs, edge_mask_type="object", undirected=True, seed=seed
    )
    explanations, table = judge(model, judged_pairs(test), invariance, seed)
    console.print(table)
    paths = _draw(explanations[0], out)
    console.print(f"done in {time.perf_counter() - start:.0f} s. Look at:")
    for path in paths:
        console.print(f"  {path}", soft_wrap=True)


def _model(regions: int, seed: int) -> SiameseGNN:
    readout = {"num_rois": regions, "in_channels": regions, "out_channels": 64}
    torch.manual_seed(seed)
    return build_siamese("RoiGCN", pool={"name": "RoiReadout", **readout}, num_rois=regions)


def judged_pairs(test: PairDataset) -> Pairs:
    """Pairs of two patients and pairs of a patient and a control in turn."""
    pairs = [test[k] for k in range(len(test))]
    alike = [pair for pair in pairs if pair.y == 1 and pair.query.planted.any()]
    unlike = [pair for pair in pairs if pair.y == 0]
    chosen = [pair for two in zip(alike, unlike, strict=False) for pair in two][:JUDGED_PAIRS]
    return [pair.query for pair in chosen], [pair.reference for pair in chosen]


def judge(
    model: SiameseGNN, pairs: Pairs, invariance: SharedInvariance, seed: int
) -> tuple[list[PairExplanation], Table]:
    """Explain pairs with every method and score the edge masks of both graphs against the truth.

    Methods that take long for graphs with thousands of edges explain the first pairs alone.

    Returns:
        The explanations of the first method, and the table.
    """
    fast: list[PairAlgorithm] = [
        SelfLearned(solver="gda", invariance=invariance),
        SelfLearned(solver="kl", invariance=invariance),
        MaskOptimization(),
        IntegratedGradients(),
        InputXGradient(),
        Saliency(),
    ]
    slow: list[PairAlgorithm] = [FromPyG(GNNExplainer(), seed=seed), Occlusion()]
    few = pairs[0][:FEW_PAIRS], pairs[1][:FEW_PAIRS]
    table = Table(
        "method", "pairs", "AUROC", "95 % interval", "AP", "s / pair",
        title="Planted connections found in simulated test pairs (AP: average precision)",
    )  # fmt: skip
    found, seconds = _explained(model, fast, pairs)
    summary = _summary(found, model, pairs, seed)
    _add_rows(table, summary, [method.name for method in fast], seconds)
    others, seconds = _explained(model, slow, few)
    names = [method.name for method in slow]
    _add_rows(table, _summary(others, model, few, seed), names, seconds)
    _add_rows(table, summary, ["random", "oracle"], {})
    return found[fast[0].name], table


def _explained(
    model: SiameseGNN, methods: list[PairAlgorithm], pairs: Pairs
) -> tuple[dict[str, list[PairExplanation]], dict[str, float]]:
    """Explanations of every method, and seconds for a pair."""
    found: dict[str, list[PairExplanation]] = {}
    seconds: dict[str, float] = {}
    for method in methods:
        start = time.perf_counter()
        explainer = PairExplainer(model, method, edge_mask_type="object", undirected=True)
        found[method.name] = explainer.explain(*pairs)
        seconds[method.name] = (time.perf_counter() - start) / len(pairs[0])
    return found, seconds


def _summary(
    found: dict[str, list[PairExplanation]], model: SiameseGNN, pairs: Pairs, seed: int
) -> "pd.DataFrame":
    """Mean and interval of each measure by method, random and oracle among them."""
    frame = evaluate(
        found,
        *pairs,
        model=model,
        truth=[planted_truth(*pair) for pair in zip(*pairs, strict=True)],
        measures=["ground_truth"],
        side="both",
        undirected=True,
        seeds=[seed],
    )
    return summarise(frame).set_index(["method", "measure"])


def _add_rows(
    table: Table, summary: "pd.DataFrame", names: list[str], seconds: dict[str, float]
) -> None:
    for name in names:
        auroc = summary.loc[(name, "AUROC")]
        precision = summary.loc[(name, "average precision"), "mean"]
        table.add_row(
            name,
            str(auroc["pairs"]),
            f"{auroc['mean']:.3f}",
            f"{auroc['low']:.3f}\u2013{auroc['high']:.3f}",
            f"{precision:.3f}",
            f"{seconds[name]:.2f}" if name in seconds else "",
        )


def _draw(explanation: PairExplanation, out: Path) -> list[Path]:
    """An alike pair as brains and as circles."""
    from pyg_siamex.visualize import draw_circles, draw_connectomes

    brains, circles = out / "patients_brains.svg", out / "patients_circles.svg"
    title = "Simulated: both have a stronger default network"
    draw_connectomes(explanation, brains, title=title)
    draw_circles(explanation, circles, title=title)
    return [brains, circles]
