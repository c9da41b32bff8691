"""What a label is, by what is asked of it."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.recipe.label_choice import (
    alike_share,
    in_logarithms,
    is_learned,
    kind_asked,
    learned_kind,
)


def test_a_difference_and_a_logarithm_imply_measured_values():
    assert kind_asked(None) is None and kind_asked("classes") == "classes"
    assert kind_asked(None, 0.0) == kind_asked(None, None, True) == "measured"
    assert kind_asked("measured", 2.0) == "measured"
    with pytest.raises(ValueError, match="`max_difference` is for measured values"):
        kind_asked("classes", 1.0)
    with pytest.raises(ValueError, match="`log` is for measured values"):
        kind_asked("classes", None, True)


@pytest.mark.parametrize(
    ("labels", "words", "warned"),
    [
        ([0, 0, 1, 1], "33.3 % of all pairs", ""),
        ([0] * 9 + [1], "80.0 % of all pairs", "says little"),
        ([0, 0, *range(1, 20)], "0.5 % of all pairs", "too rare"),
    ],
)
def test_the_share_of_alike_pairs_is_exact_and_warned_of(labels, words, warned, caplog):
    graphs = [Data(x=torch.ones(1, 1) * k, y=y) for k, y in enumerate(labels)]
    assert alike_share(PairDataset(graphs)) == words
    assert (warned in caplog.text) if warned else not caplog.text


def test_unknown_pairs_are_no_pairs():
    graphs = [Data(x=torch.ones(1, 1) * k) for k in range(6)]
    pairs = PairDataset.from_pairs(graphs, [(0, 1), (2, 3), (4, 5)], [1, 0, 0])
    assert alike_share(pairs) == "33.3 % of all pairs"
    assert PairDataset.unlabelled(graphs).relation.alike_share(6) != 0


@pytest.mark.parametrize(
    ("metadata", "kind"),
    [
        ({"label_column": "y", "label_kind": "measured"}, "measured"),
        ({"label_column": "y", "rule": "same class"}, "classes"),
        ({"rows": {"label": "y"}, "rule": "values differ by at most 2"}, "measured"),
        ({"label_column": "z", "rule": "same class"}, None),
        ({"rule": "same class"}, None),
    ],
)
def test_the_label_of_a_training_is_what_it_was_taken_for(metadata, kind):
    assert learned_kind(metadata, "y") == kind
    assert learned_kind(metadata, None) is None
    assert is_learned(metadata, "y") == (metadata.get("label_column") != "z")


def test_logarithms_are_of_the_label_of_the_training():
    known = {"label_column": "y", "label": "log10 of 'y'"}
    assert in_logarithms(known, "y") and not in_logarithms(known, "z")
    assert not in_logarithms({"label_column": "y", "label": "'y'"}, "y")
