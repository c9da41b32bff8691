import time

import pytest
import torch
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.nn import ENCODERS, build_siamese
from pyg_siamex.nn.on_meta import check_size, on_meta


def test_a_model_on_meta_takes_no_memory_and_has_its_shapes():
    model = on_meta(lambda: GIN(9, 30_000, 3))
    assert all(one.is_meta for one in model.parameters())
    assert sum(one.numel() for one in model.parameters()) > 10**9


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"hidden_channels": 10**6}, r"training this model would take \d.* TiB of memory"),
        ({"hidden_channels": 10**9}, r"TiB of memory|cannot be built"),
        ({"hidden_channels": 10**12}, "cannot be built"),
        ({"num_layers": 10**6}, "more than 10,000 layers and parts"),
    ],
)
def test_too_large_models_are_refused_with_the_estimate_at_once(sizes, message):
    start = time.perf_counter()
    with pytest.raises(ValueError, match=message):
        build_siamese("GIN", **{"in_channels": 9, "hidden_channels": 8, "num_layers": 2, **sizes})
    assert time.perf_counter() - start < 30


@pytest.mark.parametrize("name", sorted(ENCODERS))
def test_the_check_draws_no_random_numbers(name):
    sizes = {"in_channels": 5, "hidden_channels": 8, "num_layers": 2}
    torch.manual_seed(3)
    checked = build_siamese(name, **sizes)
    torch.manual_seed(3)
    plain = SiameseGNN(ENCODERS[name](**sizes))
    for a, b in zip(checked.state_dict().values(), plain.state_dict().values(), strict=True):
        assert torch.equal(a, b)


def test_what_computes_while_it_builds_is_built_with_values():
    def build():
        layer = torch.nn.Linear(2, 2)
        layer.limit = float(layer.weight.detach().abs().max())
        return layer

    assert on_meta(build).limit >= 0
    check_size(build)


def test_models_that_are_asked_for_on_meta_are_left_there():
    with torch.device("meta"):
        model = build_siamese("GIN", in_channels=9, hidden_channels=8, num_layers=2)
    assert all(one.is_meta for one in model.encoder.parameters())
