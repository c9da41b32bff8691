"""Refusals are told from errors by who raised them."""

import pytest
import torch
from torch_geometric.explain import Explainer, GNNExplainer

from pyg_siamex.explain.check.outcome import described, is_refusal


def own():
    raise ValueError("node_mask_type='attributes' needs float features")


def without_words():
    raise ValueError


def other_kind():
    raise RuntimeError("out of memory")


def unpacked():
    first, second = [1]
    return first, second


def converted():
    return int("seven")


def of_torch():
    return torch.nn.Linear(2, 2).register_module("a.b", torch.nn.ReLU())


def of_torch_itself():
    return torch.nn.init.xavier_uniform_(torch.zeros(1))


def of_pyg_explain():
    return Explainer(
        torch.nn.Linear(1, 1),
        GNNExplainer(),
        explanation_type="model",
        model_config={"mode": "regression", "task_level": "graph"},
    )


def passed_on():
    try:
        of_torch_itself()
    except ValueError as error:
        raise ValueError("the scale of a head must be positive") from error


@pytest.mark.parametrize("function", [own, passed_on, of_pyg_explain])
def test_a_value_error_raised_for_the_user_is_a_refusal(function):
    with pytest.raises(ValueError) as caught:
        function()
    assert is_refusal(caught.value)


@pytest.mark.parametrize(
    "function", [without_words, other_kind, unpacked, converted, of_torch, of_torch_itself]
)
def test_any_other_error_is_none(function):
    with pytest.raises(Exception) as caught:
        function()
    assert not is_refusal(caught.value)


def test_an_error_is_described_by_the_last_line_that_is_not_pytorchs():
    with pytest.raises(ValueError) as caught:
        of_torch_itself()
    text = described(caught.value)
    assert text.startswith("raised ValueError: Fan in and fan out")
    assert "in of_torch_itself, line" in text and "\n" not in text
