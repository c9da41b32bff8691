"""A tally as tidy tables; :class:`~pyg_siamex.explain.Overview` describes their columns."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from pyg_siamex.explain.overview.disagreement import disagreement
from pyg_siamex.explain.overview.tally import Tally


def group_frame(tally: Tally, class_names: list[str], group_names: list[str]) -> pd.DataFrame:
    """A row per class pair and pair of groups that occur together."""
    groups = len(group_names)
    row, column = tally.counts.nonzero().unbind(1)
    keep = row // groups <= column // groups  # each class pair once
    row, column = row[keep], column[keep]
    count = tally.counts[row, column]
    mean = tally.sums[row, column] / count
    variance = tally.squares[row, column] / count - mean.square()
    pairs = tally.pairs[row // groups, column // groups]
    classes, names = np.array(class_names, object), np.array(group_names, object)
    return pd.DataFrame(
        {
            "query_class": classes[(row // groups).numpy()],
            "reference_class": classes[(column // groups).numpy()],
            "query_group": names[(row % groups).numpy()],
            "reference_group": names[(column % groups).numpy()],
            "mean": mean.numpy(),
            "std": variance.clamp_min(0).sqrt().numpy(),
            "count": count.long().numpy(),
            "contribution": (tally.sums[row, column] / pairs).numpy(),
        }
    )


def class_frame(tally: Tally, class_names: list[str], groups: int) -> pd.DataFrame:
    """A row per class pair."""
    size = len(class_names)
    sums = tally.sums.view(size, groups, size, groups).sum((1, 3))
    rows = [
        (
            class_names[a],
            class_names[b],
            int(tally.pairs[a, b]),
            float(sums[a, b]),
            float(tally.whole[a, b]),
        )
        for a in range(size)
        for b in range(a, size)
        if tally.pairs[a, b] > 0
    ]
    columns = ["query_class", "reference_class", "pairs", "explained", "similarity"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["explained"] /= frame["pairs"]
    frame["similarity"] /= frame["pairs"]
    return frame


def driver_frame(
    tally: Tally, names: list[str], groups: Sequence[Sequence[object]]
) -> pd.DataFrame:
    """A row per group, in the order of their names."""
    size = len(tally.pairs)
    by_class = tally.sums.view(size, len(names), size, len(names)).sum(3)  # [C, G, C]
    same = torch.eye(size, dtype=torch.bool)
    within = by_class.permute(1, 0, 2)[:, same].sum(1)
    between = by_class.permute(1, 0, 2)[:, ~same].sum(1)
    alike, unlike = tally.pairs[same].sum(), tally.pairs[~same].sum()
    having = {name: 0 for name in names}
    for own in groups:
        for name in {str(label) for label in own}:
            having[name] += 1
    return pd.DataFrame(
        {
            "group": names,
            "relevance": ((within + between) / (alike + unlike)).numpy(),
            "within": _mean(within, alike),
            "between": _mean(between, unlike),
            "graphs": [having[name] for name in names],
        }
    )


def _mean(total: Tensor, pairs: Tensor) -> np.ndarray:
    """A mean over pairs; NaN without such pairs, whose total is what rounding leaves."""
    mean: np.ndarray = torch.where(pairs > 0, total / pairs, torch.nan).numpy()
    return mean


def ranked(drivers: pd.DataFrame) -> pd.DataFrame:
    """The group with the largest absolute contribution first."""
    largest = drivers[["within", "between"]].abs().max(axis=1)
    order = largest.sort_values(ascending=False, kind="stable").index
    return drivers.loc[order].reset_index(drop=True)


def outlier_frame(
    tally: Tally, classes: Tensor, class_names: list[str], names: list[str]
) -> pd.DataFrame:
    """A row per graph; the largest disagreement with the own class comes first."""
    found = disagreement(tally.towards, classes)
    word = np.array(class_names, object)
    resembles = word[found.nearest.numpy()]
    resembles[found.score.isnan().numpy()] = ""
    frame = pd.DataFrame(
        {
            "position": np.arange(len(names)),
            "name": names,
            "class": word[classes.numpy()],
            "resembles": resembles,
            "score": found.score.numpy(),
            "own": found.own.numpy(),
            "other": found.other.numpy(),
        }
    )
    return frame.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)
