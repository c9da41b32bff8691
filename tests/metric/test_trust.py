import copy
import math

import pytest
import torch
from explained import brain, molecule, row, small_model
from graphs import FEATURES, random_graph
from torch_geometric.nn import GCN, GIN

from pyg_siamex import (
    BiLRP,
    Invariance,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain.elements import is_masked
from pyg_siamex.metric import element_importance, insertion_deletion, retraining_stability, trust
from pyg_siamex.metric.other_model import OtherModelError
from pyg_siamex.metric.trust import (
    SHARES,
    pair_curves,
    side_curves,
    side_protocol,
    side_ranks,
)

ASPIRIN, SALICYLIC = "CC(=O)Oc1ccccc1C(=O)O", "OC(=O)c1ccccc1O"


@pytest.fixture
def explainer() -> PairExplainer:
    model = small_model(9, seed=1)
    return PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)


@pytest.fixture
def bonds(explainer) -> PairExplanation:
    return explainer(molecule(ASPIRIN), molecule(SALICYLIC))


def test_curves_are_the_model_asked_without_the_selected_edges(bonds, explainer):
    curve = side_curves(bonds, explainer.model, "query")
    assert (curve["elements"], curve["count"]) == ("edge", 13)
    assert curve["shares"] == list(SHARES)
    ranks = side_ranks(bonds, "query")
    query = molecule(ASPIRIN)
    pairs = query.edge_index.sort(dim=0).values
    bonds_of = torch.unique(pairs, dim=1)
    for step in (0, 3, 6, 14, len(SHARES) - 1):
        count = math.ceil(SHARES[step] * 13 - 1e-6)
        assert curve["selected"][step] == count
        chosen = bonds_of[:, ranks < count]
        inside = (pairs[:, :, None] == chosen[:, None]).all(0).any(1)
        for name, keep in (("kept", inside), ("removed", ~inside)):
            cut = molecule(ASPIRIN)
            cut.edge_index = query.edge_index[:, keep]
            with torch.no_grad():
                s = float(explainer.model(cut, molecule(SALICYLIC)))
            assert curve[name][step] == pytest.approx(s, abs=1e-5)


def test_areas_are_those_of_insertion_and_deletion(bonds, explainer):
    curve = side_curves(bonds, explainer.model, "reference")
    found = insertion_deletion(
        explainer.model, [bonds], elements="edge", side="reference", undirected=True
    )
    # The grids differ by two shares, 1 % and 2 %, which select one bond as 5 % does.
    assert curve["insertion"] == pytest.approx(float(found.insertion), abs=0.05)
    assert curve["deletion"] == pytest.approx(float(found.deletion), abs=0.05)


def test_ranks_follow_magnitudes(bonds):
    ranks = side_ranks(bonds, "query")
    values = element_importance(bonds, elements="edge", undirected=True).abs()
    assert sorted(ranks.tolist()) == list(range(13))
    assert values[ranks.argsort()].diff().max() <= 0


def test_what_is_measured_follows_the_masks():
    model = small_model(9)
    nodes = PairExplainer(model, BiLRP(), node_mask_type="object")
    pair = molecule(ASPIRIN), molecule(SALICYLIC)
    assert side_protocol(nodes(*pair), "query").elements == "node"
    features = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    assert side_protocol(features(*pair), "query").elements == "node"
    names = ["a", "b", "c"]
    table = PairExplainer(small_model(3), Occlusion(), node_mask_type="attributes")
    assert side_protocol(table(row(0, names), row(1, names)), "query").elements == "feature"
    assert side_protocol(nodes(*pair), "query").undirected


def test_one_sided_masks_have_one_curve():
    explainer = PairExplainer(
        small_model(9), Occlusion(), edge_mask_type="object", side="reference"
    )
    explanation = explainer(molecule(ASPIRIN), molecule(SALICYLIC))
    assert not is_masked(explanation.query) and is_masked(explanation.reference)
    assert list(pair_curves(explanation)) == ["reference"]


def test_everything_is_kept_by_a_file(bonds, explainer, tmp_path):
    others = [molecule("OC(=O)c1ccccc1"), molecule("CC(=O)O")]
    [record] = trust(bonds, explainer, references=others)
    assert bonds.info["trust"] == record
    assert record["stability"]["references"] == 3
    assert -1 <= record["stability"]["magnitude"] <= 1
    assert record["randomisation"]["layers"] >= 2
    bonds.save(tmp_path / "pair.pt")
    loaded = PairExplanation.load(tmp_path / "pair.pt")
    assert loaded.info["trust"] == record
    assert loaded.model is None


def test_the_same_seed_measures_the_same(bonds, explainer):
    state = torch.get_rng_state()
    first, second = (trust(copy.copy(bonds), explainer, seed=3) for _ in range(2))
    assert first == second
    assert torch.equal(torch.get_rng_state(), state)


def test_an_explanation_that_ignores_the_model_fails_the_randomisation_check():
    model = small_model(12, GCN)
    pair = brain(0), brain(1)
    blind = PairExplainer(model, RandomExplainer(1), edge_mask_type="object", undirected=True)
    [record] = trust(blind(*pair), blind)
    assert record["randomisation"]["unchanged"]
    assert record["randomisation"]["magnitude"] == pytest.approx(1.0)
    seeing = PairExplainer(model, Saliency(), edge_mask_type="object", undirected=True)
    [record] = trust(seeing(*pair), seeing, randomise=False)
    assert record["randomisation"] is None


def test_retrained_models_explain_the_pair_again(bonds, explainer, tmp_path):
    retrained = [
        PairExplainer(
            small_model(9, seed=seed), Occlusion(), edge_mask_type="object", undirected=True
        )
        for seed in (2, 3)
    ]
    [record] = trust(bonds, retrained=retrained)
    others = [one(molecule(ASPIRIN), molecule(SALICYLIC)) for one in retrained]
    expected = retraining_stability([bonds, *others], undirected=True)
    assert record["retraining"] == {
        "models": 3,
        "spearman": expected.spearman,
        "magnitude": expected.magnitude,
        "jaccard": expected.jaccard,
    }
    bonds.save(tmp_path / "bonds.pt")
    loaded = PairExplanation.load(tmp_path / "bonds.pt")
    assert loaded.info["trust"]["retraining"] == record["retraining"]
    [record] = trust(bonds)
    assert record["retraining"] is None


def test_thresholded_masks_leave_their_measures_behind(bonds, explainer):
    trust(bonds, explainer, randomise=False)
    assert "trust" not in bonds.threshold("topk", 3).info
    assert "trust" in bonds.info


def test_what_is_missing_is_named(bonds, explainer):
    with pytest.raises(ValueError, match="no explanations to measure"):
        trust([])
    with pytest.raises(ValueError, match="give the explainer as well"):
        trust(bonds, references=[molecule("CC")])
    bonds.model = None
    with pytest.raises(ValueError, match="does not know its model"):
        trust(bonds)
    with pytest.raises(OtherModelError, match="give the model as it was"):
        trust(bonds, model=small_model(9, seed=2))
    assert "trust" not in bonds.info
    assert trust([bonds], model=explainer.model)[0]["curves"].keys() == {"query", "reference"}


def test_an_explainer_that_learned_from_its_model_needs_a_function_for_the_randomisation() -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    pool = [random_graph(6, seed) for seed in range(4)]

    def learned(other: SiameseGNN) -> PairExplainer:
        invariance = Invariance.learn(other, pool, 2)
        return PairExplainer(other, SelfLearned("kl", invariance), edge_mask_type="object")

    explainer = learned(model)
    explanation = explainer(random_graph(7, 10), random_graph(6, 11))
    with pytest.raises(ValueError, match="function from a model to an explainer"):
        trust(explanation, explainer)
    assert "trust" not in explanation.info
    (record,) = trust(explanation, explainer, randomise=learned)
    assert record["randomisation"]["layers"] > 1


def test_explainers_of_other_methods_are_refused(bonds, explainer):
    model, both = explainer.model, {"edge_mask_type": "object", "undirected": True}
    saliency = PairExplainer(model, Saliency(), **both)
    nodes = PairExplainer(model, Occlusion(), node_mask_type="object")
    for other, told in ((saliency, "of Occlusion, .* of Saliency"), (nodes, "node_mask_type=None")):
        with pytest.raises(ValueError, match=told):
            trust(bonds, other)
        with pytest.raises(ValueError, match=told):
            trust(bonds, retrained=[other])
    assert "trust" not in bonds.info


def test_a_retrained_model_is_another_one(bonds, explainer):
    other = PairExplainer(small_model(9, seed=2), Occlusion(), edge_mask_type="object")
    assert trust(bonds, retrained=[other])[0]["retraining"]["models"] == 2
    for again in ([explainer], [other, other]):
        with pytest.raises(ValueError, match="explains the explained model, or one of another"):
            trust(bonds, retrained=again)


def test_the_explainer_explains_the_explained_model(bonds, explainer):
    other = PairExplainer(small_model(9, seed=2), Occlusion(), edge_mask_type="object")
    with pytest.raises(OtherModelError):
        trust(bonds, other, model=explainer.model)


def test_what_nothing_explains_anew_is_refused(bonds, explainer):
    with pytest.raises(ValueError, match="randomisation explains anew: give the explainer"):
        trust(bonds, randomise=lambda _: explainer)
    reference = PairExplainer(
        explainer.model, Occlusion(), side="reference", edge_mask_type="object"
    )
    one = reference(molecule(ASPIRIN), molecule(SALICYLIC))
    with pytest.raises(ValueError, match="only the reference is explained: leave `references` out"):
        trust(one, reference, references=[molecule(SALICYLIC)])
