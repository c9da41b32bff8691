"""From similarities to probabilities."""

from typing import Any

import torch
from torch import Tensor, nn

_LOG_SLOPE = 1.5
_PRIOR = "prior"


class Calibration(nn.Module):
    r"""Logit of a similarity, :math:`e^{a} s + b` (Platt scaling with a positive slope).

    Attributes:
        prior: Log odds of an alike pair among the pairs that set it; 0 where both kinds weigh the
            same. A logit above it says that a pair is more alike than pairs usually are.
    """

    prior: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.log_slope: nn.Parameter = nn.Parameter(torch.tensor(_LOG_SLOPE))
        self.shift: nn.Parameter = nn.Parameter(torch.tensor(0.0))
        self.register_buffer(_PRIOR, torch.tensor(0.0))

    @property
    def is_set(self) -> bool:
        """Whether it differs from a new one."""
        return self.log_slope.item() != _LOG_SLOPE or self.shift.item() != 0

    def forward(self, similarity: Tensor) -> Tensor:
        """Map similarities of any shape to logits of the same shape."""
        return self.log_slope.exp() * similarity + self.shift

    @torch.no_grad()
    def set(self, log_slope: float, shift: float, prior: float = 0.0) -> None:
        """Replace the line.

        Args:
            log_slope: Logarithm a of the slope.
            shift: Logit b of similarity 0.
            prior: Log odds of an alike pair.
        """
        self.log_slope.fill_(log_slope)
        self.shift.fill_(shift)
        self.prior.fill_(prior)

    def _load_from_state_dict(
        self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any
    ) -> None:
        """Weights without a prior were calibrated with both kinds of pairs weighing the same."""
        state_dict.setdefault(prefix + _PRIOR, torch.tensor(0.0))
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)
