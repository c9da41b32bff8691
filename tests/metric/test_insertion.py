import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from metric.planted import explained, planted_graph, planted_model, planted_truth

from pyg_siamex.metric import insertion_deletion


def test_areas_by_hand(model, perfect, inverted):
    best = insertion_deletion(model, perfect, steps=10)
    # I = 0, 1/2, 1, ..., 1 and D = 1 - I at steps of 1/10.
    assert best.insertion.item() == pytest.approx(0.9)
    assert best.deletion.item() == pytest.approx(0.1)
    worst = insertion_deletion(model, inverted, steps=10)
    assert worst.difference.item() == pytest.approx(-best.difference.item()) == pytest.approx(-0.8)


def test_the_ends_are_reached_as_the_motif_gets_small(model):
    query = planted_graph(2, 200)
    truth = planted_truth(query).double()
    for mask, expected in ((truth, 1.0), (1 - truth, -1.0)):
        pair = [explained(query, planted_graph(3), mask)]
        difference = insertion_deletion(model, pair, steps=100).difference.item()
        assert difference == pytest.approx(expected, abs=0.02)


def test_random_is_about_zero(model):
    query = planted_graph(4, 40)
    pairs = [explained(query, planted_graph(3), torch.rand(40)) for _ in range(300)]
    out = insertion_deletion(model, pairs, steps=10)
    # A pair's standard deviation is 2 / sqrt(12 * 4), that of the mean 0.017.
    assert out.difference.mean().item() == pytest.approx(0, abs=0.06)
    assert out.undefined == 0


@pytest.mark.parametrize("edges", [2, 3, 5, 10, 33])
@pytest.mark.parametrize("steps", [1, 7, 20])
def test_an_order_of_equals_is_worth_nothing_in_a_graph_of_any_size(model, edges, steps):
    graph = planted_graph(edges, edges)
    pair = [explained(graph, planted_graph(3), torch.rand(edges))]
    out = insertion_deletion(model, pair, steps=steps)
    assert out.insertion.item() == pytest.approx(0.5)
    assert out.difference.item() == pytest.approx(0)


def test_elements_that_add_up_have_symmetric_areas(model):
    query = planted_graph(5, 20)
    out = insertion_deletion(model, [explained(query, planted_graph(3), torch.rand(20))], steps=20)
    assert (out.insertion + out.deletion).item() == pytest.approx(1)


@given(st.permutations(range(12)))
@settings(max_examples=25)
def test_the_opposite_order_has_the_opposite_value_where_elements_add_up(order):
    query = planted_graph(5, 12)
    mask = torch.tensor(order).double() + 1
    pairs = [explained(query, planted_graph(3), m) for m in (mask, 13 - mask)]
    there, back = insertion_deletion(planted_model(), pairs, steps=12).difference.tolist()
    assert there == pytest.approx(-back)
    best, _ = insertion_deletion(planted_model(), [_perfect(query)] * 2, steps=12).difference
    assert abs(there) <= best.item() + 1e-9


def _perfect(query):
    return explained(query, planted_graph(3), planted_truth(query).double())


def test_undefined_is_counted_and_steps_are_checked(model, perfect):
    query = planted_graph()
    nothing = explained(query, planted_graph(0), planted_truth(query).double())
    out = insertion_deletion(model, [nothing, *perfect])
    assert out.undefined == 1
    assert out.difference[0].isnan() and out.difference[1].isfinite()
    with pytest.raises(ValueError, match="steps must be at least 1"):
        insertion_deletion(model, perfect, steps=0)
