"""From similarities to probabilities."""

import torch
from torch import Tensor, nn

_LOG_SLOPE = 1.5


class Calibration(nn.Module):
    r"""Logit of a similarity, :math:`e^{a} s + b` (Platt scaling with a positive slope)."""

    def __init__(self) -> None:
        super().__init__()
        self.log_slope = nn.Parameter(torch.tensor(_LOG_SLOPE))
        self.shift = nn.Parameter(torch.tensor(0.0))

    @property
    def is_set(self) -> bool:
        """Whether it differs from a new one."""
        return self.log_slope.item() != _LOG_SLOPE or self.shift.item() != 0

    def forward(self, similarity: Tensor) -> Tensor:
        """Map similarities of any shape to logits of the same shape."""
        return self.log_slope.exp() * similarity + self.shift
