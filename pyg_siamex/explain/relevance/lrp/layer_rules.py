"""The rule of each module of an encoder."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal

import torch
from torch import nn
from torch.utils.hooks import RemovableHandle
from torch_geometric import nn as pyg
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.nn.models.schnet import CFConv
from torch_geometric.nn.pool.select import SelectTopK

from pyg_siamex._door import checked
from pyg_siamex.explain.relevance.lrp import (
    attention,
    convolutions,
    edge_layers,
    multihead,
    readouts,
    recurrent,
    transformer,
)
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule

LayerRule = Callable[..., Any]
"""From the propagation, the module, its value and its arguments to the output with its gradient."""

_Rule = LayerRule | Literal["operations", "messages"]
"""``"operations"`` if the operations of a layer have rules of their own. ``"messages"`` if also its
messages are linear, so that their sum and the linear map before it are one step."""

_RULES: dict[type[nn.Module], _Rule] = {
    pyg.GCNConv: convolutions.gcn,
    pyg.SAGEConv: convolutions.sage,
    pyg.GraphConv: convolutions.graph_conv,
    pyg.GINConv: convolutions.gin,
    pyg.ARMAConv: convolutions.arma,
    pyg.GATConv: attention.gat,
    pyg.GATv2Conv: attention.gatv2,
    pyg.TransformerConv: transformer.transformer,
    pyg.SuperGATConv: transformer.supergat,
    pyg.ResGatedGraphConv: edge_layers.res_gated,
    pyg.NNConv: edge_layers.nn_conv,
    CFConv: edge_layers.cf_conv,
    **dict.fromkeys(
        (
            pyg.GINEConv,
            pyg.EdgeConv,
            pyg.SimpleConv,
            pyg.CGConv,
            pyg.GENConv,
            pyg.PNAConv,
            pyg.AGNNConv,
            pyg.DNAConv,
            pyg.FeaStConv,
            pyg.GMMConv,
            pyg.HEATConv,
            pyg.PointGNNConv,
            pyg.PointNetConv,
            pyg.PointTransformerConv,
            pyg.RGATConv,
        ),
        "operations",
    ),
    **dict.fromkeys(
        (
            pyg.SGConv,
            pyg.SSGConv,
            pyg.TAGConv,
            pyg.APPNP,
            pyg.ChebConv,
            pyg.ClusterGCNConv,
            pyg.LEConv,
            pyg.LGConv,
            pyg.MixHopConv,
            pyg.GCN2Conv,
            pyg.GatedGraphConv,
        ),
        "messages",
    ),
    nn.MultiheadAttention: multihead.multihead,
    nn.LSTM: recurrent.lstm,
    nn.GRU: recurrent.gru,
    nn.LSTMCell: recurrent.lstm_cell,
    nn.GRUCell: recurrent.gru_cell,
    pyg.JumpingKnowledge: readouts.jumping_knowledge,
    SelectTopK: readouts.select_top,
}

_FOLLOWED: dict[type[nn.Module], _Rule | None] = {
    **dict.fromkeys(
        (pyg.GATConv, pyg.GATv2Conv, pyg.TransformerConv, pyg.SuperGATConv), "operations"
    ),
    nn.MultiheadAttention: multihead.followed,
    pyg.JumpingKnowledge: None,
}
"""Rules of layers whose attention takes relevance."""

_UNMAPPED = (pyg.EdgeConv, pyg.CGConv, pyg.SimpleConv)
"""Layers without a linear map after their sum over neighbours."""

_REGISTERED: OrderedDict[int, tuple[type[nn.Module], _Rule]] = OrderedDict()


@checked
def register_rule(module_class: type[nn.Module], rule: _Rule) -> RemovableHandle:
    """Give a kind of module its own relevance rule.

    Args:
        module_class: A :class:`~torch_geometric.nn.MessagePassing` layer, or any other module. The
            rule goes before the library's own. A subclass has the rule too if it computes the same.
        rule: ``"operations"``, if all that the layer computes are operations with rules: linear
            maps, activations, sums, maxima, and products with softmax, sigmoid or exp, which are
            held constant. A linear map before the sum over neighbours is then a step of its own. Or
            a function ``rule(lrp, module, value, *args, **kwargs)`` that returns a tensor equal to
            the module's ``value``. In it, operations run by their rules, and
            ``lrp.linear(x, weight, bias, value)`` is a linear map.

    Returns:
        A handle whose ``remove()`` takes the rule back.

    Raises:
        TypeError: If ``module_class`` is not a class of modules.
        ValueError: If ``rule`` is neither a function nor ``"operations"``.

    Example:
        >>> from torch_geometric.nn import GCNConv
        >>> def rule(lrp, conv, value, x, edge_index):
        ...     collected = conv.propagate(edge_index, x=x)
        ...     return lrp.linear(collected, conv.lin.weight, conv.lin.bias, value)
        >>> handle = register_rule(GCNConv, rule)
        >>> handle.remove()
    """
    if not (isinstance(module_class, type) and issubclass(module_class, nn.Module)):
        raise TypeError(f"a rule is for a class of modules (got {module_class!r})")
    if isinstance(rule, type) or (not callable(rule) and rule != "operations"):
        raise ValueError(f"rule must be a function or 'operations' (got {rule!r})")
    handle = RemovableHandle(_REGISTERED)
    _REGISTERED[handle.id] = (module_class, rule)
    return handle


def rule_of(path: str, module: nn.Module, asked: GammaRule) -> _Rule | None:
    """The rule of a module. ``None`` for modules other than graph convolutions without one.

    A graph convolution without a rule has ``"messages"``.

    Args:
        path: Path of the module, for messages.
        module: The module.
        asked: Whether attention takes relevance, and what the contributions of neighbours are.

    Raises:
        ValueError: If it cannot have a rule, or hides its operations.
    """
    if isinstance(module, torch.jit.ScriptModule) or hasattr(module, "_orig_mod"):
        raise ValueError(
            f"'{path}' ({type(module).__name__}) is scripted or compiled, which hides its "
            f"operations: give BiLRP the eager module"
        )
    rules = {**_RULES, **_FOLLOWED} if asked.attention == "attnlrp" else _RULES
    found: _Rule | None = "messages" if isinstance(module, MessagePassing) else None
    for kind, rule in (*reversed(_REGISTERED.values()), *rules.items()):
        if isinstance(module, kind) and _same_computation(type(module), kind):
            found = rule
            break
    if asked.neighbours == "each" and isinstance(module, MessagePassing):
        _check_each(path, module, found)
    if isinstance(module, pyg.VarAggregation | pyg.StdAggregation):
        raise ValueError(
            f"'{path}' ({type(module).__name__}) has no relevance rule: a variance is a product of "
            f"two inputs, and neither is a weight. Use IntegratedJacobians, which needs no rules"
        )
    return found


def _check_each(path: str, module: MessagePassing, rule: _Rule | None) -> None:
    """Refuse layers that do not say what each neighbour contributes."""
    if not callable(rule) and not isinstance(module, _UNMAPPED):
        names = ", ".join(
            sorted(k.__name__ for k, v in _RULES.items() if callable(v) and _passes_messages(k))
        )
        raise ValueError(
            f"layer '{path}' ({type(module).__name__}) has no relevance rule with "
            f"neighbours='each', which {names} have: use neighbours='summed'"
        )


def _passes_messages(kind: type[nn.Module]) -> bool:
    return issubclass(kind, MessagePassing)


def known_layers() -> str:
    """What to do about a layer without a rule."""
    kinds = (*_RULES, *(kind for kind, _ in _REGISTERED.values()))
    names = ", ".join(sorted(k.__name__ for k in kinds if _passes_messages(k)))
    return (
        f"BiLRP knows {names}. Give it a rule by pyg_siamex.explain.register_rule, or use "
        f"IntegratedJacobians, which explains any differentiable encoder"
    )


def _same_computation(kind: type, known: type) -> bool:
    names = ("forward", "message", "aggregate", "update", "edge_update")
    same = all(getattr(kind, name, None) is getattr(known, name, None) for name in names)
    return same and _written_propagate(kind) is _written_propagate(known)


def _written_propagate(kind: type) -> Any:
    """``propagate`` as it is written, not what PyG generates for each class."""
    for parent in kind.__mro__:
        found = vars(parent).get("propagate")
        generated = f"{parent.__module__}_{parent.__name__}"
        if found is not None and not found.__module__.startswith(generated):
            return found
    return None
