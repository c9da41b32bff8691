"""Train on simulated connectomes, explain pairs, judge and draw the answer."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from torch_geometric.data import Data
from torch_geometric.explain import GNNExplainer

from pyg_siamex._given import either
from pyg_siamex._numbers import whole
from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.connectome import PlantedConnectomes, planted_truth
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
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.metric import GroupMap, evaluate, summarise
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.training import fit, pair_auc
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.one_thread import one_thread

if TYPE_CHECKING:
    import pandas as pd

EPOCHS, SUBJECTS = 10, 160
JUDGED_PAIRS, _FEW_PAIRS = 12, 4

_Pairs = tuple[list[Data], list[Data]]


class ConnectomeDemo:
    """Learn a planted group difference of simulated subjects, and find what makes two alike.

    Patients have a stronger default network, which is then exactly what an explanation of two
    patients should find.

    Args:
        epochs: Most passes over the subjects. Default 10.
        seed: The same seed gives the same numbers.

    Raises:
        ValueError: If ``epochs`` is below 1, or ``seed`` negative.

    Example:
        >>> demo = ConnectomeDemo()
        >>> # the following takes a minute
        >>> model, quality = demo.train()  # doctest: +SKIP
        >>> scores, explanations = demo.judge(model)  # doctest: +SKIP
        >>> demo.write(model, explanations, Path("out"))  # doctest: +SKIP
    """

    def __init__(self, epochs: int | None = None, seed: int = 0) -> None:
        self.epochs: int = whole("epochs", either(epochs, EPOCHS))
        self.seed: int = whole("seed", seed, 0)
        with one_thread():
            self.subjects: PlantedConnectomes = PlantedConnectomes(
                SUBJECTS, features="identity", seed=seed
            )
            pairs = PairDataset(self.subjects, seed=seed)
            self.parts: tuple[PairDataset, ...] = pairs.split((0.6, 0.2, 0.2), seed=seed)

    @property
    def introduction(self) -> str:
        """How many subjects, and what was planted."""
        return (
            f"{SUBJECTS} simulated subjects on {self.subjects.atlas.name}, no measured brains: "
            f"patients differ from controls inside the default network (Cohen's d "
            f"{self.subjects.effect:g} for each connection)"
        )

    @one_thread()
    def train(self) -> tuple[SiameseGNN, str]:
        """The model, and its quality on held-out subjects."""
        learn, validation, test = self.parts
        model = _model(len(self.subjects.atlas), self.seed)
        fit(
            model,
            learn,
            validation=validation,
            epochs=self.epochs,
            lr=3e-4,
            weight_decay=0.1,
            seed=self.seed,
            accelerator="cpu",
            progress=False,
        )
        auc = pair_auc(model, test)
        return model, f"test pair AUC {auc:.3f} on {len(test)} pairs of held-out ones"

    @one_thread()
    def judge(self, model: SiameseGNN) -> tuple[Listing, list[PairExplanation]]:
        """Scores of every explainer's edge masks, and the explanations of the first one.

        Args:
            model: The trained model.
        """
        learn, _, test = self.parts
        return judge(model, _judged_pairs(test), learn.graphs, self.seed)

    @one_thread()
    def write(
        self, model: SiameseGNN, explanations: list[PairExplanation], folder: Path
    ) -> list[Path]:
        """Draw an alike pair as brains and as circles.

        Args:
            model: The trained model.
            explanations: The first is drawn.
            folder: Where to write the pictures.
        """
        return _draw(explanations[0], folder)


def _judged_pairs(test: PairDataset) -> _Pairs:
    """Pairs of two patients and pairs of a patient and a control in turn.

    Args:
        test: Pairs of held-out subjects.
    """
    pairs = [test[k] for k in range(len(test))]
    alike = [pair for pair in pairs if pair.y == 1 and pair.query.planted.any()]
    unlike = [pair for pair in pairs if pair.y == 0]
    chosen = [pair for two in zip(alike, unlike, strict=False) for pair in two][:JUDGED_PAIRS]
    return [pair.query for pair in chosen], [pair.reference for pair in chosen]


def judge(
    model: SiameseGNN, pairs: _Pairs, subjects: Sequence[Data], seed: int
) -> tuple[Listing, list[PairExplanation]]:
    """Explain pairs with every method and score the edge masks of both graphs against the truth.

    Methods that take long for graphs with thousands of edges explain the first pairs alone.

    Args:
        model: The trained model.
        pairs: Queries and references.
        subjects: Training subjects, which self-learned masks and group maps learn from. Only the
            maps read their classes.
        seed: Seed of the methods and intervals that draw.

    Returns:
        The table, and the explanations of the first method.

    Example:
        >>> # takes a minute
        >>> learn, _, test = demo.parts  # doctest: +SKIP
        >>> pairs = _judged_pairs(test)  # doctest: +SKIP
        >>> table, explanations = judge(model, pairs, learn.graphs, seed=0)  # doctest: +SKIP
    """
    fast, slow = _fast(model, subjects, seed), [FromPyG(GNNExplainer(), seed=seed), Occlusion()]
    few = pairs[0][:_FEW_PAIRS], pairs[1][:_FEW_PAIRS]
    found, seconds = _explained(model, fast, pairs)
    summary = _summary(found, model, pairs, seed)
    rows = _rows(summary, [method.name for method in fast], seconds)
    others, seconds = _explained(model, slow, few)
    names = [method.name for method in slow]
    rows += _rows(_summary(others, model, few, seed), names, seconds)
    rows += _rows(summary, ["random", "oracle"], {})
    title = "Planted connections found in simulated test pairs (AP: average precision)"
    columns = ("method", "pairs", "AUROC", "95 % interval", "AP", "s / pair")
    return Listing(title, columns, rows), found[fast[0].name]


def _model(regions: int, seed: int) -> SiameseGNN:
    readout = {"num_rois": regions, "in_channels": regions, "out_channels": 64}
    pool = {"name": "RoiReadout", **readout}
    with seeded(seed):
        return build_siamese("RoiGCN", pool, biases="nodes", num_rois=regions)


def _fast(model: SiameseGNN, subjects: Sequence[Data], seed: int) -> list[PairAlgorithm]:
    invariance = SharedInvariance.learn(
        model, subjects, edge_mask_type="object", undirected=True, seed=seed
    )
    return [
        SelfLearned(solver="gda", invariance=invariance),
        SelfLearned(solver="kl", invariance=invariance),
        MaskOptimization(),
        IntegratedGradients(),
        InputXGradient(),
        Saliency(),
        GroupMap.of_t_values(subjects),
        GroupMap.of_ridge_weights(subjects),
    ]


def _explained(
    model: SiameseGNN, methods: list[PairAlgorithm], pairs: _Pairs
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
    found: dict[str, list[PairExplanation]], model: SiameseGNN, pairs: _Pairs, seed: int
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


def _rows(
    summary: "pd.DataFrame", names: list[str], seconds: dict[str, float]
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in names:
        auroc = summary.loc[(name, "AUROC")]
        precision = summary.loc[(name, "average precision"), "mean"]
        row = (
            name,
            str(auroc["pairs"]),
            f"{auroc['mean']:.3f}",
            f"{auroc['low']:.3f}\u2013{auroc['high']:.3f}",
            f"{precision:.3f}",
            f"{seconds[name]:.2f}" if name in seconds else "",
        )
        rows.append(row)
    return rows


def _draw(explanation: PairExplanation, out: Path) -> list[Path]:
    """An alike pair as brains and as circles."""
    from pyg_siamex.visualize import draw_circles, draw_connectomes

    brains, circles = out / "patients_brains.svg", out / "patients_circles.svg"
    title = "Simulated: both have a stronger default network"
    draw_connectomes(explanation, brains, title=title)
    draw_circles(explanation, circles, title=title)
    return [brains, circles]
