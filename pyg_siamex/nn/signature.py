"""How an encoder is called."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.models.basic_gnn import BasicGNN

CORE = ("x", "edge_index", "batch", "batch_size", "ptr", "num_graphs", "num_nodes")
"""Inputs that every union of graphs has."""

VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def eager(module: nn.Module) -> nn.Module:
    """The module inside ``torch.compile`` and ``DataParallel`` wrappers."""
    while True:
        inner = getattr(module, "_orig_mod", None)
        if inner is None and type(module).__name__ in _PARALLEL:
            inner = module.module
        if not isinstance(inner, nn.Module):
            return module
        module = inner


_PARALLEL = ("DataParallel", "DistributedDataParallel", "FullyShardedDataParallel")


def parameters_of_forward(encoder: nn.Module) -> Mapping[str, inspect.Parameter]:
    """Parameters of the encoder's ``forward`` without wrappers; empty for a traced module."""
    try:
        return inspect.signature(eager(encoder).forward).parameters
    except (TypeError, ValueError):
        return {}


def is_traced(encoder: nn.Module) -> bool:
    """Whether the parameters of the encoder's ``forward`` are not known, as of a traced module."""
    try:
        inspect.signature(eager(encoder).forward)
    except (TypeError, ValueError):
        return True
    return False


@dataclass(frozen=True)
class Call:
    """How an encoder is called: ``encoder(x, edge_index, ...)``.

    Attributes:
        names: Inputs besides x and the edges.
        needed: Inputs without a default.
        edges_by_name: Whether ``edge_index`` is passed by name because it is not the second
            parameter; ``"both"`` if x is also not the first.
        own: Inputs that ``forward`` itself names and does not only pass on.
        nameless: Whether ``forward`` takes further inputs only by position, ``*args``.
    """

    names: tuple[str, ...]
    needed: tuple[str, ...]
    edges_by_name: bool | str
    own: tuple[str, ...] = ()
    nameless: bool = False

    @classmethod
    def of(cls, encoder: nn.Module) -> "Call":
        """The call of an encoder, cached."""
        known = _CALLS.get(encoder)
        if known is None:
            parameters = list(parameters_of_forward(encoder).values())
            kinds = {p.kind for p in parameters}
            known = cls(
                _named(encoder),
                tuple(_needed(encoder)),
                _edges_by_name(encoder),
                tuple(_further(parameters)),
                nameless=set(VARIADIC) & kinds == {inspect.Parameter.VAR_POSITIONAL},
            )
            _CALLS[encoder] = known
        return known

    def check_names(self, encoder: nn.Module, data: Data) -> None:
        """Refuse a graph with inputs that the encoder can take only by position.

        Raises:
            ValueError: If there are such inputs; the message says how to name them.
        """
        if not self.nameless or not isinstance(data, Data):
            return
        lost = [n for n in _PASSED_ON if n in data and n not in self.names]
        lost = [name for name in lost if name not in CORE]
        if lost:
            kind = type(eager(encoder)).__name__
            raise ValueError(
                f"{kind}.forward takes inputs only by position (*args), and the graph has "
                f"{', '.join(lost)}: it is not clear which of them it takes. Name them, for "
                f"example def forward(self, x, edge_index, {lost[0]}=None), put functools.wraps "
                f"on the decorator, or delete data.{lost[0]} if it is not wanted"
            )

    def drop(self, encoder: nn.Module, name: str) -> None:
        """Remember not to pass ``name`` to ``encoder``."""
        names = tuple(known for known in self.names if known != name)
        _CALLS[encoder] = replace(self, names=names)


_CALLS: "WeakKeyDictionary[nn.Module, Call]" = WeakKeyDictionary()


def _named(encoder: nn.Module) -> tuple[str, ...]:
    """Names of the inputs that the encoder takes besides x and the edges.

    A ``forward`` with ``**kwargs`` also takes the names of the modules inside it. Edge inputs that
    a PyG model or layer declares as unsupported are left out: ``supports_edge_weight`` and
    ``supports_edge_attr``, or ``edge_dim=None``.
    """
    encoder = eager(encoder)
    parameters = list(parameters_of_forward(encoder).values())
    names = _further(parameters)
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        for module in encoder.modules():
            if module is not encoder:
                inside = [p for p in parameters_of_forward(module).values()]
                names += [p.name for p in inside if p.kind not in VARIADIC and p.name in _PASSED_ON]
    refused = _refused_by_pyg(encoder)
    return tuple(name for name in dict.fromkeys(names) if name not in refused)


_PASSED_ON = ("edge_weight", "edge_attr", "edge_type", "batch", "batch_size", "pos")
"""Inputs that a ``forward`` with ``**kwargs`` receives if a module inside it names them."""


def _needed(encoder: nn.Module) -> list[str]:
    """Names of the inputs without a default, except x and the edges."""
    parameters = parameters_of_forward(encoder)
    further = _further(list(parameters.values()))
    return [name for name in further if parameters[name].default is inspect.Parameter.empty]


def _edges_by_name(encoder: nn.Module) -> bool | str:
    """Whether ``edge_index`` must be passed by name: it is not the second, or only has a name."""
    parameters = [p for p in parameters_of_forward(encoder).values() if p.kind not in VARIADIC]
    names = [p.name for p in parameters]
    named = {p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}
    if (names[:1] == ["edge_index"] and "x" in names) or named >= {"x", "edge_index"}:
        return "both"
    return "edge_index" in names[2:] or "edge_index" in named


def unexpected(error: TypeError) -> str:
    """Name of the keyword argument that a call did not take, or an empty string."""
    found = re.search(r"unexpected keyword argument '(\w+)'", str(error))
    return found[1] if found else ""


def _further(parameters: list[inspect.Parameter]) -> list[str]:
    """Names besides the node features and the edges, which are the first two if not by name."""
    names = [p.name for p in parameters if p.kind not in VARIADIC]
    if names[:1] == ["edge_index"] and "x" in names:
        return [name for name in names if name not in ("x", "edge_index")]
    if "edge_index" in names[2:]:
        return [name for name in names[1:] if name != "edge_index"]
    return names[2:]


def _refused_by_pyg(encoder: nn.Module) -> set[str]:
    refused = {
        name
        for name in ("edge_weight", "edge_attr")
        if getattr(encoder, f"supports_{name}", True) is False
    }
    layers: list[nn.Module] = []
    if isinstance(encoder, BasicGNN):
        layers = list(encoder.convs)
    elif isinstance(encoder, MessagePassing):
        layers = [encoder]
    if layers and all(getattr(layer, "edge_dim", 0) is None for layer in layers):
        refused.add("edge_attr")
    return refused
