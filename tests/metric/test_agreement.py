import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from pyg_siamex.metric import spearman, top_jaccard
from pyg_siamex.metric.agreement import mean_defined

# Few different values, so that ties are common.
ROWS = st.lists(st.lists(st.integers(0, 3), min_size=5, max_size=5), min_size=2, max_size=4)


@given(ROWS)
def test_spearman_agrees_with_scipy(rows):
    values = torch.tensor(rows).double()
    matrix = spearman(values, values)
    for a, one in enumerate(rows):
        for b, other in enumerate(rows):
            if len(set(one)) == 1 or len(set(other)) == 1:
                assert matrix[a, b].isnan()
            else:
                assert matrix[a, b].item() == pytest.approx(spearmanr(one, other).statistic)


def test_jaccard_by_hand():
    a = torch.tensor([[4.0, 3, 2, 1, 0]])
    b = torch.tensor([[4.0, 0, 3, 2, 1]])
    assert top_jaccard(a, b, 0.4).item() == pytest.approx(1 / 3)
    assert top_jaccard(a, a, 0.4).item() == 1
    assert top_jaccard(a, -a, 0.4).item() == 0


def test_tied_tops_agree_as_random_choices_do():
    a = torch.tensor([[1.0, 1, 0, 0], [0, 1, 1, 1]])
    generator = np.random.default_rng(0)
    drawn = [
        [set(np.lexsort((generator.random(4), -row))[:2].tolist()) for row in a.numpy()]
        for _ in range(20000)
    ]
    common = np.mean([len(one & other) for one, other in drawn])
    assert top_jaccard(a[:1], a[1:], 0.5).item() == pytest.approx(common / (4 - common), abs=0.01)


def test_constant_importances_do_not_agree_for_being_constant():
    flat = torch.ones(1, 10)
    assert spearman(flat, flat).isnan()
    assert top_jaccard(flat, flat, 0.2).item() == pytest.approx(0.4 / 3.6)


def test_no_elements_are_undefined_and_bad_rows_named():
    assert spearman(torch.ones(2, 0), torch.ones(1, 0)).isnan().all()
    assert top_jaccard(torch.ones(2, 0), torch.ones(1, 0)).isnan().all()
    with pytest.raises(ValueError, match="shapes \\[2, 3\\] and \\[2, 4\\]"):
        spearman(torch.ones(2, 3), torch.ones(2, 4))
    with pytest.raises(ValueError, match="share must be"):
        top_jaccard(torch.ones(2, 3), torch.ones(2, 3), 0)


def test_the_mean_of_nothing_is_nothing():
    assert mean_defined(torch.tensor([1.0, float("nan"), 3.0])) == 2
    assert torch.tensor(mean_defined(torch.tensor([]))).isnan()
    assert torch.tensor(mean_defined(torch.tensor([float("nan")]))).isnan()


@pytest.mark.parametrize("measure", [spearman, top_jaccard])
def test_importances_without_a_rank_are_refused(measure):
    rows = torch.tensor([[1.0, 2.0, float("nan")]])
    with pytest.raises(ValueError, match="`a` hold NaN"):
        measure(rows, torch.ones(1, 3))
    with pytest.raises(ValueError, match="`b` hold NaN"):
        measure(torch.ones(1, 3), rows)


def test_the_smallest_share_is_one_element():
    rows = torch.tensor([[1.0, 2.0, 3.0]])
    assert top_jaccard(rows, rows, 1e-300) == 1
