"""The device of a module."""

import torch
from torch import nn

CPU = torch.device("cpu")


def device_of(module: nn.Module, otherwise: torch.device = CPU) -> torch.device:
    """Device of the first parameter, or ``otherwise`` for a module without parameters."""
    return next((parameter.device for parameter in module.parameters()), otherwise)
