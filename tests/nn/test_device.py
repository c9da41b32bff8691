"""A module is where its first parameter is."""

import torch
from torch import nn

from pyg_siamex.nn.device import CPU, device_of


def test_device_of_parameters_or_the_given_one():
    meta = torch.device("meta")
    assert device_of(nn.Linear(2, 2)) == CPU
    assert device_of(nn.Linear(2, 2, device=meta)) == meta
    assert device_of(nn.ReLU()) == CPU and device_of(nn.ReLU(), meta) == meta
