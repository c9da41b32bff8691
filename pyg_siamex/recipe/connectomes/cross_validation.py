"""How well a Siamese model tells subjects apart that it has not learned from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, median, stdev

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.data.graph_keys import graph_keys, joined_keys
from pyg_siamex.data.split import split_graphs
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import FitResult, embed_all, pair_auc

_MakePairs = Callable[[Sequence[Data]], PairDataset]
_Train = Callable[[PairDataset, PairDataset], tuple[SiameseGNN, FitResult]]

_INNER = 5  # one in so many of the training subjects says when to stop


@dataclass(frozen=True)
class _Fold:
    """Pairs to learn from, to stop by, and of held-out subjects."""

    learn: PairDataset
    validation: PairDataset
    test: PairDataset


@dataclass(frozen=True)
class CrossValidation:
    """Measures of every fold.

    Attributes:
        pair_auc: Does the similarity tell alike from unlike pairs of held-out subjects?
        accuracy: Share of held-out subjects that resemble their own class's training subjects most;
            empty for measured values.
        epochs: How many epochs were best.

    Example:
        >>> CrossValidation([0.9, 1.0], [], [3, 5]).usual_epochs
        4
    """

    pair_auc: list[float]
    accuracy: list[float]
    epochs: list[int]

    @property
    def usual_epochs(self) -> int:
        """Median of the best numbers of epochs."""
        return round(median(self.epochs))

    def words(self) -> dict[str, str]:
        """Mean and standard deviation over folds, as text."""
        named = {"pair AUC": self.pair_auc, "accuracy": self.accuracy}
        return {name: f"{mean(v):.3f} \u00b1 {stdev(v):.3f}" for name, v in named.items() if v}

    def to_dict(self) -> dict[str, list[float]]:
        """Plain values."""
        return {"pair_auc": self.pair_auc, "accuracy": self.accuracy}


def folds_of(
    graphs: Sequence[Data],
    make_pairs: _MakePairs,
    folds: int,
    seed: int,
    classes: Tensor | None = None,
    together: Sequence[str] | None = None,
    sites: Sequence[str] | None = None,
    refit: Callable[[Sequence[int]], Sequence[Data]] | None = None,
) -> list[_Fold]:
    """Split subjects into folds; no subject, and no group, is in two parts of a fold.

    Graphs that are equal up to the numbers of their nodes are one group.

    Args:
        graphs: The subjects.
        make_pairs: Pairs of some of them.
        folds: How many folds, at least 2.
        seed: Seed of the splits.
        classes: Class of each, whose shares are kept, or ``None``.
        together: A key per subject; equal keys (scans of one person) stay together.
        sites: Where each was measured: each site is held out once (leave-site-out), whatever
            ``folds`` says.
        refit: Graphs of all subjects as they are made from what the subjects at the given
            positions, the training part of a fold, teach. Default: ``graphs`` in every fold.

    Raises:
        ValueError: If a part would be empty, or hold no alike or no unlike pair.

    Example:
        >>> len(folds_of(graphs, PairDataset, 5, seed=0))
        5
    """
    same = graph_keys(graphs)
    keys = same if together is None else joined_keys(same, together)
    if sites is None:
        parts = split_graphs(len(graphs), [1 / folds] * folds, seed, classes, keys)
    else:
        parts = _parts_by_site(sites, together)
    out = []
    for test in parts:
        rest = [k for k in range(len(graphs)) if k not in set(test.tolist())]
        inner = split_graphs(
            len(rest),
            [1 - 1 / _INNER, 1 / _INNER],
            seed,
            None if classes is None else classes[rest],
            [keys[k] for k in rest],
        )
        chosen = [[rest[k] for k in part.tolist()] for part in inner]
        made = graphs if refit is None else refit(rest)
        pairs = [make_pairs([made[k] for k in p]) for p in (*chosen, test.tolist())]
        if together is not None:
            for part, places in zip(pairs[1:], (chosen[1], test.tolist()), strict=True):
                _leave_out_same(part, [together[k] for k in places])
        out.append(_Fold(*pairs))
    return out


def _leave_out_same(pairs: PairDataset, keys: Sequence[str]) -> None:
    """Leave out pairs of one person's scans: they are alike whatever the model has learned."""
    apart = torch.tensor([keys[i] != keys[j] for i, j in pairs.index.tolist()])
    if len(pairs.target[apart].unique()) == 2:
        pairs.index, pairs.target = pairs.index[apart], pairs.target[apart]


def _parts_by_site(sites: Sequence[str], together: Sequence[str] | None) -> list[Tensor]:
    """Positions of the subjects of each site."""
    names = sorted(set(sites))
    if len(names) < 2:
        raise ValueError(f"all subjects are of site '{names[0]}', and leaving it out leaves none")
    site_of: dict[str, str] = {}
    for key, site in zip(together or [], sites, strict=bool(together)):
        if site_of.setdefault(key, site) != site:
            raise ValueError(
                f"'{key}' was measured at '{site_of[key]}' and at '{site}': a site cannot be left "
                f"out with half of a person or family"
            )
    return [torch.tensor([k for k, site in enumerate(sites) if site == name]) for name in names]


def cross_validate(folds: Sequence[_Fold], train: _Train) -> CrossValidation:
    """Train a model in each fold and judge it on the subjects that were held out.

    Args:
        folds: What :func:`folds_of` returned.
        train: From pairs to learn from and to stop by to a trained model and its report.

    Example:
        >>> from pyg_siamex.recipe.connectomes.advised import ConnectomeTraining, bare
        >>> training = ConnectomeTraining.of(graphs, Settings(epochs=1, hidden=8))
        >>> folds = folds_of(bare(graphs), training.pairs, 2, seed=0)
        >>> len(cross_validate(folds, training.train).pair_auc)
        2
    """
    found = CrossValidation([], [], [])
    for fold in folds:
        model, report = train(fold.learn, fold.validation)
        found.pair_auc.append(pair_auc(model, fold.test))
        found.epochs.append(report.best_epoch + 1)
        classes = fold.learn.labels, fold.test.labels
        if classes[0] is not None and classes[1] is not None:
            known, asked = (embed_all(model, part.graphs) for part in (fold.learn, fold.test))
            found.accuracy.append(_accuracy(model, known, asked, classes[0], classes[1]))
    return found


@torch.no_grad()
def _accuracy(
    model: SiameseGNN, known: Tensor, asked: Tensor, known_class: Tensor, asked_class: Tensor
) -> float:
    """Each subject goes to the class whose training subjects it resembles most on average."""
    similarity = model.similarity(asked[:, None], known[None])  # [T, S]
    kinds = known_class.unique()
    score = torch.stack([similarity[:, known_class == kind].mean(1) for kind in kinds], dim=1)
    return float((kinds[score.argmax(1)] == asked_class).double().mean())
