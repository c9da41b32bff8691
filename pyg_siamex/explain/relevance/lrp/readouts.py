"""Layers that weigh what they sum or keep."""

import torch
from torch import Tensor
from torch_geometric import nn as pyg
from torch_geometric.nn.pool.select import SelectOutput, SelectTopK

from pyg_siamex.explain.relevance.lrp.propagation import Propagation


def jumping_knowledge(
    lrp: Propagation, module: pyg.JumpingKnowledge, value: Tensor, xs: list[Tensor]
) -> Tensor:
    r"""JK-LSTM: :math:`\sum_l \alpha_l x_l`, attention to layers held constant.

    The LSTM takes no relevance, since it computes the attention alone.
    """
    if module.mode != "lstm":
        usual: Tensor = module.forward(xs)
        return usual
    with lrp.unseen(), torch.no_grad():
        layers = torch.stack([x.detach() for x in xs], dim=1)
        alpha = module.att(module.lstm(layers)[0]).squeeze(-1).softmax(-1)  # [N, L]
    mixed: Tensor = sum(alpha[:, k : k + 1] * x for k, x in enumerate(xs))
    return mixed


def select_top(
    lrp: Propagation, module: SelectTopK, value: SelectOutput, *args: Tensor, **kwargs: Tensor
) -> SelectOutput:
    """Top-k pooling: the score of a node is a weight, held constant."""
    lrp.held(value.weight, "a score of top-k pooling", factor=True)
    return value
