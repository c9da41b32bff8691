"""From similarities to probabilities."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.nn.calibration import Calibration


@given(st.floats(-3, 3), st.floats(-5, 5))
def test_more_similar_is_never_less_probable(log_slope, shift):
    calibration = Calibration()
    with torch.no_grad():
        calibration.log_slope.fill_(log_slope)
        calibration.shift.fill_(shift)
        logits = calibration(torch.linspace(-1, 1, 9).view(3, 3))
    assert logits.shape == (3, 3)
    assert (logits.flatten().diff() > 0).all()
    slope, at_zero = (logits[2, 2] - logits[0, 0]) / 2, logits[1, 1]
    assert torch.allclose(slope, torch.tensor(log_slope).exp(), rtol=1e-4)
    assert torch.allclose(at_zero, torch.tensor(shift), atol=1e-6)


def test_weights_without_a_prior_are_read():
    calibration = Calibration()
    calibration.set(0.5, 1.0, 2.0)
    kept = {name: value for name, value in calibration.state_dict().items() if name != "prior"}
    calibration.load_state_dict(kept)
    assert calibration.prior == 0 and calibration.is_set
    holder = torch.nn.ModuleDict({"inner": Calibration()})
    holder.load_state_dict({f"inner.{name}": value for name, value in kept.items()})
    assert holder["inner"].shift == 1.0
