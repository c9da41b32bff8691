"""Time, memory and quality of one method on one world, measured in a process of its own."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from peers.memory import peak, reset_peak, synchronise
from peers.methods import OURS, PEERS, Amount, Explain, Ours, Peer, batched, prepared
from peers.worlds import load
from runner.quiet import quiet
from torch_geometric.explain import ExplainerAlgorithm

from pyg_siamex import PairExplanation
from pyg_siamex.metric import evaluate

Row = dict[str, Any]
LIBRARIES = [
    *("captum.attr", "pandas", "torch_geometric.explain", "pyg_siamex.datasets"),
    *("pyg_siamex.metric", "pyg_siamex.nn.training", "pyg_siamex.datasets.connectome"),
]
"""Imported before a process is forked, not while the clock runs."""

QUALITIES = ("AUROC", "average precision", "insertion - deletion")
SEARCH = 4
"""Pairs of the search for a peer's setting; they are none of those that are judged."""


def measured_apart(unit: dict[str, Any], folder: Path) -> list[Row]:
    """Rows of a unit, from a fresh process with all libraries loaded.

    A process that is killed (out of memory) leaves rows that say so.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LIBRARIES)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, unit, folder))
    process.start()
    there.close()
    try:
        rows = here.recv()
    except EOFError:
        process.join()
        note = f"process ended with {process.exitcode}"
        rows = [{"measure": "seconds", "pairs": n, "note": note} for n in unit["pairs"]]
    process.join()
    if isinstance(rows, Exception):
        raise rows
    return rows


def _send(pipe: Connection, unit: dict[str, Any], folder: Path) -> None:
    torch.manual_seed(unit["seed"])  # stock GNNExplainer starts from the global generator
    try:
        with quiet():
            pipe.send(Cells(unit, folder).rows())
    except Exception as error:
        pipe.send(error)


class Cells:
    """All cells of one method on one world.

    Args:
        unit: The unit's keys, see ``config.yaml``.
        folder: Where trained models are kept.
    """

    def __init__(self, unit: dict[str, Any], folder: Path) -> None:
        torch.set_num_threads(unit["threads"])
        self.unit, self.device = unit, torch.device(unit["device"])
        self.amount = Amount(unit["steps"], unit["points"], unit["samples"])
        most = max(*unit["pairs"], unit["judged"] + SEARCH)
        self.world = load(unit["graphs"], most, unit["seed"], folder)
        self.world.model.to(self.device)
        self.method: Peer | Ours = {**PEERS, **OURS}[unit["method"]]

    def rows(self) -> list[Row]:
        """Everything measured, tidy."""
        queries, _ = self.world.pairs(0, min(256, max(self.unit["pairs"])))
        edges = statistics.fmean(query.num_edges for query in queries)
        head = [
            {"measure": "model AUC", "value": self.world.auc},
            {"measure": "edges", "value": edges},
        ]
        need = self._needed(edges)
        if need > self.unit["pair_budget"]:
            note = f"one pair alone would take about {need:.0f} s"
            return [*head, *(self._left_out(count, note) for count in self.unit["pairs"])]
        explain, setup = self._prepared()
        self._timed(explain, 0, 1)
        if isinstance(self.method, Peer):
            cells, found = self._one_by_one(explain)
        else:
            cells, found = self._together(explain)
        return [*head, *setup, *cells, *self._quality(found)]

    def _needed(self, edges: float) -> float:
        """A guess of the seconds of one pair, from the number of encodings."""
        queries, _ = self.world.pairs(0, 1)
        batch = queries[0].to(self.device)
        with torch.no_grad():
            times = []
            for _ in range(4):
                start = time.perf_counter()
                self.world.model.embed(batch)
                synchronise(self.device)
                times.append(time.perf_counter() - start)
        return min(times) * self.method.passes(self.amount, round(edges))

    def _prepared(self) -> tuple[Explain, list[Row]]:
        """The method ready to explain; what making it ready took, and what a search chose."""
        start = time.perf_counter()
        if isinstance(self.method, Ours):
            explain = batched(self.world, self.method.make(self.world, self.amount))
            return explain, [{"measure": "setup", "value": time.perf_counter() - start}]
        settings = self.method.make(self.amount)
        found = [self._candidate(name, make) for name, make in settings.items()]
        best = max(found, key=lambda candidate: candidate[2])
        rows: list[Row] = [
            {"measure": "setup", "value": best[3], "note": best[0]},
            {"measure": "search", "value": time.perf_counter() - start},
        ]
        if len(found) > 1:
            tried = [(f"search, {name}", score) for name, _, score, _ in found]
            rows += [{"measure": name, "value": score} for name, score in tried]
        return best[1], rows

    def _candidate(
        self, name: str, make: Callable[[], ExplainerAlgorithm]
    ) -> tuple[str, Explain, float, float]:
        """One setting of a peer: what explains, its AUROC on other pairs, and seconds to train."""
        start = time.perf_counter()
        explain = prepared(self.method, self.world, make)
        seconds, first = time.perf_counter() - start, self.unit["judged"]
        if len(self.method.make(self.amount)) == 1:
            return name, explain, float("nan"), seconds
        found = explain(*self.world.pairs(first, first + SEARCH))
        frame = self._judged(found, first, ("ground_truth",))
        score = frame.loc[frame["measure"].eq("AUROC") & frame["method"].eq("method"), "value"]
        return name, explain, float(score.mean()), seconds

    def _together(self, explain: Explain) -> tuple[list[Row], list[PairExplanation]]:
        """Batched: every number of pairs is explained, until the next would take too long.

        The time of what would take too long is linear in the most pairs that were explained.

        Returns:
            The cells, and the explanations to judge.
        """
        rows: list[Row] = []
        explained: list[PairExplanation] = []
        seconds, before = 0.0, 1
        for count in self.unit["pairs"]:
            # A batch costs less than so many single pairs, by a factor of 4 at the very least.
            expected = seconds * count / (before if before > 1 else 4)
            if expected > self.unit["budget"]:
                note = f"from {before} pairs together, linear"
                rows.append(self._second(count, seconds * count / before, note, True))
                continue
            seconds, memory, found = self._timed(explain, 0, count)
            if len(explained) < self.unit["judged"]:
                explained = found[: self.unit["judged"]]
            del found
            times = [seconds]
            while len(times) < self.unit["repeats"] and sum(times) < self.unit["budget"] / 10:
                times.append(self._timed(explain, 0, count)[0])
            seconds, before = statistics.median(times), count
            rows += self._cell(count, seconds, memory, f"median of {len(times)}", False)
        return rows, explained

    def _one_by_one(self, explain: Explain) -> tuple[list[Row], list[PairExplanation]]:
        """Stock: a sample of pairs is explained; the time of more pairs is linear in it."""
        times: list[float] = []
        memories: list[float] = []
        explained: list[PairExplanation] = []
        for pair in range(min(self.unit["sample"], max(self.unit["pairs"]))):
            if times and sum(times) + times[-1] > self.unit["budget"]:
                break
            seconds, memory, found = self._timed(explain, pair, pair + 1)
            times.append(seconds)
            memories.append(memory)
            explained += found
        rows: list[Row] = [
            {"measure": "seconds of one pair", "value": t, "pair": k, "pairs": 1}
            for k, t in enumerate(times)
        ]
        for count in self.unit["pairs"]:
            known = count <= len(times)
            total = sum(times[:count]) if known else statistics.fmean(times) * count
            note = "" if known else f"from {len(times)} pairs, linear"
            rows += self._cell(count, total, max(memories[:count]), note, not known)
        return rows, explained

    def _cell(
        self, count: int, seconds: float, memory: float, note: str, extrapolated: bool
    ) -> list[Row]:
        second = self._second(count, seconds, note, extrapolated)
        return [second, second | {"measure": "memory", "value": memory}]

    def _second(self, count: int, seconds: float, note: str, extrapolated: bool) -> Row:
        common = {"pairs": count, "note": note, "extrapolated": extrapolated}
        return {"measure": "seconds", "value": seconds, **common}

    def _left_out(self, count: int, note: str) -> Row:
        return {"measure": "seconds", "value": float("nan"), "pairs": count, "note": note}

    def _timed(
        self, explain: Explain, first: int, last: int
    ) -> tuple[float, float, list[PairExplanation]]:
        """Seconds, MiB that the process grew by at its highest, and the explanations."""
        pairs = self.world.pairs(first, last)
        before = reset_peak(self.device)
        start = time.perf_counter()
        found = explain(*pairs)
        synchronise(self.device)
        return time.perf_counter() - start, peak(self.device) - before, found

    def _quality(self, found: list[PairExplanation]) -> list[Row]:
        """Truth and faithfulness on the same few pairs for all methods, with both controls."""
        frame = self._judged(found, 0, ("ground_truth", "insertion_deletion"))
        frame = frame[frame["measure"].isin(QUALITIES)]
        return [
            {"measure": m if name == "method" else f"{m}, {name}", "value": v, "pair": p}
            for p, name, m, v in frame[["pair", "method", "measure", "value"]].itertuples(False)
        ]

    def _judged(
        self, found: list[PairExplanation], first: int, measures: Sequence[str]
    ) -> pd.DataFrame:
        self.world.model.cpu()
        frame = evaluate(
            {"method": found},
            model=self.world.model,
            truth=self.world.truth(first, first + len(found)),
            measures=measures,
            steps=10,
            undirected=True,
        )
        self.world.model.to(self.device)
        return frame
