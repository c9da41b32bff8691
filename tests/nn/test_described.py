import json
import time

import pytest
import torch
from safetensors.torch import save_file

from pyg_siamex.nn import build_siamese, load_model, save_model

SMALL = {"encoder": "GIN", "pool": "mean", "similarity": "cosine"} | {
    "in_channels": 4,
    "hidden_channels": 8,
    "num_layers": 2,
}


def stored(path, config, tensors):
    header = {"format": "pyg_siamex model 1", "config": json.dumps(config), "metadata": "{}"}
    save_file(tensors, path, metadata=header)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden_channels": 25_000}, r"are \[8.* in the file and \[25000, .* in its description"),
        ({"hidden_channels": 10**9}, "in the file and"),
        ({"num_layers": 10**6}, "has more than .* layers and parts"),
        ({"num_layers": 3}, "only its description has"),
        ({"num_layers": 1}, "only the file has"),
        ({"encoder": "GCN"}, "has weights 'encoder"),
        ({"hidden_channels": -1}, "is damaged"),
        ({"hidden_channels": "8"}, "cannot be built"),
        ({"hidden_channels": 1e400}, "is damaged"),
        ({"heads": 3}, "cannot be built"),
        ({"similarity": ["cosine"]}, "is damaged"),
        ({"pool": {"name": "RoiReadout", "num_rois": 10**9}}, "is damaged"),
    ],
)
def test_descriptions_that_do_not_fit_cost_neither_memory_nor_time(tmp_path, change, message):
    model = build_siamese(**SMALL)
    path = stored(tmp_path / "m", {**SMALL, **change}, dict(model.state_dict()))
    start = time.perf_counter()
    with pytest.raises(ValueError, match=message) as error:
        load_model(path)
    assert time.perf_counter() - start < 10 and str(path) in str(error.value)


def test_double_precision_stays(tmp_path):
    model = build_siamese(**SMALL).double().eval()
    save_model(model, tmp_path / "m")
    loaded, _ = load_model(tmp_path / "m")
    same = zip(model.state_dict().values(), loaded.state_dict().values(), strict=True)
    assert all(a.dtype == b.dtype and torch.equal(a, b) for a, b in same)


def test_weights_that_are_not_finite_are_neither_written_nor_read(tmp_path):
    model = build_siamese(**SMALL)
    with torch.no_grad():
        next(model.parameters())[0] = float("nan")
    with pytest.raises(ValueError, match="are not finite: train again"):
        save_model(model, tmp_path / "m")
    assert not list(tmp_path.iterdir())
    stored(tmp_path / "m", SMALL, dict(model.state_dict()))
    with pytest.raises(ValueError, match="are not finite: train again"):
        load_model(tmp_path / "m")


@pytest.mark.parametrize("name", ["encoder", "pool", "similarity"])
def test_descriptions_that_lack_a_part_are_refused(tmp_path, name):
    model = build_siamese(**SMALL)
    config = {**model.config}
    del config[name]
    with pytest.raises(ValueError, match=f"no {name}"):
        load_model(stored(tmp_path / "m", config, dict(model.state_dict())))
