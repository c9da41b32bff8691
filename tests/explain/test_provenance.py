import copy
import pickle
import sys

import pytest
import torch
from explained import molecule, small_model

from pyg_siamex import (
    BiLRP,
    IntegratedJacobians,
    MaskOptimization,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    SelfLearned,
)
from pyg_siamex.explain.provenance import parameters_of, versions


@pytest.fixture
def explainer() -> PairExplainer:
    return PairExplainer(
        small_model(9), RandomExplainer(seed=7), edge_mask_type="object", undirected=True
    )


@pytest.fixture
def explanation(explainer) -> PairExplanation:
    return explainer(molecule("CCO"), molecule("CCN"))


def test_settings_say_what_was_chosen(explainer):
    found = explainer.settings
    assert found["algorithm"] == {"name": "RandomExplainer", "seed": 7}
    assert found["explainer"] == {
        "node_mask_type": None,
        "edge_mask_type": "object",
        "side": "both",
        "undirected": True,
        "mask_mode": "message",
        "signed": False,
        "threshold": None,
    }
    model = found["model"]
    assert (model["encoder"], model["similarity"]) == ("GIN", "CosineSimilarity")
    assert model["parameters"] == sum(p.numel() for p in explainer.model.parameters())
    torch_version = found["versions"]["torch"]  # installers may leave out the kind of build
    assert torch_version.partition("+")[0] == torch.__version__.partition("+")[0]
    assert found["versions"]["python"].startswith(f"{sys.version_info.major}.")


@pytest.mark.parametrize(
    "algorithm", [BiLRP(), IntegratedJacobians(), MaskOptimization(), SelfLearned("kl")], ids=repr
)
def test_settings_of_every_algorithm_are_plain_values(algorithm):
    def check(value):
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            return all(map(check, value.values()))
        if isinstance(value, list):
            return all(map(check, value))
        return value is None or type(value) in (bool, int, float, str)

    assert check(parameters_of(algorithm))


def test_thresholds_are_told():
    explainer = PairExplainer(
        small_model(9),
        MaskOptimization(),
        edge_mask_type="object",
        threshold_config={"threshold_type": "topk", "value": 3},
    )
    assert explainer.settings["explainer"]["threshold"] == "topk 3"


@pytest.mark.parametrize("of", [torch.Tensor.clone, torch.nn.Parameter])
def test_tensors_are_written_out_or_told_by_their_shape(of):
    few, many = of(torch.tensor([0.5, 1.0])), of(torch.zeros(60))
    assert parameters_of(IntegratedJacobians(reference=few))["reference"] == [0.5, 1.0]
    told = parameters_of(IntegratedJacobians(reference=many))["reference"]
    assert told == "Tensor [60] of torch.float32"


def test_what_a_helper_was_made_with_is_kept():
    assert parameters_of(BiLRP(gamma=0.5))["rule"]["gamma"] == 0.5
    assert parameters_of(MaskOptimization(epochs=3))["epochs"] == 3


def test_explanations_know_their_model_and_settings(explanation, explainer):
    assert explanation.model is explainer.model
    assert explanation.settings == explainer.settings
    assert explanation.threshold("topk", 1).model is explainer.model


def test_files_keep_the_settings_and_not_the_model(explanation, tmp_path):
    explanation.save(tmp_path / "pair.pt")
    loaded = PairExplanation.load(tmp_path / "pair.pt")
    assert loaded.settings == explanation.settings
    assert loaded.model is None


def test_pickles_leave_the_model_out(explanation, explainer):
    loaded = pickle.loads(pickle.dumps(explanation))
    assert loaded.model is None
    assert torch.equal(loaded.query.edge_mask, explanation.query.edge_mask)
    assert explanation.model is explainer.model
    explainer.model.large = torch.nn.Linear(400, 400)
    assert len(pickle.dumps(explanation)) < 100_000


def test_copies_share_the_model(explanation):
    for duplicate in (copy.copy(explanation), copy.deepcopy(explanation)):
        assert duplicate.model is explanation.model
        assert duplicate is not explanation
    deep = copy.deepcopy(explanation)
    deep.query.edge_mask += 1
    deep.settings["algorithm"]["seed"] = 0
    assert not torch.equal(deep.query.edge_mask, explanation.query.edge_mask)
    assert explanation.settings["algorithm"]["seed"] == 7


def test_the_model_is_not_part_of_what_is_shown(explanation):
    assert "SiameseGNN" not in repr(explanation)


def test_versions_are_asked_for_once():
    assert versions() is versions()
