import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.metric import conformity

CHAIN = torch.tensor([[0, 1], [1, 2], [2, 3]])


def test_ends_of_the_scale():
    assert conformity(torch.tensor([4.0, 3, 2, 1]), CHAIN) == 1
    assert conformity(torch.tensor([1.0, 2, 3, 4]), CHAIN) == 0


def test_by_hand_and_ties_do_not_conform():
    assert conformity(torch.tensor([3.0, 2, 2, 1]), CHAIN) == pytest.approx(2 / 3)
    assert conformity(torch.zeros(4), CHAIN) == 0


def test_margin_is_a_share_of_the_ranks():
    importance = torch.tensor([100.0, 99, 1, 0])  # ranks 3, 2, 1, 0 of 3
    order = torch.tensor([[0, 1], [0, 2], [0, 3]])
    assert conformity(importance, order, margin=0.3) == 1
    assert conformity(importance, order, margin=1 / 3) == pytest.approx(2 / 3)
    assert conformity(importance, order, margin=0.7) == pytest.approx(1 / 3)


@given(st.lists(st.integers(-5, 5), min_size=4, max_size=4), st.floats(0, 0.9))
def test_only_the_order_matters(values, margin):
    importance = torch.tensor(values).double()
    monotone = 3 * importance**3 + importance - 7
    assert conformity(importance, CHAIN, margin) == conformity(monotone, CHAIN, margin)


@given(st.permutations(range(4)))
def test_an_order_and_its_reverse_share_all_untied_relations(values):
    importance = torch.tensor(values)
    total = conformity(importance, CHAIN) + conformity(importance, CHAIN.flip(1))
    assert total == pytest.approx(1)


def test_no_relation_is_no_number():
    assert math.isnan(conformity(torch.rand(4), torch.empty(0, 2)))


@pytest.mark.parametrize(
    ("importance", "order", "margin", "message"),
    [
        (torch.rand(3), CHAIN, 0, "order names element 3, and there are 3"),
        (torch.rand(4), -CHAIN, 0, "order names element -"),
        (torch.rand(4), CHAIN.T, 0, "relations \\[R, 2\\]"),
        (torch.rand(4), CHAIN, 1, "margin must be in"),
        (torch.full((4,), torch.nan), CHAIN, 0, "NaN"),
    ],
)
def test_bad_input_is_named(importance, order, margin, message):
    with pytest.raises(ValueError, match=message):
        conformity(importance, order, margin)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ([[0, 1], [2, 2]], r"order\[1\] compares an element with itself"),
        ([[0.5, 1]], "whole"),
        ([[float("inf"), 1]], "NaN or infinite"),
    ],
)
def test_relations_are_of_two_elements(order, message):
    with pytest.raises(ValueError, match=message):
        conformity(torch.tensor([4.0, 3, 2, 1]), torch.tensor(order))


def test_orders_are_positions():
    values = torch.tensor([3.0, 2.0, 1.0])
    with pytest.raises(TypeError, match="holds truths"):
        conformity(values, torch.tensor([[True, False]]))
    with pytest.raises(ValueError, match=r"relations \[R, 2\]"):
        conformity(values, torch.empty(5, 0))
