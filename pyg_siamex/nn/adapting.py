"""Errors for modules that cannot be called as encoders, or as models of pairs, with a remedy."""

import inspect
import re

from torch import nn

from pyg_siamex.nn.signature import VARIADIC, Call, eager, is_traced, parameters_of_forward

_WHOLE_GRAPHS = ("data", "graph", "batch", "batched_data", "inputs", "g", "sample")


def check_call(encoder: nn.Module) -> None:
    """Refuse an encoder that cannot be called as ``encoder(x, edge_index, ...)``.

    Raises:
        ValueError: If it cannot; the message shows how to adapt it.
    """
    kind = type(encoder)
    inherited = inspect.getattr_static(kind, "forward", None) is nn.Module.forward
    if inherited and "forward" not in vars(encoder):
        raise ValueError(
            f"the encoder is called as encoder(x, edge_index, ...), and {kind.__name__} has no "
            f"forward: give a module that has, such as torch_geometric.nn.Sequential"
        )
    if is_traced(encoder):
        return
    parameters = list(parameters_of_forward(encoder).values())
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return
    names = [p.name for p in parameters if p.kind not in VARIADIC]
    call = f"{type(eager(encoder)).__name__}.forward({', '.join(names)})"
    for fits, what, lines in (
        (not names, "names neither of them", _NAMELESS),
        (_is_pair(names), "compares graphs, and SiameseGNN takes the encoder they share", _SIAMESE),
        (bool(names) and names[0] in _WHOLE_GRAPHS, "takes a whole graph", _WHOLE_DATA),
        (len(names) < 2, "takes no edges", _NO_EDGES),
        (names[1:2] == ["pos"] or names[1:2] == ["batch"], "takes other inputs", _OTHER_INPUTS),
    ):
        if fits and "edge_index" not in names:
            raise ValueError(
                f"the encoder is called as encoder(x, edge_index, ...), and {call} {what}. "
                f"Adapt it:\n\n{lines}\n"
            )
    if not encoder._forward_pre_hooks and not _binds(parameters, Call.of(encoder).edges_by_name):
        raise ValueError(
            f"the encoder is called as encoder(x, edge_index, ...), and {call} takes them only by "
            f"name. Adapt it:\n\n{_NAMELESS}\n"
        )


def _binds(parameters: list[inspect.Parameter], edges_by_name: bool | str) -> bool:
    """Whether node features and edges can be passed as an encoder is called."""
    names = ("x", "edge_index")[edges_by_name != "both" :] if edges_by_name else ()
    try:
        inspect.Signature(parameters).bind_partial(
            *[None] * (2 - len(names)), **dict.fromkeys(names)
        )
    except TypeError:
        return False
    return True


def check_takes_two(model: nn.Module) -> None:
    """Refuse a module that cannot be called as ``model(data1, data2)``, by its ``forward``.

    Args:
        model: The module.

    Raises:
        ValueError: If it cannot; the message says what to do instead.
    """
    parameters = list(parameters_of_forward(model).values())
    if is_traced(model) or model._forward_pre_hooks:  # they may change what it is called with
        return
    names = [p.name for p in parameters if p.kind not in VARIADIC]
    call = f"{type(eager(model)).__name__}.forward({', '.join(names)})"
    if names[1:2] and names[1] in _EDGES:
        raise ValueError(
            f"adapt() takes a model that is called as model(data1, data2), and {call} takes one "
            f"graph: use SiameseGNN(encoder, pool=..., similarity=...), or say how two graphs are "
            f"scored, adapt(model, score=lambda model, a, b: ...)"
        )
    try:
        inspect.Signature(parameters).bind(None, None)
    except TypeError:
        raise ValueError(
            f"adapt() takes a model that is called as model(data1, data2), and {call} is not: say "
            f"how two graphs are scored, adapt(model, score=lambda model, a, b: ...)"
        ) from None


_EDGES = ("edge_index", "adj_t", "adj")
"""Names of edges, the second input of encoders."""


def _is_pair(names: list[str]) -> bool:
    """Two graphs by name: ``data1, data2``, ``graph_q, graph_r``, ``anchor, positive``, ..."""
    if not names:
        return False
    if names[0] in ("query", "left", "anchor", "source_graph", "a"):
        return len(names) > 1
    stem = re.fullmatch(r"(.+?)_?(1|2|a|b|i|j|q|r|s|t|one|two)", names[0])
    if stem is None:
        return False
    same = re.compile(rf"{re.escape(stem[1])}_?(\d|[a-z]|one|two)")
    return any(same.fullmatch(name) and name != names[0] for name in names[1:])


_WHOLE_DATA = """\
    class Adapted(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x, edge_index, batch, edge_attr=None):
            return self.net(Data(x=x, edge_index=edge_index, batch=batch, edge_attr=edge_attr))

    model = SiameseGNN(Adapted(net), pool=None)  # or a pool, if net returns a row per node"""

_NO_EDGES = """\
    class Adapted(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x, edge_index):
            return self.net(x)"""

_NAMELESS = """\
    class Adapted(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x, edge_index):
            return self.net(x=x, edge_index=edge_index)"""

_SIAMESE = """\
    model = SiameseGNN(siamese.encoder, pool="mean", similarity="cosine")"""

_OTHER_INPUTS = """\
    class Adapted(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x, edge_index, batch, pos):  # pos is taken from data.pos
            return self.net(x, pos, batch)"""

FIRST_OF_TUPLE = """\
    class Adapted(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net

        def forward(self, x, edge_index):
            return self.net(x, edge_index)[0]"""
