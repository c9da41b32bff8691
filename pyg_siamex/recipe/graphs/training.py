"""Training on graphs of any files."""

import logging
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.datasets.label import LabelKind, naming_labels, read_labels
from pyg_siamex.nn.training import pair_auc
from pyg_siamex.recipe.label_choice import alike_share, asking_for_numbers, kind_asked
from pyg_siamex.recipe.plain_training import ENOUGH, fitted, paired
from pyg_siamex.recipe.settings import Settings, check_settings
from pyg_siamex.recipe.trained import Learned
from pyg_siamex.recipe.usual_difference import usual_difference

_logger = logging.getLogger(__name__)

_LAYERS = 3


@dataclass(frozen=True, kw_only=True, repr=False)
class TrainedGraphs(Learned):
    """A model of graphs, fresh from its training.

    Attributes:
        graphs: The graphs, with the number of their class, or their value, as ``y``.
    """

    graphs: list[Data]

    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""
        out = {"graphs": str(len(self.graphs))}
        if self.metadata["class_names"]:
            out["classes"] = ", ".join(self.metadata["class_names"][:8])
        return out | self._quality("graphs")


def train_graphs(
    graphs: list[Data],
    domain: str,
    source: Path,
    label: str,
    *,
    label_kind: LabelKind | None = None,
    max_difference: float | None = None,
    settings: Settings,
) -> TrainedGraphs:
    """Train a model of graphs and judge it.

    A tenth of the graphs is held out to stop in time and a tenth to judge the model (a fifth each
    below 100 graphs, none below 50). Graphs that a model cannot tell apart are never in two parts.

    Args:
        graphs: The graphs, with a number or a text as ``y``.
        domain: Name of the domain, which the model's file will hold.
        source: Where they are from.
        label: Name of the label.
        label_kind: ``"measured"`` or ``"classes"``. Default: guessed, see
            :func:`~pyg_siamex.datasets.label.read_labels`.
        max_difference: For measured values: the largest difference of two that are alike.
            Half a standard deviation by default.
        settings: The model and its training. By default three GIN layers, 20 epochs at a learning
            rate of 0.001.

    Raises:
        ValueError: If a label cannot be used, there are too few pairs, or a setting cannot be used.

    Example:
        >>> made = [Data(x=g.x, edge_index=g.edge_index, y=k % 2) for k, g in enumerate(graphs)]
        >>> settings = Settings(epochs=1)
        >>> train_graphs(made, "mine", Path("x"), "class", settings=settings).metadata["rule"]
        'same class'
    """
    check_settings(settings, domain)
    kind = kind_asked(label_kind, max_difference)
    with asking_for_numbers(max_difference):
        found, class_names = labelled_graphs(graphs, label, kind)
    if class_names is None and max_difference is None:
        max_difference = usual_difference(torch.stack([graph.y for graph in found]))
    every = paired(found, max_difference, settings.seed)
    learn, validation, test, judged = _parts(every, settings.seed)
    model, report = fitted(learn, validation, settings, _LAYERS)
    rule = "same class" if class_names else f"values differ by at most {max_difference:.3g}"
    metadata: dict[str, Any] = {
        "kind": "graphs",
        "domain": domain,
        "source": str(source),
        "label_column": label,
        "rule": rule,
        "alike_share": alike_share(every),
        "class_names": class_names,
        f"{judged}_pair_auc": pair_auc(model, test),
        "spread": report.spread,
    }
    return TrainedGraphs(model, metadata, graphs=found, fit_result=report)


def labelled_graphs(
    graphs: list[Data], label: str, kind: LabelKind | None = None
) -> tuple[list[Data], list[str] | None]:
    """Graphs with the number of their class, or their value, as ``y``, and names of the classes.

    Args:
        graphs: The graphs, with a number or a text as ``y``.
        label: Name of the label.
        kind: What it is. Default: guessed.

    Raises:
        ValueError: If a label cannot be used.

    Example:
        >>> labelled_graphs([Data(y="ring"), Data(y="rod")], "shape")[1]
        ['ring', 'rod']
    """
    with naming_labels(f"'{label}' of the graphs"):
        read = read_labels([_text(graph.y) for graph in graphs], kind)
    if read.refused:
        place, reason = next(iter(read.refused.items()))
        raise ValueError(f"'{label}' of '{graphs[place].name}': {reason}")
    out = []
    for graph, value in zip(graphs, read.values, strict=True):
        own = copy(graph)
        own.y = value.clone()
        out.append(own)
    return out, read.class_names


def _text(target: Any) -> str:
    """A label as the cell of a table."""
    return str(target.item() if isinstance(target, Tensor) and target.numel() == 1 else target)


def _parts(pairs: PairDataset, seed: int) -> tuple[PairDataset, PairDataset, PairDataset, str]:
    """Pairs to learn from, to stop by and to judge by; all for all where graphs are few."""
    for least, shares in ENOUGH:
        if len(pairs.graphs) >= least:
            try:
                learn, validation, test = pairs.split(shares, seed)
            except ValueError:  # a part with no two alike, or no two unlike graphs
                continue
            return learn, validation, test, "test"
    _logger.warning(
        "%d graphs are too few to hold some out: the model is judged by what it has learned from, "
        "which says nothing about new graphs",
        len(pairs.graphs),
    )
    return pairs, pairs, pairs, "training"
