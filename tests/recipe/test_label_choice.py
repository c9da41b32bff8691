"""What a label is, by what is asked of it."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.recipe.label_choice import alike_share, kind_asked


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
