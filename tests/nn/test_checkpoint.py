import json
import pickle

import pytest
import torch
from graphs import EDGE_FEATURES, FEATURES, random_graph
from safetensors.torch import save_file

from pyg_siamex.nn import ENCODERS, build_siamese, load_model, save_model


@pytest.mark.parametrize("name", list(ENCODERS))
def test_round_trip_keeps_every_prediction(name, tmp_path):
    extra = {"edge_dim": EDGE_FEATURES} if name == "GINE" else {}
    model = build_siamese(
        name, "add", "mlp", in_channels=FEATURES, hidden_channels=8, num_layers=2, **extra
    )
    model.eval()
    save_model(model, tmp_path / "m.siamex", features={"a": [1, 2]})
    loaded, metadata = load_model(tmp_path / "m.siamex")
    pair = random_graph(5, 1), random_graph(6, 2)
    assert torch.equal(model(*pair), loaded(*pair))
    assert torch.equal(model.probability(*pair), loaded.probability(*pair))
    assert metadata == {"features": {"a": [1, 2]}}


def test_a_file_of_version_1_is_read(tmp_path):
    """It has no digest, and its calibration no prior."""
    config = {
        "encoder": "GIN",
        "pool": "add",
        "similarity": "cosine",
        "in_channels": FEATURES,
        "hidden_channels": 8,
        "num_layers": 2,
    }
    model = build_siamese(**config).eval()
    model.calibration.set(2.0, -0.5)
    weights = {k: v for k, v in model.state_dict().items() if k != "calibration.prior"}
    header = {"format": "pyg_siamex model 1", "config": json.dumps(config)}
    save_file(weights, tmp_path / "m.siamex", header | {"metadata": '{"kind": "molecules"}'})
    loaded, metadata = load_model(tmp_path / "m.siamex")
    pair = random_graph(5, 1), random_graph(6, 2)
    assert torch.equal(model.probability(*pair), loaded.probability(*pair))
    assert loaded.calibration.prior == 0 and metadata == {"kind": "molecules"}


def test_no_code_is_run_and_strangers_files_are_refused(tmp_path):
    path = tmp_path / "bad.siamex"
    with pytest.raises(FileNotFoundError, match="no model at"):
        load_model(path)
    path.write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ValueError, match="not a model file"):
        load_model(path)
    save_file({"w": torch.zeros(1)}, path)
    with pytest.raises(ValueError, match="not a model file of pyg_siamex"):
        load_model(path)
    header = {
        "format": "pyg_siamex model 1",
        "config": json.dumps({"encoder": "os.system", "pool": "mean", "similarity": "cosine"}),
        "metadata": "{}",
    }
    save_file({"w": torch.zeros(1)}, path, metadata=header)
    with pytest.raises(ValueError, match="encoder must be one of"):
        load_model(path)
    parts = {"encoder": "GIN", "pool": "mean", "similarity": "cosine"}
    header["config"] = json.dumps(
        {**parts, "in_channels": 3, "hidden_channels": 4, "num_layers": 1}
    )
    save_file({"w": torch.zeros(1)}, path, metadata=header)
    with pytest.raises(ValueError, match="is damaged: only its"):
        load_model(path)


def test_a_failed_save_leaves_the_old_file(tmp_path):
    model = build_siamese("GCN", in_channels=3, hidden_channels=4, num_layers=1)
    save_model(model, tmp_path / "m.siamex")
    old = (tmp_path / "m.siamex").read_bytes()
    with pytest.raises(TypeError):
        save_model(model, tmp_path / "m.siamex", features=object())
    assert (tmp_path / "m.siamex").read_bytes() == old
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("described", [[], [1.0], [1.0, "a", "b"]], ids=len)
def test_references_are_described_by_two_values(tmp_path, described):
    config = {
        **{"encoder": "GIN", "pool": "add", "similarity": "cosine"},
        **{"in_channels": FEATURES, "hidden_channels": 8, "num_layers": 2},
    }
    weights = {**build_siamese(**config).state_dict(), "references": torch.ones(3, 8)}
    header = {"format": "pyg_siamex model 1", "config": json.dumps(config), "metadata": "{}"}
    header["references"] = json.dumps(described)
    save_file(weights, tmp_path / "m.siamex", header)
    with pytest.raises(ValueError, match=f"described by {len(described)} values, and not by 2"):
        load_model(tmp_path / "m.siamex")


def test_a_model_is_read_without_a_draw(tmp_path):
    model = build_siamese("GIN", in_channels=FEATURES, hidden_channels=8, num_layers=2)
    save_model(model, tmp_path / "m.siamex")
    before = torch.get_rng_state()
    load_model(tmp_path / "m.siamex")
    assert torch.equal(torch.get_rng_state(), before)
