import pandas as pd
import pytest
import torch
from benchmarks.measure import BENCHMARKS, KEYS, measure
from benchmarks.relevance import alone, by_recipe
from benchmarks.report import report
from benchmarks.subjects import ENCODERS, siamese, subjects

from pyg_siamex import BiLRP, IntegratedJacobians
from pyg_siamex.explain.relevance import backward

SIZES = {"pairs": 8, "steps": 3, "stock": 2, "graphs": 4, "sample": 2, "many": 8, "points": 2}
CASES = {"masks": "edges and features", "links": "masks"}


@pytest.fixture(scope="module")
def rows():
    """Every benchmark, small."""
    parts = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.relevance.OUTPUTS", 8)
        for name, size in {"NODES": 60, "LINKS": 4, "FEW": 1, "STEPS": 2}.items():
            patch.setattr(f"benchmarks.links.{name}", size)
        for name, size in {"MOLECULES": 30, "FEW": 5, "ENTRIES": (60,), "QUERIES": 3}.items():
            patch.setattr(f"benchmarks.libraries.{name}", size)
        for name in BENCHMARKS:
            unit = SIZES | {"benchmark": name, "encoder": "GIN"}
            unit["case"] = CASES.get(name, "molecules")
            assert set(unit) == set(KEYS)
            of_unit = {key: unit[key] for key in ("benchmark", "encoder", "case")}
            parts.append(measure(unit).assign(**of_unit))
    return pd.concat(parts, ignore_index=True)


def test_every_benchmark_has_times_and_a_table(rows, tmp_path):
    times = rows[rows["measure"].str.startswith("seconds")]
    assert set(times["benchmark"]) == set(BENCHMARKS) and (times["value"] > 0).all()
    unit = SIZES | {"benchmark": "libraries", "encoder": "GIN", "case": "neighbours"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("benchmarks.libraries.ENTRIES", (60,))
        found = measure(unit).assign(benchmark="libraries", encoder="GIN", case="neighbours")
    value = found.set_index(["method", "measure"])["value"]
    assert value["HNSW", "recall of ten, 60 entries"] > 0.9
    report(pd.concat([rows, found]), tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| FAISS Flat | ms of a query, 60 entries |" in page
    assert page.count("\n## ") == len(BENCHMARKS) and "nan" not in page
    assert "| BiLRP | 28 |" in page  # pairs of eight molecules


def test_ratios_are_of_the_times_in_the_rows(rows, tmp_path):
    masks = rows[rows["benchmark"] == "masks"].copy()
    masks["value"] = [0.5, 0.01, 0.03, 0.025]
    report(masks, tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert "| GIN | edges and features | 500 | 10.00 | 50 | 1.20 |" in page


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize("method", [BiLRP(), IntegratedJacobians(2)], ids=["BiLRP", "IJ"])
def test_recipe_and_ours_find_the_same(encoder, method):
    graphs = [graph.clone() for graph in subjects("molecules", 2)]  # a data set keeps its graphs
    model, small = siamese(encoder, graphs).double(), backward.SMALL
    for graph in graphs:
        graph.x = graph.x.double()
    ours, recipe = alone(model, method, graphs), by_recipe(model, method, graphs)
    assert small == backward.SMALL
    torch.testing.assert_close(ours, recipe, rtol=1e-8, atol=1e-10)
