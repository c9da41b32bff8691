"""Cache of known contracts, as long as they are valid."""

from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.find import close, difference, find
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import eager

_KNOWN: "WeakKeyDictionary[SiameseGNN, dict[Any, Any]]" = WeakKeyDictionary()


def contract_of(model: SiameseGNN, inputs: GraphInputs) -> Contract:
    """Contract of ``model`` on graphs like ``inputs``, found out once and cached.

    It is cached until a module or a parameter of the encoder is replaced or written, or graphs have
    other inputs. :func:`forget_if_changed` handles other changes of the model. Graphs without nodes
    show nothing: they are encoded one at a time.

    Raises:
        ValueError: If the encoder is not a function of one graph: it draws random numbers in
            evaluation mode, or remembers graphs of earlier calls.
    """
    if not len(inputs.x):
        return Contract(apart=True, why_apart="graphs without nodes are encoded one at a time")
    state, kind = _state(model), _kind(inputs)
    known = _KNOWN.get(model)
    if known is None or known.get("state") != state:
        known = {"state": state}
    if kind not in known:
        with untouched(model), torch.random.fork_rng(devices=[]):
            found = find(model, inputs)
        others = [one for one in known.values() if isinstance(one, Contract)]
        mixing = next((one for one in others if one.apart), found)
        found = replace(found, apart=mixing.apart, why_apart=mixing.why_apart)
        known = {**known, kind: found}
        _KNOWN[model] = known
    contract: Contract = known[kind]
    return contract


@torch.no_grad()
def forget_if_changed(model: SiameseGNN) -> None:
    """Drop the contracts of a model that now embeds a known graph differently.

    A model may change by more than its parameters, for example by an attribute, a buffer, or values
    written through ``.data``.
    """
    known = _KNOWN.get(model, {})
    contract = next((c for c in known.values() if isinstance(c, Contract)), None)
    if contract is None or contract.graph is None or contract.h is None:
        return
    with untouched(model), torch.random.fork_rng(devices=[]):
        try:
            now = model.encode(contract.graph.with_own_x())
        except Exception:
            now = contract.h.new_empty(0)
    if not close(now, contract.h):
        _KNOWN.pop(model, None)


@torch.no_grad()
def apart_after_all(model: SiameseGNN, inputs: GraphInputs, h: Tensor) -> bool:
    """Whether the largest or the smallest graph of a union has another embedding alone.

    If so, graphs are encoded one at a time in later calls.

    Args:
        model: The Siamese model.
        inputs: The union.
        h: Its embeddings, ``[num_graphs, D]``.
    """
    if contract_of(model, inputs).apart or inputs.num_graphs < 2:
        return False
    size = inputs.node_counts + inputs.edge_counts
    for graph in {int(size.argmax()), int(size.argmin())}:
        own = model.encode(inputs.select_graphs(torch.tensor([graph], device=h.device)))
        if not close(own, h[graph : graph + 1]):
            why = difference(h[graph : graph + 1], own)
            _KNOWN[model] = {
                kind: replace(one, apart=True, why_apart=why) if isinstance(one, Contract) else one
                for kind, one in _KNOWN[model].items()
            }
            return True
    return False


def _state(model: SiameseGNN) -> tuple[Any, ...]:
    """State that a contract depends on, without running statistics and counters."""
    modules = [m for m in eager(model.encoder).modules() if eager(m) is m]
    return (
        tuple((id(m), getattr(m, "explain", None) is False) for m in modules),
        tuple((id(p), p._version) for p in model.encoder.parameters()),
        id(model.pool),
        id(model.similarity),
    )


def _kind(inputs: GraphInputs) -> tuple[Any, ...]:
    extras = tuple(
        (n, j.value.dtype, j.dim, *_widths(j.value, j.dim))
        for n, j in sorted(inputs.extras.items())
    )
    constants = repr(sorted(inputs.constants.items()))
    x = inputs.x
    return (
        x.dtype,
        *_widths(x),
        x.device,
        extras,
        constants,
        inputs.has_edges,
    )


def _widths(value: Tensor, rows: int = 0) -> tuple[int, ...]:
    """Sizes of a tensor besides its rows."""
    return tuple(size for dim, size in enumerate(value.shape) if dim != rows)
