"""What a pair is, by its calibrated probability or by emptying it."""

import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Data

from pyg_siamex import MaskOptimization, PairExplainer, PairExplanation, SelfLearned, SiameseGNN
from pyg_siamex.explain import MaskedPairs, MaskKinds, PairAlgorithm, PairProblem
from pyg_siamex.explain.engine.discrepancy import Discrepancy, one_sided, squared
from pyg_siamex.explain.engine.mask_objective import MaskObjective
from pyg_siamex.explain.engine.orientation import by_emptying, by_probability
from pyg_siamex.nn.training import fit


class Sum(nn.Module):
    """Node features as they are; edges are not read."""

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return x


def model(slope: float = 1.5, shift: float = 0.0) -> SiameseGNN:
    out = SiameseGNN(Sum(), "add", "dot").eval()
    with torch.no_grad():
        out.calibration.log_slope.fill_(slope)
        out.calibration.shift.fill_(shift)
    return out


def graph(*values: float) -> Data:
    return Data(x=torch.tensor(values)[:, None], edge_index=torch.empty(2, 0, dtype=torch.long))


QUERY, REFERENCE = graph(1.0, -2.5, 0.5), graph(1.0)  # s = -1, emptied 0


def explained(by: SiameseGNN, algorithm: PairAlgorithm) -> PairExplanation:
    explainer = PairExplainer(by, algorithm, node_mask_type="object", side="query")
    return explainer(QUERY, REFERENCE)


def test_without_a_calibration_emptying_decides() -> None:
    whole, empty = torch.tensor([0.1, 0.5, 0.3]), torch.tensor([0.3, 0.3, 0.3])
    expected = torch.tensor([-1.0, 1.0, 1.0])
    assert torch.equal(by_emptying(model(), whole, empty), expected)
    assert not model().calibration.is_set
    assert torch.equal(by_probability(model(), whole, empty), expected)


def test_a_calibration_decides_at_one_half() -> None:
    calibrated = model(0.0, -0.4)  # logit s - 0.4
    assert calibrated.calibration.is_set
    whole = torch.tensor([0.3, 0.4, 0.5])
    found = by_probability(calibrated, whole, torch.zeros(3))
    assert torch.equal(found, torch.tensor([-1.0, 1.0, 1.0]))


@pytest.mark.parametrize(
    ("shift", "signs"),
    [
        (0.0, [-1, 1]),  # not calibrated: the whole is less alike than the emptied query
        (9.0, [1, -1]),  # alike, so what raises the similarity works towards it
        (-9.0, [-1, 1]),  # unlike
    ],
)
def test_signs_are_towards_what_the_pair_is(shift: float, signs: list[int]) -> None:
    found = explained(model(1.5, shift), SelfLearned(signed=True))
    assert found.query.node_mask[:2, 0].sign().int().tolist() == signs


@pytest.mark.parametrize("shift", [0.0, 9.0, -9.0])
def test_pulls_say_what_raises_the_similarity(shift: float) -> None:
    found = explained(model(1.5, shift), SelfLearned(signed=True))
    assert found.info["orientation"] == {"query": 1.0 if shift > 0 else -1.0}
    # The first node raises the similarity and the second lowers it, whatever the pair is.
    assert found.pulls().query.node_mask[:2, 0].sign().int().tolist() == [1, -1]


@pytest.mark.parametrize(("shift", "error"), [(0.0, 1.0), (9.0, 0.0), (-9.0, 1.0)])
@pytest.mark.parametrize("discrepancy", [one_sided, squared])
def test_an_emptied_pair_that_is_more_of_what_it_is_explains_nothing(
    shift: float, error: float, discrepancy: Discrepancy
) -> None:
    by = model(1.5, shift)
    problem = PairProblem(
        by, by.inputs(QUERY), by.inputs(REFERENCE), MaskKinds("object", None), "query"
    )
    pairs = MaskedPairs(problem)
    with pairs.encoding() as encode:
        objective = MaskObjective(pairs, encode, 1.0, 1.0, discrepancy, by_probability)
        nothing = {"node": torch.zeros(3)}
        found = objective.faithfulness(nothing)
    assert found.item() == pytest.approx(2 * error)  # necessity and sufficiency
    plain = explained(by, MaskOptimization())  # asks for the effect of emptying
    assert plain.query.node_mask.max() > 0.3


def test_fit_sets_the_calibration() -> None:
    from graphs import FEATURES, random_graph
    from torch_geometric.nn import GIN

    from pyg_siamex import PairDataset

    graphs = [random_graph(6, seed) for seed in range(40)]
    for number, one in enumerate(graphs):
        one.y = torch.tensor(number % 2)
        one.x[:, 0] += number % 2
    pairs = PairDataset(graphs)
    torch.manual_seed(0)
    trained = SiameseGNN(GIN(FEATURES, 8, 1))
    fit(trained, pairs, validation=pairs, epochs=1, progress=False)
    assert trained.calibration.is_set
