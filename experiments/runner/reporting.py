"""Make an experiment's tables and figures from its result files."""

import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from pyg_siamex._visible import in_one_line
from runner.archive import INDEX
from runner.experiment import Experiment
from runner.store import Store


class NothingMeasuredError(FileNotFoundError):
    """No unit of an experiment has rows."""


def make_report(experiment: Experiment) -> list[Path]:
    """Write ``results.md`` and the figures of the units measured so far.

    ``results.md`` ends with how it was measured, from the units' records. Everything is written to
    a temporary folder first and moved when complete.

    Returns:
        The files.

    Raises:
        NothingMeasuredError: If no unit is measured.
        FileNotFoundError: If the report wrote no ``results.md``.
    """
    configuration, store = experiment.configuration(), Store(experiment.results)
    measured = [unit for unit in configuration.units if store.has(unit)]
    if not measured:
        name = configuration.name
        raise NothingMeasuredError(f"no unit of '{name}' is measured yet: run it first")
    rows = pd.concat([store.read(unit) for unit in measured], ignore_index=True)
    missing = [unit.slug for unit in configuration.units if unit not in measured]
    records = [store.record(unit) for unit in measured]
    with tempfile.TemporaryDirectory(dir=experiment.results, prefix=".report.") as staging:
        experiment.report(rows, Path(staging))
        page = Path(staging) / "results.md"
        with page.open("a", encoding="utf-8") as file:
            file.write("\n".join(["", *how_measured(records, missing), ""]))
        made = sorted(Path(staging).iterdir())
        for path in made:
            os.replace(path, experiment.reports / path.name)
    return [experiment.reports / path.name for path in made]


def check_unaltered(experiment: Experiment) -> None:
    """Refuse to report from files of which a part is damaged: the report would lack it.

    Raises:
        ValueError: If a unit of the experiment, or a line of the index that may be one, does not
            fit its digest.
    """
    store = Store(experiment.results)
    gone = {unit.slug for unit in experiment.configuration().units if not store.has(unit)}
    strange = [name for name in store.altered() if name in gone or (gone and name.endswith(INDEX))]
    if strange:
        raise ValueError(
            f"{experiment.results}: {in_one_line(', '.join(strange), 200)} does not fit its "
            f"digest, and no report is written without it: put the file back as it was, or "
            f"measure again with run.py"
        )


def how_measured(records: list[dict[str, Any]], missing: list[str]) -> list[str]:
    """Lines of Markdown: units, time, versions, commits, machine; what is not known is left out."""
    facts = [f"{len(records)} units{_time(records)}"]
    for read in (_versions, _commit, _machine):
        facts += sorted({text for record in records if (text := read(record))})
    lines = ["## How it was measured", "", f"{'; '.join(facts)}."]
    if any(record.get("recorded") for record in records):
        lines += ["", "Measured before there was a runner; records were made from the history."]
    if missing:
        lines += ["", f"Not measured: {', '.join(missing)}."]
    return lines


def _time(records: list[dict[str, Any]]) -> str:
    """Time on the clock and of the processor, which others may have shared; where all know it.

    A unit that works in a process of its own (peers) has next to no processor time in its record.
    """
    parts = {"seconds": "{:.1f} minutes on one thread", "processor_seconds": "{:.1f} of processor"}
    found = [[record.get(key) for record in records] for key in parts]
    if None not in found[0] + found[1] and sum(found[1]) < 0.01 * sum(found[0]):
        found[1] = [None]
    return "".join(
        f", {text.format(sum(times) / 60)}"
        for text, times in zip(parts.values(), found, strict=True)
        if None not in times
    )


def _versions(record: dict[str, Any]) -> str:
    versions = _known(record, "versions")
    return ", ".join(f"{name} {found}" for name, found in versions.items() if found)


def _commit(record: dict[str, Any]) -> str:
    commit = record["commit"][:10] if record.get("commit") else "unknown"
    return f"commit {commit}{' with changes' if record.get('dirty') else ''}"


def _machine(record: dict[str, Any]) -> str:
    machine = _known(record, "machine")
    known = machine.get("processor") and machine.get("cores")
    return f"{machine['processor']}, {machine['cores']} cores" if known else ""


def _known(record: dict[str, Any], key: str) -> dict[str, Any]:
    found = record.get(key)
    return {} if found is None else found
