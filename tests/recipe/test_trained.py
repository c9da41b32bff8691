"""A model comes back from its file with its weights and all that is known of it."""

import pytest
import torch

from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import Trained


def test_model_and_metadata_come_back(tmp_path):
    model = build_siamese("GIN", "add", "cosine", in_channels=3, hidden_channels=4, num_layers=2)
    path = tmp_path / "model.siamex"
    Trained(model, {"rule": "same class", "seeds": [1, 2]}).save(path)
    found = Trained.load(path)
    assert found.metadata["rule"] == "same class" and found.metadata["seeds"] == [1, 2]
    assert found.path == path and found.name == str(path)
    assert Trained(model, {}).name == "the model"
    for one, other in zip(found.model.parameters(), model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_other_files_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError):
        Trained.load(tmp_path / "absent.siamex")
    (tmp_path / "text.siamex").write_text("no model")
    with pytest.raises(ValueError):
        Trained.load(tmp_path / "text.siamex")
