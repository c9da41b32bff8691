"""The device of a module."""

import torch
from torch import nn
from torch.nn.parameter import is_lazy

CPU = torch.device("cpu")

NO_VALUES = (
    "the model is on the device 'meta' and has no values: build it again without that device, or "
    "call model.to_empty(device='cpu') and load its weights"
)


def device_of(module: nn.Module, otherwise: torch.device = CPU) -> torch.device:
    """Device of the first parameter, or ``otherwise`` for a module without parameters."""
    return next((parameter.device for parameter in module.parameters()), otherwise)


def check_filled(module: nn.Module) -> None:
    """Refuse a module whose parameters have no values.

    Args:
        module: The module.

    Raises:
        ValueError: If they are on the device ``meta``.
    """
    if any(parameter.is_meta for parameter in module.parameters()):
        raise ValueError(NO_VALUES)


def check_initialised(module: nn.Module) -> None:
    """Refuse a module with lazy layers that have seen no input.

    Args:
        module: The module.

    Raises:
        ValueError: If there is one; it is named.
    """
    for name, parameter in module.named_parameters():
        if is_lazy(parameter):
            raise ValueError(
                f"parameter '{name}' is not initialised yet (a lazy layer): run the model once, "
                f"model(query, reference)"
            )
