import pytest
import torch
from graphs import ENCODERS, random_graph
from hypothesis import given
from hypothesis import strategies as st
from metric.planted import explained, planted_graph, planted_model, planted_truth
from torch_geometric.explain import DummyExplainer, Explainer
from torch_geometric.explain.metric import characterization_score
from torch_geometric.explain.metric import fidelity as pyg_fidelity

from pyg_siamex import SiameseGNN
from pyg_siamex.metric import characterisation_score, fidelity, removal_curves

UNIT = st.floats(0.01, 0.99)


def test_perfect_and_inverted_reach_the_ends(model, perfect, inverted):
    best, worst = fidelity(model, perfect, share=0.2), fidelity(model, inverted, share=0.2)
    assert (best.plus, best.minus, best.characterisation) == (1, 0, 1)
    assert (worst.plus, worst.minus, worst.characterisation) == (0, 1, 0)


def test_half_right_by_hand(model):
    query = planted_graph()
    mask = torch.zeros(10)
    mask[[0, 5]] = 1  # one edge of the motif and one other
    out = fidelity(model, [explained(query, planted_graph(3), mask)], share=0.2)
    assert (out.plus, out.minus, out.characterisation) == (0.5, 0.5, 0.5)
    assert out.undefined == 0


def test_node_masks_by_hand(model):
    query = planted_graph(4)  # a cycle of four edges among ten
    mask = torch.zeros(10, 1)
    mask[[0, 9]] = 1
    pair = [explained(query, planted_graph(3), node_mask=mask)]
    for removal in ("deletion", "message"):
        out = fidelity(model, pair, share=0.2, removal=removal)
        assert (out.plus, out.minus) == (0.5, 1)  # one node of four takes two edges with it


class Probability(torch.nn.Module):
    """The pair is alike above a threshold, as a probability for PyG, which refuses regression."""

    def __init__(self, model, reference, threshold):
        super().__init__()
        self.against, self.threshold = model.against(reference), threshold

    def forward(self, x, edge_index):
        return self.against(x, edge_index) - self.threshold + 0.5


def pyg_fidelities(model, query, reference, hard_mask, threshold):
    explainer = Explainer(
        Probability(model, reference, threshold),
        DummyExplainer(),
        explanation_type="model",
        edge_mask_type="object",
        model_config={
            "mode": "binary_classification",
            "task_level": "graph",
            "return_type": "probs",
        },
    )
    explanation = explainer(query.x, query.edge_index)
    explanation.edge_mask = hard_mask
    return pyg_fidelity(explainer, explanation)


def test_agrees_with_pyg_once_mapped_to_a_class():
    model = SiameseGNN(ENCODERS["GCN"](), "add")
    outcomes = set()
    for seed in range(12):
        query, reference = random_graph(7, seed), random_graph(6, seed + 50)
        mask = torch.rand(query.num_edges)
        curves = removal_curves(
            model, [explained(query, reference, mask, model=model)], shares=[0.3], removal="message"
        )
        values = torch.cat([curves.whole, curves.removed[0], curves.kept[0]])
        threshold = values.mean().item()  # not all of them are on one side
        whole, removed, kept = (values > threshold).tolist()
        top = mask.argsort(descending=True)[: -(-len(mask) * 3 // 10)]
        hard = torch.zeros_like(mask).index_fill(0, top, 1)
        expected = pyg_fidelities(model, query, reference, hard, threshold)
        assert (whole != removed, whole != kept) == pytest.approx(expected, abs=1e-6)
        outcomes.add(expected)
    assert len(outcomes) == 3


@given(plus=UNIT, minus=UNIT, weight=st.sampled_from([0.25, 0.5, 0.75]))
def test_characterisation_agrees_with_pyg(plus, minus, weight):
    values = torch.tensor(plus), torch.tensor(minus)
    expected = characterization_score(*values, weight, 1 - weight).item()
    assert characterisation_score(*values, weight).item() == pytest.approx(expected, abs=1e-6)


def test_characterisation_clips_and_keeps_the_undefined():
    plus = torch.tensor([1.7, -0.2, 0.0, 1.0, float("nan")])
    minus = torch.tensor([-0.3, 0.0, 1.0, 2.0, 0.0])
    score = characterisation_score(plus, minus)
    assert score[:4].tolist() == [1, 0, 0, 0]
    assert score[4].isnan()


def test_bad_arguments_are_named(model, perfect):
    for share in (0, 1, -0.1, float("nan")):
        with pytest.raises(ValueError, match=r"share must be in \(0, 1\)"):
            fidelity(model, perfect, share=share)
    with pytest.raises(ValueError, match=r"weight must be in \(0, 1\)"):
        characterisation_score(torch.ones(1), torch.ones(1), 1.0)
    with pytest.raises(TypeError, match="shares_of"):
        fidelity(model, perfect, shares_of=3)


def test_undefined_pairs_are_counted():
    query = planted_graph()
    pair = explained(query, planted_graph(0), planted_truth(query).double())
    out = fidelity(planted_model(), [pair])
    assert out.undefined == 1
    assert out.plus.isnan() and out.minus.isnan() and out.characterisation.isnan()


def test_fidelities_of_other_shapes_have_no_score():
    with pytest.raises(ValueError, match="the same shape"):
        characterisation_score(torch.rand(3), torch.rand(2))


@pytest.mark.parametrize("other", [0.0, 0.5, 1.0])
def test_a_score_without_a_fidelity_is_nan(other):
    nothing, known = torch.tensor([torch.nan]), torch.tensor([other])
    assert characterisation_score(nothing, known).isnan()
    assert characterisation_score(known, nothing).isnan()
