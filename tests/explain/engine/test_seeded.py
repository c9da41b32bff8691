"""A seeded block draws what the seed gives and leaves no trace."""

import pytest
import torch

from pyg_siamex.explain.engine.seeded import seeded


def test_draws_what_the_seed_gives():
    with seeded(3):
        drawn = torch.rand(4)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(4))


def test_the_global_state_is_as_before_also_after_an_error():
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    with pytest.raises(RuntimeError), seeded(3):
        torch.rand(4)
        raise RuntimeError
    assert torch.equal(before, torch.random.get_rng_state())
