"""Measure the units of an experiment that are not measured yet."""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any, Literal

import torch
from filelock import Timeout

from runner.experiment import Experiment
from runner.needs import why_missing
from runner.provenance import provenance
from runner.store import Store
from runner.unit import Unit


@dataclass(frozen=True)
class Outcome:
    """What became of a unit.

    Attributes:
        state: ``kept`` was there already; ``busy`` is being measured by another process;
            ``skipped`` lacks data; ``failed`` raised.
        detail: Reason, or time.
    """

    unit: Unit
    state: Literal["measured", "kept", "busy", "skipped", "failed"]
    detail: str = ""


def run(experiment: Experiment, jobs: int = 1, say: Callable[[str], None] = print) -> bool:
    """Measure what is missing.

    Every unit runs on one thread, in this process or in one of several; numbers do not depend on
    how many. A unit that another runner holds is waited for at the end. A unit that raises leaves
    no file and does not stop the others. New units are folded into the table at the end.

    Args:
        experiment: The experiment.
        jobs: Units measured at the same time.
        say: Told of each unit.

    Returns:
        Whether every unit is measured or lacks its data.
    """
    units, made_with = experiment.configuration().units, provenance()
    store = Store(experiment.results)
    for name in store.altered():
        say(f"{name} does not fit its digest and counts as not measured")
    for name in store.strangers(units):
        say(f"{name} belongs to no unit of the configuration and is left alone")
    store.fold()  # what an interrupted run left
    busy, states, done = list(units), [], 0
    for wait in (False, True):
        outcomes = _outcomes(experiment, busy, made_with, wait, jobs)
        busy = []
        for outcome in outcomes:
            if outcome.state == "busy":
                busy.append(outcome.unit)
                continue
            done += 1
            states.append(outcome.state)
            detail = f" ({outcome.detail})" if outcome.detail else ""
            say(f"[{done}/{len(units)}] {outcome.unit.slug}: {outcome.state}{detail}")
    store.fold()
    return "failed" not in states


def _outcomes(
    experiment: Experiment, units: list[Unit], made_with: dict, wait: bool, jobs: int
) -> Iterator[Outcome]:
    store, remaining = Store(experiment.results), []
    for unit in units:  # processes are started only for what there is to measure
        outcome = _settled(store, unit)
        if outcome is None:
            remaining.append(unit)
        else:
            yield outcome
    if jobs == 1 or len(remaining) < 2:
        yield from (complete(experiment, unit, made_with, wait) for unit in remaining)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(remaining)), mp_context=context) as pool:
        waiting = [pool.submit(complete, experiment, u, made_with, wait) for u in remaining]
        yield from (future.result() for future in as_completed(waiting))


def _settled(store: Store, unit: Unit) -> Outcome | None:
    """What there is to say of a unit that need not or cannot be measured."""
    if store.has(unit):
        return Outcome(unit, "kept")
    if reason := why_missing(unit.needs):
        return Outcome(unit, "skipped", reason)
    return None


def complete(experiment: Experiment, unit: Unit, made_with: dict[str, Any], wait: bool) -> Outcome:
    """See to it that one unit is measured, on one thread."""
    store = Store(experiment.results)
    if outcome := _settled(store, unit):
        return outcome
    torch.set_num_threads(1)
    try:
        with store.lock(unit, wait):
            if store.has(unit):
                return Outcome(unit, "kept")
            start, processor = time.perf_counter(), time.process_time()
            rows = experiment.measure(dict(unit.values))
            seconds = time.perf_counter() - start
            times = {"seconds": seconds, "processor_seconds": time.process_time() - processor}
            store.write(unit, rows, made_with | {k: round(v, 2) for k, v in times.items()})
            return Outcome(unit, "measured", f"{seconds:.1f} s")
    except Timeout:
        return Outcome(unit, "busy")
    except (Exception, SystemExit):
        return Outcome(unit, "failed", traceback.format_exc())
