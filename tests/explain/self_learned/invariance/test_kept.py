"""A plain SelfLearned() uses the invariance that its model keeps, also after a file."""

import pytest
import torch
from torch_geometric.data import Data

from pyg_siamex import PairExplainer, SelfLearned, SiameseGNN
from pyg_siamex.datasets import PlantedConnectomes
from pyg_siamex.explain import (
    AmortisedInvariance,
    IntegratedGradients,
    Invariance,
    SharedInvariance,
)
from pyg_siamex.nn import build_siamese, load_model, save_model
from pyg_siamex.nn.references import References

EDGES = {"edge_mask_type": "object", "undirected": True}


@pytest.fixture(scope="module")
def subjects() -> list[Data]:
    return list(PlantedConnectomes(10, density=0.01))


def built(subjects: list[Data], seed: int = 0) -> SiameseGNN:
    torch.manual_seed(seed)
    size = subjects[0].x.size(1)
    model = build_siamese("GIN", in_channels=size, hidden_channels=8, num_layers=2)
    return model.eval()


def learned(kind: str, model: SiameseGNN, subjects: list[Data]) -> Invariance:
    if kind == "references":
        return Invariance.learn(model, subjects, 4, algorithms=IntegratedGradients(4))
    if kind == "shared":
        return SharedInvariance.learn(model, subjects, 4, subjects=4, **EDGES)
    settings = {"algorithms": IntegratedGradients(4)}
    return AmortisedInvariance.learn(model, subjects, 4, graphs=6, **EDGES, **settings)


@pytest.mark.parametrize("kind", ["references", "shared", "amortised"])
def test_it_is_used_and_stands_in_the_file(kind, subjects, tmp_path) -> None:
    model = built(subjects)
    invariance = learned(kind, model, subjects)
    pair = subjects[0], subjects[2]
    given = PairExplainer(model, SelfLearned("gda", invariance), **EDGES)(*pair)
    invariance.keep_with(model)
    save_model(model, tmp_path / "model.siamex")
    for one in (model, load_model(tmp_path / "model.siamex")[0]):
        found = PairExplainer(one, SelfLearned(), **EDGES)(*pair)
        assert found.info["invariance"] == "kept with the model"
        assert torch.equal(found.query.edge_mask, given.query.edge_mask)


def test_other_masks_take_the_references(subjects) -> None:
    model = built(subjects)
    learned("shared", model, subjects).keep_with(model)
    model.references = References.draw(model, subjects, 4)
    explainer = PairExplainer(model, SelfLearned(), node_mask_type="object")
    found = explainer(subjects[0], subjects[1])
    assert found.info["invariance"] == "4 references of the model"


def test_after_further_training_it_is_not_used(subjects) -> None:
    model = built(subjects)
    learned("shared", model, subjects).keep_with(model)
    with torch.no_grad():
        next(model.parameters()).mul_(1.5)
    found = PairExplainer(model, SelfLearned(), **EDGES)(subjects[0], subjects[1])
    assert found.info["invariance"] == "the pair alone"


def test_of_another_model_is_refused(subjects) -> None:
    invariance = learned("references", built(subjects), subjects)
    with pytest.raises(ValueError, match="learned with another model"):
        invariance.keep_with(built(subjects, seed=1))
