"""Tables of an overview against sums over listed pairs of graphs."""

import dataclasses

import numpy as np
import pytest
import torch

from pyg_siamex.explain.overview.frames import (
    class_frame,
    driver_frame,
    group_frame,
    outlier_frame,
    ranked,
)
from pyg_siamex.explain.overview.tally import Tally

CLASSES, NAMES = ["c0", "c1"], ["g0", "g1", "g2"]
LABELS = torch.tensor([0, 1, 0, 1, 1])
OWN = [["g0", "g1"], ["g1"], ["g0"], ["g2", "g1"], ["g0", "g2"]]


def relevance():
    """Relevance of each ordered pair of graphs and groups; NaN where a graph lacks the group."""
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(5, 3, 5, 3, generator=generator, dtype=torch.double)
    values = values + values.permute(2, 3, 0, 1)
    has = torch.tensor([[name in own for name in NAMES] for own in OWN])
    both = has[:, :, None, None] & has[None, None] & ~torch.eye(5, dtype=bool)[:, None, :, None]
    return torch.where(both, values, float("nan"))


def tally():
    """The sums, by a loop over all ordered pairs of graphs."""
    values = relevance()
    sums, squares, counts = (torch.zeros(6, 6, dtype=torch.double) for _ in range(3))
    pairs = torch.zeros(2, 2, dtype=torch.double)
    towards = torch.zeros(5, 2, 3, dtype=torch.double)
    for i in range(5):
        for j in range(5):
            if i == j:
                continue
            a, b = int(LABELS[i]), int(LABELS[j])
            pairs[a, b] += 1
            for g in range(3):
                for h in range(3):
                    value = values[i, g, j, h]
                    if not value.isnan():
                        sums[3 * a + g, 3 * b + h] += value
                        squares[3 * a + g, 3 * b + h] += value**2
                        counts[3 * a + g, 3 * b + h] += 1
                        towards[i, b, g] += value / (int((b == LABELS).sum()) - (a == b))
    # Here the parts carry all of the similarity.
    whole = sums.view(2, 3, 2, 3).sum((1, 3))
    return Tally(sums, squares, counts, pairs, whole, towards)


def test_a_row_of_groups_is_mean_deviation_and_share_of_its_pairs():
    frame, values = group_frame(tally(), CLASSES, NAMES), relevance()
    assert set(zip(frame["query_class"], frame["reference_class"], strict=True)) == {
        ("c0", "c0"), ("c0", "c1"), ("c1", "c1")
    }  # fmt: skip
    for row in frame.to_dict("records"):
        a, b = CLASSES.index(row["query_class"]), CLASSES.index(row["reference_class"])
        g, h = NAMES.index(row["query_group"]), NAMES.index(row["reference_group"])
        block = values[a == LABELS][:, g][:, b == LABELS][:, :, h]
        found = block[~block.isnan()].numpy()
        assert row["count"] == len(found)
        assert row["mean"] == pytest.approx(found.mean())
        assert row["std"] == pytest.approx(found.std(), abs=1e-7)
        assert row["contribution"] == pytest.approx(found.sum() / float(tally().pairs[a, b]))


def test_classes_and_drivers_have_the_same_total():
    found = tally()
    classes = class_frame(found, CLASSES, 3)
    assert classes["pairs"].tolist() == [2, 6, 6]
    total = relevance().nansum() / 20
    drivers = ranked(driver_frame(found, NAMES, OWN))
    assert drivers["relevance"].sum() == pytest.approx(float(total))
    assert dict(zip(drivers["group"], drivers["graphs"], strict=True)) == {
        "g0": 3,
        "g1": 3,
        "g2": 2,
    }
    largest = drivers[["within", "between"]].abs().max(axis=1).to_numpy()
    assert (np.diff(largest) <= 0).all()
    same = LABELS[:, None] == LABELS[None]
    within = relevance().nansum((1, 3))[same & ~torch.eye(5, dtype=bool)].sum() / 8
    assert drivers["within"].sum() == pytest.approx(float(within))


def test_outliers_are_in_the_order_of_their_scores():
    frame = outlier_frame(tally(), LABELS, CLASSES, [f"n{k}" for k in range(5)])
    scores = frame["score"].dropna().to_numpy()
    assert (np.diff(scores) <= 0).all() and len(frame) == 5
    assert frame.sort_values("position")["class"].tolist() == [CLASSES[k] for k in LABELS]
    assert all(frame["name"] == [f"n{k}" for k in frame["position"]])


@pytest.mark.parametrize("column", ["within", "between"])
def test_a_mean_over_no_pairs_is_undefined(column):
    found = tally()
    kept = torch.eye(2, dtype=torch.bool)
    kept = ~kept if column == "within" else kept
    pairs = torch.where(kept, found.pairs, 0)  # the sums keep what rounding would leave
    drivers = driver_frame(dataclasses.replace(found, pairs=pairs), NAMES, OWN)
    other = {"within": "between", "between": "within"}[column]
    assert drivers[column].isna().all() and np.isfinite(drivers[other]).all()
