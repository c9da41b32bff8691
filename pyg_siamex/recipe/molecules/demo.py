"""Train on real molecules, explain pairs, judge and draw the answer."""

import time
from pathlib import Path

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import whole
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.functional_groups import FunctionalGroups
from pyg_siamex.explain import (
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
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.metric import ground_truth_auroc, ground_truth_average_precision
from pyg_siamex.nn import SiameseGNN, build_siamese, save_model
from pyg_siamex.nn.training import fit, pair_auc
from pyg_siamex.recipe.listing import Listing

EPOCHS, JUDGED_PAIRS = 40, 100
_MODEL = "functional_groups.siamex"

_Pairs = tuple[list[Data], list[Data]]


@checked
class MoleculeDemo:
    """Learn functional groups of real molecules, and find what makes two alike.

    Two of 2,000 molecules are alike if they share a functional group, which is then exactly what
    an explanation should find.

    Args:
        epochs: Most passes over the molecules. Default 40.
        seed: The same seed gives the same numbers.

    Raises:
        ValueError: If ``epochs`` is below 1, or ``seed`` negative.

    Example:
        >>> # reads two thousand molecules, and takes a minute
        >>> demo = MoleculeDemo()  # doctest: +SKIP
        >>> model, quality = demo.train()  # doctest: +SKIP
        >>> scores, explanations = demo.judge(model)  # doctest: +SKIP
        >>> demo.write(model, explanations, Path("out"))  # doctest: +SKIP
    """

    def __init__(self, epochs: int | None = None, seed: int = 0) -> None:
        self.epochs: int = whole("epochs", either(epochs, EPOCHS))
        self.seed: int = whole("seed", seed, 0)
        self.molecules: FunctionalGroups = FunctionalGroups()
        self.parts: tuple[PairDataset, ...] = PairDataset(self.molecules, seed=seed).split(
            seed=seed
        )

    @property
    def introduction(self) -> str:
        """Number of molecules, and their groups."""
        return f"{len(self.molecules)} NCI molecules: {', '.join(self.molecules.class_names)}"

    def train(self) -> tuple[SiameseGNN, str]:
        """The model, and its quality on molecules that it has not seen."""
        learn, validation, test = self.parts
        channels = self.molecules.features.num_node_features
        sizes = {"in_channels": channels, "hidden_channels": 64, "num_layers": 3}
        with seeded(self.seed):
            model = build_siamese("GIN", "add", "cosine", "nodes", **sizes)
        report = fit(
            model, learn, validation=validation, epochs=self.epochs, lr=3e-3, seed=self.seed
        )
        return model, (
            f"test pair AUC {pair_auc(model, test):.3f} on {len(test)} pairs of unseen molecules "
            f"(mean cosine of different molecules {report.spread:.2f})"
        )

    def judge(self, model: SiameseGNN) -> tuple[Listing, list[PairExplanation]]:
        """Scores of every explainer's bond masks, and the explanations of the last one.

        Args:
            model: The trained model.
        """
        _, _, test = self.parts
        return judge(model, *_alike_pairs(test), _methods())

    def write(
        self, model: SiameseGNN, explanations: list[PairExplanation], folder: Path
    ) -> list[Path]:
        """Save the model and draw one pair for each functional group.

        Args:
            model: The trained model.
            explanations: Alike pairs.
            folder: Where to write the model and the pictures.
        """
        save_model(model, folder / _MODEL, features=self.molecules.features.to_dict())
        return _draw(explanations, self.molecules.class_names, folder)


def judge(
    model: SiameseGNN,
    queries: list[Data],
    references: list[Data],
    methods: list[PairAlgorithm],
) -> tuple[Listing, list[PairExplanation]]:
    """Explain pairs with every method and score the bond masks against the truth.

    Args:
        model: The trained model.
        queries: Molecules with ``bond_truth``.
        references: As many.
        methods: The explainers.

    Returns:
        The table, and the explanations of the last method.

    Example:
        >>> # molecules of FunctionalGroups, which know the bonds of their groups
        >>> methods = [Saliency(), Occlusion()]
        >>> table, explanations = judge(model, queries, references, methods)  # doctest: +SKIP
    """
    rows: list[tuple[str, ...]] = []
    explanations: list[PairExplanation] = []
    for method in methods:
        start = time.perf_counter()
        explainer = PairExplainer(model, method, edge_mask_type="object", undirected=True)
        explanations = explainer.explain(queries, references)
        seconds = time.perf_counter() - start
        masks = [side.edge_mask.abs() for e in explanations for side in (e.query, e.reference)]
        rows.append((method.name, *_scores(masks, queries, references), f"{seconds:.1f}"))
    truth = [d.bond_truth.float() for pair in zip(queries, references, strict=True) for d in pair]
    rows.append(("oracle (the truth itself)", *_scores(truth, queries, references), ""))
    title = f"Bonds of the shared group found in {len(queries)} alike test pairs"
    columns = ("method", "bond AUROC", "bond average precision", "seconds")
    return Listing(title, columns, rows), explanations


def _methods() -> list[PairAlgorithm]:
    return [
        RandomExplainer(),
        Saliency(),
        InputXGradient(),
        IntegratedGradients(),
        Occlusion(),
        BiLRP(),
        MaskOptimization(),
        SelfLearned(solver="kl"),
        SelfLearned(solver="gda"),
    ]


def _scores(masks: list[Tensor], queries: list[Data], references: list[Data]) -> tuple[str, str]:
    truth = [d.bond_truth for pair in zip(queries, references, strict=True) for d in pair]
    columns = []
    for measure in (ground_truth_auroc, ground_truth_average_precision):
        values = torch.tensor([measure(m, t) for m, t in zip(masks, truth, strict=True)])
        columns.append(f"{values.nanmean():.3f}")
    return columns[0], columns[1]


def _alike_pairs(test: PairDataset) -> _Pairs:
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
