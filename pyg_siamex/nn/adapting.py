"""Errors for encoders that cannot be called as ``encoder(x, edge_index, ...)``, with a remedy."""

import inspect
import re

from torch import nn

from pyg_siamex.nn.signature import VARIADIC, eager, parameters_of_forward

_WHOLE_GRAPHS = ("data", "graph", "batch", "batched_data", "inputs", "g", "sample")


def check_call(encoder: nn.Module) -> None:
    """Refuse an encoder that cannot be called as ``encoder(x, edge_index, ...)``.

    Raises:
        ValueError: If it cannot; the message shows how to adapt it.
    """
    parameters = list(parameters_of_forward(encoder).values())
    if not parameters:
        return
    if any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters):
        return
    names = [p.name for p in parameters if p.kind not in VARIADIC]
    call = f"{type(eager(encoder)).__name__}.forward({', '.join(names)})"
    for fits, what, lines in (
        (_is_pair(names), "compares graphs, and SiameseGNN takes the encoder they share", _SIAMESE),
        (names[0] in _WHOLE_GRAPHS, "takes a whole graph", _WHOLE_DATA),
        (len(names) < 2, "takes no edges", _NO_EDGES),
        (names[1:2] == ["pos"] or names[1:2] == ["batch"], "takes other inputs", _OTHER_INPUTS),
    ):
        if fits and "edge_index" not in names:
            raise ValueError(
                f"the encoder is called as encoder(x, edge_index, ...), and {call} {what}. "
                f"Adapt it:\n\n{lines}\n"
            )


def _is_pair(names: list[str]) -> bool:
    """Two graphs by name: ``data1, data2``, ``graph_q, graph_r``, ``anchor, positive``, ..."""
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
