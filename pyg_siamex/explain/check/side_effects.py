"""Checks that the model, the process and the graphs are unchanged."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import torch
from torch import nn

from pyg_siamex.explain.check.outcome import CheckError
from pyg_siamex.explain.check.trial import CheckPair, Trial
from pyg_siamex.explain.check.untouched import GlobalState, GraphState, ModelState
from pyg_siamex.nn.copied import copied_model
from pyg_siamex.nn.siamese import SiameseGNN

_EARLY, PARTS = (1, 2, 3, 5, 8), 10


class StopHereError(RuntimeError):
    """The error that is raised inside the model."""


def model_untouched(trial: Trial) -> None:
    """The model is unchanged bit for bit."""
    model = _mixed(trial.model)
    state = ModelState(model)
    trial.explain(_two(trial), model=model)
    _raise(state.changes(), "")


def process_untouched(trial: Trial) -> None:
    """Random states, gradient mode and similar settings are the same as before the first call."""
    trial.explain(_two(trial))
    _raise(trial.process.changes(), "")


def graphs_untouched(trial: Trial) -> None:
    """The graphs are unchanged, also in a single pair, whose tensors are read in place."""
    graphs = {}
    for pair in _two(trial):
        for side in ("query", "reference"):
            graphs[f"the {side} of {pair.name}"] = getattr(pair, side).data.clone()
    state, given = GraphState(graphs), list(graphs.values())
    trial.explainer().explain(given[:1], given[1:2])
    trial.explainer().explain(given[::2], given[1::2])
    _raise(state.changes(), "")


def untouched_after_errors(trial: Trial) -> None:
    """Model and process are unchanged after an error inside the model.

    The error is raised at some calls of the model's modules from the first to the last, on a model
    that is explained for the first time and on a model that was explained before.
    """
    new, known = _mixed(trial.model), _mixed(trial.model)
    for model in (new, known):
        with stopping(known, stop=None) as calls:
            trial.explain(_two(trial)[:1], model=known)
        for stop in _stops(calls.count):
            _stop(trial, model, stop)


def _stops(count: int) -> list[int]:
    """Some of ``count`` calls: the first ones, then equal steps to the last."""
    steps = {count * part // PARTS for part in range(1, PARTS + 1)}
    return sorted({call for call in {*_EARLY, *steps} if 0 < call <= count})


def _stop(trial: Trial, model: SiameseGNN, stop: int) -> None:
    with stopping(model, stop):
        states = ModelState(model), GlobalState()
        with suppress(Exception):  # the algorithm may turn it into its own error
            trial.explain(_two(trial)[:1], model=model)
        changes = [change for state in states for change in state.changes()]
    _raise(changes, f" after an error at call {stop} of a module")


def _mixed(model: SiameseGNN) -> SiameseGNN:
    """A copy in training mode except for one module, with a frozen weight and a gradient."""
    model = copied_model(model).train()
    layers = [m for m in model.encoder.modules() if not isinstance(m, torch.jit.ScriptModule)]
    layers[-1].eval()
    parameters = [p for p in model.parameters() if p.is_floating_point()]
    if len(parameters) > 1:
        parameters[0].requires_grad_(False)
        parameters[1].grad = torch.ones_like(parameters[1])
    return model


@dataclass
class _Calls:
    """A counter.

    Attributes:
        count: Number of calls so far.
    """

    count: int = 0


@contextmanager
def stopping(model: nn.Module, stop: int | None) -> Iterator[_Calls]:
    """Count the calls of all modules of ``model``, and raise at the ``stop``-th."""
    calls = _Calls()

    def count(module: nn.Module, inputs: object) -> None:
        calls.count += 1
        if calls.count == stop:
            raise StopHereError(f"stopped at call {stop}")

    with ExitStack() as hooks:
        for module in model.modules():
            if not isinstance(module, torch.jit.ScriptModule):
                hooks.callback(module.register_forward_pre_hook(count).remove)
        yield calls


def _two(trial: Trial) -> list[CheckPair]:
    return [pair for pair, _ in trial.plain()]


def _raise(changes: list[str], when: str) -> None:
    if changes:
        more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
        raise CheckError(f"{', '.join(changes[:3])}{more}{when}")
