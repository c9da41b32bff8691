"""The comparison with stock explainers: truth of the graphs, cells, tables."""

import multiprocessing
import os

import pandas as pd
import pytest
import torch
from graphs import random_graph
from peers import cells, worlds
from peers.cells import Cells
from peers.measure import COLUMNS, SETTING
from peers.memory import peak, reset_peak
from peers.report import report
from peers.worlds import World, motif_graphs
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN

UNIT = {
    "graphs": "molecules",
    "method": "Saliency",
    "pairs": [1, 4],
    "sample": 2,
    "judged": 4,
    "steps": 3,
    "points": 2,
    "samples": 2,
    "repeats": 2,
    "budget": 60.0,
    "pair_budget": 60.0,
    "device": "cpu",
    "threads": 1,
    "seed": 0,
}


@pytest.fixture
def world(monkeypatch):
    """An untrained model and eight pairs, of whose queries every third edge is true."""
    graphs = [random_graph(6, seed) for seed in range(9)]
    for graph in graphs:
        row, col = graph.edge_index
        graph.truth = (row + col) % 3 == 0
    model = SiameseGNN(GIN(5, 8, 2)).eval()
    index = torch.tensor([[k, k + 1] for k in range(8)])
    made = World(model, 0.75, graphs, graphs, index, False)
    monkeypatch.setattr(cells, "load", lambda *_: made)
    return made


def frame_of(unit, tmp_path):
    rows = pd.DataFrame(Cells(unit, tmp_path).rows(), columns=list(COLUMNS))
    return rows.assign(extrapolated=rows["extrapolated"].eq(True), note=rows["note"].fillna(""))


def cell(frame, measure, pairs):
    (row,) = frame[frame["measure"].eq(measure) & frame["pairs"].eq(pairs)].itertuples()
    return row


def test_motif_graphs_hold_sixty_motifs_and_repeat_by_seed():
    state = torch.random.get_rng_state()
    first, again = motif_graphs(3, count=4), motif_graphs(3, count=4)
    assert torch.equal(torch.random.get_rng_state(), state)
    for graph, other in zip(first, again, strict=True):
        assert torch.equal(graph.edge_index, other.edge_index)
        assert graph.num_nodes == 1000 and graph.is_undirected()
        assert int(graph.truth.sum()) == 2 * 60 * 6  # a house and a hexagon have six edges each
    assert [int(graph.y) for graph in first] == [0, 1, 0, 1]


def test_unknown_graphs_are_refused(tmp_path):
    with pytest.raises(ValueError, match="graphs must be"):
        worlds.load("proteins", 1, 0, tmp_path)


def test_alike_pairs_are_of_one_class_and_never_of_one_graph():
    graphs = motif_graphs(0, count=4)
    index = worlds._alike(graphs, 4, seed=0)
    assert sorted(map(tuple, index.tolist())) == [(0, 2), (1, 3), (2, 0), (3, 1)]


def test_a_stock_method_is_measured_on_a_sample_and_the_rest_is_linear(world, tmp_path):
    frame = frame_of(UNIT | {"method": "Captum Saliency"}, tmp_path)
    single = frame[frame["measure"] == "seconds of one pair"]["value"]
    assert len(single) == 2
    four = cell(frame, "seconds", 4)
    assert four.extrapolated and four.value == pytest.approx(4 * single.mean())
    assert cell(frame, "seconds", 1).value == single.iloc[0]
    assert not cell(frame, "seconds", 1).extrapolated
    assert frame["measure"].eq("AUROC").sum() == 2  # judged on the pairs that were explained


def test_a_batched_method_is_measured_at_every_number_of_pairs(world, tmp_path):
    frame = frame_of(UNIT, tmp_path)
    assert not frame["extrapolated"].any()
    assert {int(p) for p in frame.loc[frame["measure"] == "seconds", "pairs"]} == {1, 4}
    assert frame["measure"].eq("AUROC").sum() == 4
    assert frame.loc[frame["measure"] == "model AUC", "value"].tolist() == [0.75]


def test_stock_and_batched_integrated_gradients_agree_on_the_truth(world, tmp_path):
    unit = UNIT | {"sample": 4}
    ours, stock = (
        frame_of(unit | {"method": name}, tmp_path)
        for name in ("IntegratedGradients", "Captum IntegratedGradients")
    )
    for measure in ("AUROC", "AUROC, random", "AUROC, oracle"):
        values = [f.loc[f["measure"] == measure, "value"].tolist() for f in (ours, stock)]
        assert values[0] == pytest.approx(values[1], abs=1e-6)


def test_what_exceeds_the_budget_is_left_out_or_linear_and_says_so(world, tmp_path):
    frame = frame_of(UNIT | {"pair_budget": 0.0}, tmp_path)
    left = frame[frame["measure"] == "seconds"]
    assert left["value"].isna().all() and left["note"].str.contains("would take").all()
    frame = frame_of(UNIT | {"budget": 0.0}, tmp_path)
    one, four = cell(frame, "seconds", 1), cell(frame, "seconds", 4)
    assert not one.extrapolated and four.extrapolated
    assert four.value == pytest.approx(4 * one.value) and "linear" in four.note


def test_a_search_takes_the_best_setting_on_pairs_of_its_own(world, tmp_path, monkeypatch):
    frame = frame_of(UNIT | {"method": "GNNExplainer, searched"}, tmp_path)
    tried = frame[frame["measure"].str.startswith("search, ")]
    best = tried.loc[tried["value"].idxmax(), "measure"].removeprefix("search, ")
    assert len(tried) == 6 and frame.loc[frame["measure"] == "setup", "note"].tolist() == [best]


def _end(pipe, unit, folder):
    os._exit(3)


def test_a_process_that_dies_leaves_rows_that_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(cells, "_send", _end)
    context = multiprocessing.get_context("fork")  # the forked process knows what was patched
    monkeypatch.setattr(multiprocessing, "get_context", lambda _: context)
    monkeypatch.setattr(context, "set_forkserver_preload", lambda _: None, raising=False)
    rows = cells.measured_apart(UNIT, tmp_path)
    assert [row["pairs"] for row in rows] == UNIT["pairs"]
    assert all(row["note"] == "process ended with 3" for row in rows)


def test_the_peak_sees_memory_that_was_given_back():
    before = reset_peak(torch.device("cpu"))
    torch.ones(64 * 2**18)  # 64 MiB
    assert peak(torch.device("cpu")) - before > 60


def seconds_rows(method, values, extrapolated):
    counts = (1, 16)
    rows = [
        ("seconds", c, None, v, extrapolated and c > 1, "")
        for c, v in zip(counts, values, strict=True)
    ]
    rows += [("memory", c, None, 2.0, extrapolated and c > 1, "") for c in counts]
    rows += [("AUROC", None, k, 0.5 + k / 10, False, "") for k in range(3)]
    rows += [("edges", None, None, 30.0, False, ""), ("model AUC", None, None, 0.9, False, "")]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.assign(graphs="molecules", method=method, **{k: UNIT[k] for k in SETTING})


def test_the_page_marks_what_is_extrapolated_or_left_out(tmp_path):
    stock = seconds_rows("Captum Saliency", (0.5, 8.0), True)
    ours = seconds_rows("Saliency", (0.25, 0.5), False)
    left = seconds_rows("Occlusion", (None, None), False)
    report(pd.concat([stock, ours, left], ignore_index=True), tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| Captum Saliency | 0.500 | \u2248 8.00 | 2 (1) |" in page
    assert "| Saliency | 0.250 | 0.500 | 2 (16) |" in page
    assert "| Occlusion | \u2013 | \u2013 |" in page
    assert "| Saliency / Captum Saliency | molecules | 2.0 | 16.0 |" in page
    assert "| Saliency | 0.600 \u00b1 0.248 |" in page  # 4.303 * 0.1 / sqrt(3)
    assert (tmp_path / "time_pairs.svg").read_text().count("Captum Saliency") >= 1
