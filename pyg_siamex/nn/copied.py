"""Copies of models."""

from copy import deepcopy
from typing import TypeVar

import torch
from torch import nn

_Model = TypeVar("_Model", bound=nn.Module)


def copied_model(model: _Model) -> _Model:
    """A deep copy of a model, without a change of the global random state.

    Copies of PyG's linear layers draw new weights before version 2.7, and then replace them.

    Args:
        model: Any module.
    """
    with torch.random.fork_rng(devices=[]):
        return deepcopy(model)
