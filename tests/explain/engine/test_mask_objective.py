"""The objective against its formula on similarities, and its gradient against differences."""

import pytest
import torch
from graphs import FEATURES, edgeless_graph, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import MaskedPairs, PairProblem
from pyg_siamex.explain.engine.discrepancy import squared
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_objective import MaskObjective, check_weights

D = torch.double


def problem(model, side="both"):
    queries = [random_graph(5, 0, D), edgeless_graph(2, D)]
    references = [random_graph(6, 1, D), edgeless_graph(3, D)]
    kinds = MaskKinds.of({"edge_mask_type": "object"})
    return PairProblem(model, model.inputs_of(queries), model.inputs_of(references), kinds, side)


def similarity(model, query, reference):
    """Similarity of the first pair with its edges weighted by hand: messages are scaled."""
    conv = [layer.nn for layer in model.encoder.convs]
    embedded = []
    for graph, mask in (query, reference):
        x = graph.x
        for k, network in enumerate(conv):
            row, col = graph.edge_index
            x = network(x + torch.zeros_like(x).index_add(0, col, x[row] * mask[:, None]))
            x = x.relu() if k < len(conv) - 1 else x
        embedded.append(x.sum(0))
    return torch.nn.functional.cosine_similarity(*embedded, dim=0)


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (0.5, 2.0)])
def test_it_is_its_formula(weights):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    graphs = random_graph(5, 0, D), random_graph(6, 1, D)
    with untouched(model), torch.no_grad():
        pairs = MaskedPairs(problem(model))
        masks = {"edge": torch.rand(len(pairs.spaces["edge"]), dtype=D)}
        with pairs.encoding() as encode:
            found = MaskObjective(pairs, encode, *weights, squared).faithfulness(masks)
        q, r = (mask.edge for mask in pairs.split(masks))
        one, other = torch.ones_like(q), torch.ones_like(r)

        def states(q, r):
            sides = [(q, other), (one, r), (q, r)]
            return torch.stack(
                [similarity(model, (graphs[0], a), (graphs[1], b)) for a, b in sides]
            )

        full, empty = similarity(model, (graphs[0], one), (graphs[1], other)), states(0 * q, 0 * r)
        total = (full - empty).square().sum()
        necessity = (states(1 - q, 1 - r) - empty).square().sum() / total
        sufficiency = (full - states(q, r)).square().sum() / total
    expected = weights[0] * necessity + weights[1] * sufficiency
    torch.testing.assert_close(found[0], expected)
    assert found[1] == 0  # a pair without edges has nothing to explain


@pytest.mark.parametrize("side", ["both", "query"])
def test_the_gradient_is_that_of_differences_times_the_number_of_elements(side):
    model = SiameseGNN(GIN(FEATURES, 8, 2, act="tanh").double(), "add").eval()
    with untouched(model):
        pairs = MaskedPairs(problem(model, side))
        with pairs.encoding() as encode:
            objective = MaskObjective(pairs, encode, 0.5, 1.0, squared)
            values = torch.rand(len(pairs.spaces["edge"]), dtype=D)
            gradient, value = objective.gradient({"edge": values})
            for k in (0, 3, len(values) - 1):
                step = torch.zeros_like(values)
                step[k] = 1e-6
                ends = [objective.faithfulness({"edge": values + s}).sum() for s in (step, -step)]
                slope = (ends[0] - ends[1]) / 2e-6
                assert gradient["edge"][k] == pytest.approx(float(slope * len(values)), rel=1e-4)
            torch.testing.assert_close(value, objective.faithfulness({"edge": values}))


def test_weights_that_are_no_objective_are_refused():
    check_weights(1.0, 0.0, size=0.1)
    for weights, message in [
        ({"necessity": -1.0, "sufficiency": 1.0}, "necessity must be at least 0"),
        ({"necessity": 1.0, "sufficiency": 0.0, "size": float("nan")}, "size must be at least 0"),
        ({"necessity": 0.0, "sufficiency": 0.0}, "there is no objective"),
    ]:
        with pytest.raises(ValueError, match=message):
            check_weights(**weights)
