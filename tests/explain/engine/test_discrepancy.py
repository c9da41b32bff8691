"""Values and slopes of discrepancies, alone and in the objective of masks."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch import Tensor
from torch_geometric.nn import GIN

from pyg_siamex import SelfLearned, SiameseGNN
from pyg_siamex.explain.engine.discrepancy import Discrepancy, check_discrepancy, one_sided, squared
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_objective import MaskObjective
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import PairProblem

D = torch.double
LEFT = [2.0, 0.5, 0.0, -0.5, -2.0]


@pytest.mark.parametrize(
    ("discrepancy", "sign", "values", "slopes"),
    [
        (one_sided, 1.0, [4.0, 0.25, 0.0, 0.0, 0.0], [4.0, 1.0, 0.0, 0.0, 0.0]),
        (one_sided, -1.0, [0.0, 0.0, 0.0, 0.25, 4.0], [0.0, 0.0, 0.0, -1.0, -4.0]),
        (one_sided, 0.0, [0.0] * 5, [0.0] * 5),
        (squared, 1.0, [4.0, 0.25, 0.0, 0.25, 4.0], [4.0, 1.0, 0.0, -1.0, -4.0]),
        (squared, -1.0, [4.0, 0.25, 0.0, 0.25, 4.0], [4.0, 1.0, 0.0, -1.0, -4.0]),
    ],
)
def test_values_and_slopes(
    discrepancy: Discrepancy, sign: float, values: list[float], slopes: list[float]
) -> None:
    left = torch.tensor(LEFT, dtype=D, requires_grad=True)
    found = discrepancy(left, torch.full((5,), sign, dtype=D))
    assert found.tolist() == values
    (slope,) = torch.autograd.grad(found.sum(), left)
    assert slope.tolist() == slopes


def _distance(left: Tensor, sign: Tensor, discrepancy: Discrepancy) -> Tensor:
    if discrepancy is squared:
        return left**2
    return torch.where(left.sign() == sign, left**2, 0.0)


@pytest.mark.parametrize("discrepancy", [one_sided, squared])
@pytest.mark.parametrize("sufficiency", [0.0, 0.7])
@pytest.mark.parametrize("side", ["both", "query"])
def test_the_objective_adds_the_discrepancies_of_its_states(
    discrepancy: Discrepancy, sufficiency: float, side: str
) -> None:
    """Faithfulness by its formula, and its gradient by central differences."""
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    query, reference = ([random_graph(5, k, D) for k in ks] for ks in ((1, 2, 3), (4, 5, 6)))
    kinds = MaskKinds.of({"edge_mask_type": "object", "undirected": True})
    with untouched(model):
        problem = PairProblem(
            model, model.inputs_of(query), model.inputs_of(reference), kinds, side
        )
        pairs = MaskedPairs(problem)
        with pairs.encoding() as encode:
            judge = MaskObjective(pairs, encode, 1.0, sufficiency, discrepancy)
            mask = torch.rand(len(pairs.spaces["edge"]), dtype=D)
            gradient, value = judge.gradient({"edge": mask})
            with torch.no_grad():
                whole = encode(pairs.ones())
                states = [
                    judge.state_similarities(encode({"edge": m}), whole)
                    for m in (torch.zeros_like(mask), 1 - mask, mask)
                ]
                full = pairs.similarity(whole)[0]
                sign = (full - states[0]).sign()
                nec = _distance(states[1] - states[0], sign, discrepancy)
                suf = _distance(full - states[2], sign, discrepancy)
                total = (full - states[0]).square().sum(0)
                expected = (nec + sufficiency * suf).sum(0) / total
                torch.testing.assert_close(value, expected)
                counts = pairs.pairs["edge"].bincount()[pairs.pairs["edge"]]
                for k in range(0, len(mask), 3):
                    step = torch.zeros_like(mask).index_fill(0, torch.tensor([k]), 1e-6)
                    up, down = (
                        judge.faithfulness({"edge": m}).sum() for m in (mask + step, mask - step)
                    )
                    slope = (up - down) / 2e-6 * counts[k]
                    assert float(gradient["edge"][k]) == pytest.approx(float(slope), abs=1e-5)


def test_more_than_all_of_the_effect_has_no_price() -> None:
    left, sign = torch.tensor([[-3.0], [0.5]]), torch.tensor([[1.0], [1.0]])
    assert one_sided(left, sign).sum(0).tolist() == [0.25]
    assert squared(left, sign).sum(0).tolist() == [9.25]


@pytest.mark.parametrize("function", [one_sided, squared, lambda left, sign: (left * sign).abs()])
def test_distances_are_taken(function):
    check_discrepancy(function)
    assert SelfLearned(discrepancy=function).discrepancy is function


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        ("squared", TypeError, r"must be a function \(got 'squared'\)"),
        (lambda left, sign: None, TypeError, r"must give a tensor \(got NoneType\)"),
        (lambda left, sign: left.sum(), ValueError, r"for each entry \(got \[\] for \[3, 2\]"),
        (lambda left, sign: left, ValueError, "a value of at least 0"),
        (lambda left, sign: left / 0, ValueError, "a value of at least 0"),
        (lambda left: left, ValueError, "`discrepancy` failed with TypeError"),
    ],
)
def test_other_functions_are_refused(function, error, message):
    with pytest.raises(error, match=message):
        SelfLearned(discrepancy=function)
