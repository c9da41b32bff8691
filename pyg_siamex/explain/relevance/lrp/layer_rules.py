"""The rule of each module of an encoder."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric import nn as pyg
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.relevance.lrp import attention, convolutions

LayerRule = Callable[..., Tensor]
"""From the propagation, the module, its value and its arguments to the output with its gradient."""

_CONVOLUTIONS: dict[type[MessagePassing], LayerRule | None] = {
    pyg.GCNConv: convolutions.gcn,
    pyg.SAGEConv: convolutions.sage,
    pyg.GraphConv: convolutions.graph_conv,
    pyg.GINConv: convolutions.gin,
    pyg.GINEConv: None,
    pyg.GATConv: attention.gat,
    pyg.GATv2Conv: attention.gatv2,
    pyg.EdgeConv: None,
    pyg.SimpleConv: None,
}
"""``None`` for layers whose operations have rules of their own."""


def layer_rule(path: str, module: nn.Module) -> LayerRule | None:
    """The rule of a module, or ``None`` if its operations have rules of their own.

    Args:
        path: Path of the module, for messages.
        module: The module.

    Raises:
        ValueError: If it is an unknown graph convolution, or a module that hides its operations.
    """
    if isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod"):
        raise ValueError(
            f"'{path}' ({type(module).__name__}) is scripted or compiled, which hides its "
            f"operations: give BiLRP the eager module"
        )
    if not isinstance(module, MessagePassing):
        return None
    if isinstance(module, pyg.EdgeConv) and module.aggr != "max":
        raise ValueError(
            f"layer '{path}' (EdgeConv) with aggr='{module.aggr}' has no relevance rule, only "
            f"aggr='max' has: use IntegratedJacobians"
        )
    for kind, rule in _CONVOLUTIONS.items():
        if isinstance(module, kind) and _same_computation(type(module), kind):
            return rule
    names = ", ".join(sorted(kind.__name__ for kind in _CONVOLUTIONS))
    raise ValueError(
        f"layer '{path}' ({type(module).__name__}) has no relevance rule: BiLRP knows {names}. "
        f"IntegratedJacobians explains any differentiable encoder"
    )


def _same_computation(kind: type, known: type) -> bool:
    names = ("forward", "message", "aggregate", "update", "edge_update", "propagate")
    return all(getattr(kind, name, None) is getattr(known, name, None) for name in names)
