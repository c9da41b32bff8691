"""Train on real molecules, explain pairs, judge and draw the answer."""

import time
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.explain import (
    AmortisedInvariance,
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
    SelfLearned,
)
from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision
from pyg_siamex.nn import SiameseGNN, build_siamese, save_model
from pyg_siamex.nn.training import fit, pair_auc

JUDGED_PAIRS = 100


def demo_molecules(out: Path, epochs: int, seed: int) -> None:
    """Learn functional groups, explain what makes molecules alike, judge and draw it.

    Args:
        out: Folder for the pictures and the model.
        epochs: Most passes over the molecules.
        seed: The same seed gives the same numbers.
    """
    console, start = Console(), time.perf_counter()
    molecules = FunctionalGroups()
    console.print(f"{len(molecules)} NCI molecules: {', '.join(molecules.class_names)}")
    learn, validation, test = PairDataset(molecules, seed=seed).split(seed=seed)
    torch.manual_seed(seed)
    channels = molecules.transform.num_node_features
    model = build_siamese(
        "GIN", "add", "cosine", in_channels=channels, hidden_channels=64, num_layers=3
    )
    report = fit(model, learn, validation=validation, epochs=epochs, lr=3e-3, seed=seed)
    console.print(
        f"test pair AUC {pair_auc(model, test):.3f} on {len(test)} pairs of unseen molecules "
        f"(mean cosine of different molecules {report.spread:.2f})"
    )
    save_model(model, out / "functional_groups.siamex", features=molecules.transform.to_dict())
    invariance = AmortisedInvariance.learn(
        model, learn.graphs, edge_mask_type="object", undirected=True, seed=seed
    )
    table, shown = judge(model, *_alike_pairs(test), invariance)
    console.print(table)
    paths = _draw(shown, molecules.class_names, out)
    console.print(f"done in {time.perf_counter() - start:.0f} s. Look at:")
    for path in paths:
        console.print(f"  {path}", soft_wrap=True)


def judge(
    model: SiameseGNN,
    queries: list[Data],
    references: list[Data],
    invariance: AmortisedInvariance,
) -> tuple[Table, list[PairExplanation]]:
    """Explain pairs with every method and score the bond masks against the truth.

    Args:
        model: The trained model.
        queries: Molecules with ``bond_truth``.
        references: As many.
        invariance: What self-learned masks are held to.

    Returns:
        The table, and the explanations of the last method.
    """
    table = Table(
        "method", "bond AUROC", "bond average precision", "seconds",
        title=f"Bonds of the shared group found in {len(queries)} alike test pairs",
    )  # fmt: skip
    methods: list[PairAlgorithm] = [
        RandomExplainer(),
        Saliency(),
        InputXGradient(),
        IntegratedGradients(),
        Occlusion(),
        BiLRP(),
        MaskOptimization(),
        SelfLearned(solver="kl", invariance=invariance),
        SelfLearned(solver="gda", invariance=invariance),
    ]
    explanations: list[PairExplanation] = []
    for method in methods:
        start = time.perf_counter()
        explainer = PairExplainer(model, method, edge_mask_type="object", undirected=True)
        explanations = explainer.explain(queries, references)
        seconds = time.perf_counter() - start
        masks = [side.edge_mask.abs() for e in explanations for side in (e.query, e.reference)]
        table.add_row(method.name, *_scores(masks, queries, references), f"{seconds:.1f}")
    truth = [d.bond_truth.float() for pair in zip(queries, references, strict=True) for d in pair]
    table.add_row("oracle (the truth itself)", *_scores(truth, queries, references), "")
    return table, explanations


def _scores(masks: list[Tensor], queries: list[Data], references: list[Data]) -> tuple[str, str]:
    truth = [d.bond_truth for pair in zip(queries, references, strict=True) for d in pair]
    columns = []
    for measure in (ground_truth_auroc, ground_truth_average_precision):
        values = torch.tensor([measure(m, t) for m, t in zip(masks, truth, strict=True)])
        columns.append(f"{values.nanmean():.3f}")
    return columns[0], columns[1]


def _alike_pairs(test: PairDataset) -> tuple[list[Data], list[Data]]:
    """The first alike pairs in which neither molecule is nothing but its group."""
    alike = [
        pair
        for pair in (test[k] for k in range(len(test)))
        if pair.y == 1 and not (pair.query.bond_truth.all() or pair.reference.bond_truth.all())
    ][:JUDGED_PAIRS]
    return [pair.query for pair in alike], [pair.reference for pair in alike]


def _draw(explanations: list[PairExplanation], class_names: list[str], out: Path) -> list[Path]:
    """One picture per functional group: its first explained pair."""
    from pyg_siamex.visualize import draw_molecules

    paths: dict[int, Path] = {}
    for explanation in explanations:
        group = int(explanation.query.y)
        if group not in paths:
            name = class_names[group]
            paths[group] = out / f"{name.replace(' ', '_')}.svg"
            draw_molecules(explanation, paths[group], title=f"Alike: both contain {name}")
    return [paths[group] for group in sorted(paths)]
