import pytest
import torch
from graphs import FEATURES, random_graph
from metric.planted import planted_model
from scipy.stats import spearmanr
from torch_geometric.nn import GIN

from pyg_siamex import (
    InputXGradient,
    Occlusion,
    PairDataset,
    PairExplainer,
    RandomExplainer,
    SiameseGNN,
)
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution
from pyg_siamex.metric import label_randomisation, model_randomisation
from pyg_siamex.metric.reset import layers_from_output

QUERIES = [random_graph(9, seed) for seed in (1, 2, 3)]
REFERENCES = [random_graph(8, seed) for seed in (4, 5, 6)]
EDGES = {"edge_mask_type": "object"}


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 16, 3), "add")


def test_rows_are_the_correlations_with_the_trained_model(model):
    explainer = PairExplainer(model, InputXGradient(), **EDGES)
    out = model_randomisation(explainer, QUERIES, REFERENCES, mode="independent", seed=3)
    layers = layers_from_output(model, QUERIES[0], REFERENCES[0])
    assert out.by_layer["layer"].tolist() == layers
    assert out.frame.groupby("layer").size().eq(3).all()
    trained = explainer.explain(QUERIES, REFERENCES)[1]
    changed = SiameseGNN(GIN(FEATURES, 16, 3), "add")
    changed.load_state_dict(model.state_dict())
    torch.manual_seed(3)  # the first layer to go is the last of the encoder
    changed.encoder.convs[2].reset_parameters()
    other = PairExplainer(changed, InputXGradient(), **EDGES).explain(QUERIES, REFERENCES)[1]
    (row,) = out.frame[(out.frame["step"] == 0) & (out.frame["pair"] == 1)].to_dict("records")
    masks = trained.query.edge_mask, other.query.edge_mask
    assert row["spearman"] == pytest.approx(spearmanr(*masks).statistic)
    assert row["magnitude"] == pytest.approx(spearmanr(*[m.abs() for m in masks]).statistic)
    assert row["similarity"] == pytest.approx(other.prediction)


def test_explanations_that_ignore_the_model_are_flagged(model):
    out = model_randomisation(PairExplainer(model, RandomExplainer(), **EDGES), QUERIES, REFERENCES)
    assert out.frame["spearman"].tolist() == pytest.approx([1] * 9)
    assert out.unchanged


class ReturnsItsStart(PairAlgorithm):
    """As optimised masks do whose objective says nothing."""

    def attribute(self, problem):
        pairs = MaskedPairs(problem)
        return Attribution(*pairs.split({n: torch.rand_like(m) for n, m in pairs.ones().items()}))


def test_explanations_that_are_their_random_start_are_flagged(model):
    out = model_randomisation(PairExplainer(model, ReturnsItsStart(), **EDGES), QUERIES, REFERENCES)
    assert out.unchanged


class Trained(torch.nn.Module):
    """Sees one feature, which no random initialisation does."""

    def __init__(self):
        super().__init__()
        self.lin = torch.nn.Linear(FEATURES, 4, bias=False)
        self.lin.weight.data.zero_()
        self.lin.weight.data[0, 0] = 1.0

    def forward(self, x, edge_index):
        return self.lin(x)


def test_explanations_of_what_was_learned_are_not():
    model = SiameseGNN(Trained(), "add", "dot")
    explainer = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    out = model_randomisation(explainer, QUERIES, REFERENCES)
    assert not out.unchanged
    assert out.by_layer["magnitude"].tolist()[-1] < 0.5


def test_constant_explanations_are_flagged(model):
    out = model_randomisation(
        PairExplainer(model, Occlusion(), **EDGES),
        [_bare(graph) for graph in QUERIES],
        REFERENCES,
    )
    assert out.frame["spearman"].isna().all()
    assert out.unchanged


def _bare(graph):
    graph = graph.clone()
    graph.edge_index, graph.edge_attr = graph.edge_index[:, :0], graph.edge_attr[:0]
    return graph


def test_cascading_keeps_what_is_random_and_the_model_is_left_alone(model):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    state = torch.get_rng_state()
    modes = {
        mode: model_randomisation(explainer, QUERIES, REFERENCES, mode=mode).frame
        for mode in ("cascading", "independent")
    }
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert explainer.model is model
    first = {mode: frame[frame["step"] == 0]["spearman"].tolist() for mode, frame in modes.items()}
    last = {mode: frame[frame["step"] == 2]["spearman"].tolist() for mode, frame in modes.items()}
    assert first["cascading"] == first["independent"]
    assert last["cascading"] != last["independent"]
    again = model_randomisation(explainer, QUERIES, REFERENCES).frame
    assert again.equals(modes["cascading"])


def test_explainers_made_for_a_model_and_the_reference_side(model):
    def make(other):
        return PairExplainer(other, Occlusion(), **EDGES)

    made = model_randomisation(make, QUERIES, REFERENCES, model=model, side="reference")
    same = model_randomisation(make(model), QUERIES, REFERENCES, side="reference")
    query = model_randomisation(make(model), QUERIES, REFERENCES)
    assert made.frame.equals(same.frame) and not made.frame.equals(query.frame)
    with pytest.raises(ValueError, match="pass the trained model"):
        model_randomisation(make, QUERIES, REFERENCES)


def pairs():
    graphs = [random_graph(6, seed) for seed in range(12)]
    return PairDataset(graphs, 20, labels=[seed % 3 for seed in range(12)])


def test_labels_are_permuted_and_the_new_model_trained_afresh(model):
    seen = {}

    def train(other, shuffled):
        seen.update(model=other, pairs=shuffled, draw=torch.rand(1).item())
        for parameter in other.parameters():
            parameter.data.add_(0.1)

    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    out = label_randomisation(explainer, QUERIES, REFERENCES, pairs(), train)
    assert torch.equal(state, torch.get_rng_state())
    assert seen["model"] is not model
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not torch.equal(seen["pairs"].labels, pairs().labels)
    assert out.frame["layer"].unique().tolist() == ["labels"] and len(out.frame) == 3
    masks = [
        PairExplainer(m, Occlusion(), **EDGES).explain(QUERIES, REFERENCES)[0].query.edge_mask
        for m in (model, seen["model"])
    ]
    assert out.frame["spearman"][0] == pytest.approx(spearmanr(*masks).statistic)


def test_untrained_copies_of_a_random_explainer_are_flagged(model):
    out = label_randomisation(
        PairExplainer(model, RandomExplainer(), **EDGES),
        QUERIES,
        REFERENCES,
        pairs(),
        lambda model, _: [weight.data.mul_(2) for weight in model.parameters()],
    )
    assert out.unchanged


def test_a_training_that_leaves_the_model_as_it_was_is_refused(model):
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    with pytest.raises(ValueError, match="train left the model as it was"):
        label_randomisation(explainer, QUERIES, REFERENCES, pairs(), lambda *_: None)


def test_bad_input_is_named(model):
    explainer = PairExplainer(model, Occlusion(), **EDGES)
    with pytest.raises(ValueError, match="mode must be"):
        model_randomisation(explainer, QUERIES, REFERENCES, mode="all")
    with pytest.raises(ValueError, match="got 3 queries and 1 references"):
        model_randomisation(explainer, QUERIES, REFERENCES[:1])
    bare = PairExplainer(planted_model(), Occlusion(), **EDGES)
    with pytest.raises(ValueError, match="no layer with parameters"):
        model_randomisation(bare, QUERIES, REFERENCES)
    with pytest.raises(ValueError, match="unchanged_above must be in"):
        model_randomisation(explainer, QUERIES, REFERENCES, unchanged_above=0)
    with pytest.raises(ValueError, match="no labels to permute"):
        label_randomisation(
            explainer,
            QUERIES,
            REFERENCES,
            PairDataset.unlabelled(QUERIES),
            lambda *_: pytest.fail("worked"),
        )


@pytest.mark.parametrize("function", [lambda: None, len, torch.nn.Linear(2, 2)])
def test_functions_that_make_no_explainer_are_named(model, function):
    with pytest.raises(ValueError, match="`explainer` failed with TypeError"):
        model_randomisation(function, QUERIES[:1], REFERENCES[:1], model=model)


def test_a_training_that_fails_is_named(model):
    def train(other, pairs):
        return pairs.lacks

    explainer = PairExplainer(model, InputXGradient(), edge_mask_type="object")
    with pytest.raises(ValueError, match="`train` failed with AttributeError"):
        label_randomisation(explainer, QUERIES, REFERENCES, pairs(), train)
