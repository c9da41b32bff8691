"""Encoders and readouts whose every part is known: unmodified models of PyG."""

from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType

from torch import nn
from torch_geometric import nn as pyg

_MODELS = (pyg.GCN, pyg.GraphSAGE, pyg.GIN, pyg.GAT)
_PARTS = (
    *_MODELS,
    *(pyg.GCNConv, pyg.SAGEConv, pyg.GINConv, pyg.GATConv, pyg.GATv2Conv),
    *(pyg.SumAggregation, pyg.MeanAggregation, pyg.MaxAggregation),
    *(pyg.Linear, pyg.MLP, pyg.BatchNorm, pyg.JumpingKnowledge),
    *(nn.Linear, nn.BatchNorm1d, nn.Dropout, nn.Identity, nn.ModuleList, nn.Sequential),
    *(nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid),
)
_FUNCTIONS = (BuiltinFunctionType, FunctionType, MethodType, partial)


def is_stock(encoder: nn.Module) -> bool:
    """Whether an encoder is one of PyG's models of known parts, and nothing was put on it.

    Its layers send all that passes along edges, and gradients reach everything, so that neither
    needs a trial. Derived classes, hooks, replaced methods and compiled parts do not count.
    """
    return type(encoder) in _MODELS and all(_as_it_comes(part) for part in encoder.modules())


def is_stock_readout(pool: nn.Module | None) -> bool:
    """Whether gradients pass a readout for sure: all is PyG's, PyTorch's or the library's.

    Args:
        pool: The readout, or ``None`` for an encoder that pools itself.
    """
    return pool is None or all(_of_libraries(part) for part in pool.modules())


_LIBRARIES = ("torch.", "torch_geometric.", "pyg_siamex.")


def _of_libraries(part: nn.Module) -> bool:
    own = vars(part)
    hooked = any(value for name, value in own.items() if _is_hook(name))
    replaced = isinstance(own.get("forward"), _FUNCTIONS)
    return type(part).__module__.startswith(_LIBRARIES) and not hooked and not replaced


def _as_it_comes(part: nn.Module) -> bool:
    kind = type(part)
    if kind not in _PARTS and kind.__qualname__ != "TrimToLayer":  # has no public name
        return False
    if not kind.forward.__module__.startswith(("torch.", "torch_geometric.")):
        return False
    if getattr(part, "_compiled_call_impl", None) is not None:
        return False
    own = vars(part)
    hooked = any(value for name, value in own.items() if _is_hook(name))
    # Functions among the attributes are activations, or take the place of methods.
    return not hooked and not any(isinstance(value, _FUNCTIONS) for value in own.values())


def _is_hook(name: str) -> bool:
    return name.endswith("_hooks") and "state_dict" not in name
