import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from metric.planted import explained, planted_graph

from pyg_siamex.metric import RemovalCurves, effect_overlap, removal_curves, sparse_fidelity

TENTHS = [k / 10 for k in range(11)]


def curves(plus, minus):
    """Curves with the given fidelities: s0 = 1 and nothing left without everything."""
    plus, minus = torch.tensor([plus]).double(), torch.tensor([minus]).double()
    shares = torch.linspace(0, 1, plus.size(1), dtype=torch.double)
    one = torch.ones(1, dtype=torch.double)
    return RemovalCurves(shares, shares[None], one, 0 * one, one, kept=1 - minus, removed=1 - plus)


def test_overlap_by_hand(model, perfect):
    values = removal_curves(model, perfect, shares=TENTHS)
    # min = 0, 1/2, 0, ... and max = 1, 1/2, 1, ...
    assert effect_overlap(values).item() == pytest.approx(0.05 / 0.95)


def test_overlap_of_a_random_order_that_adds_up_is_a_third():
    query = planted_graph(100, 100)
    from metric.planted import planted_model

    pair = [explained(query, planted_graph(3), torch.rand(100))]
    overlap = effect_overlap(
        removal_curves(planted_model(), pair, shares=[k / 100 for k in range(101)])
    )
    assert overlap.item() == pytest.approx(1 / 3, abs=1e-3)


def test_overlap_ends():
    assert effect_overlap(curves([0, 1, 1], [0, 0, 0])).item() == 0
    assert effect_overlap(curves([0.4, 0.4, 0.4], [0.4, 0.4, 0.4])).item() == 1
    # An effect the other way does not overlap.
    assert effect_overlap(curves([-1, -1, -1], [1, 1, 1])).item() == 0


def test_sparse_fidelity_by_hand(model, perfect, inverted):
    curve, area = sparse_fidelity(removal_curves(model, perfect, shares=TENTHS))
    assert curve[0].tolist() == pytest.approx([0, 0.5] + [1] * 9)
    assert area.item() == pytest.approx(0.9)
    _, worst = sparse_fidelity(removal_curves(model, inverted, shares=TENTHS))
    assert worst.item() == pytest.approx(0.1)  # right once eight of ten wrong edges are in
    ramp = [k / 10 for k in range(11)]
    _, random = sparse_fidelity(curves(ramp, ramp[::-1]))
    assert random.item() == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=2, max_size=6))
def test_both_stay_in_the_unit_interval(fidelities):
    plus, minus = ([*values] for values in zip(*fidelities, strict=True))
    minus[0] = 1.0  # keeping nothing loses everything
    overlap = effect_overlap(curves(plus, minus)).item()
    _, area = sparse_fidelity(curves(plus, minus))
    assert 0 <= overlap <= 1 + 1e-12
    assert 0 <= area.item() <= 1 + 1e-12


@pytest.mark.parametrize("shares", [[0.2, 0.5], [0.0, 0.5], [0.5, 1.0], [0.5]], ids=str)
@pytest.mark.parametrize("summary", [effect_overlap, sparse_fidelity])
def test_curves_of_a_part_are_refused(summary, shares, model, perfect):
    curves = removal_curves(model, perfect, shares=shares)
    with pytest.raises(ValueError, match="`curves` must go from a share of 0 to 1"):
        summary(curves)
