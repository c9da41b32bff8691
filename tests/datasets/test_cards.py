"""The examples of the data set cards run, and the overview names every card."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pyg_siamex.datasets.connectome import dosenbach_160

CARDS = Path(__file__).parents[2] / "datasets"


def run(card):
    code = "".join(re.findall(r"```python\n(.*?)```", (CARDS / card).read_text(), re.DOTALL))
    assert code
    names = {}
    exec(code.replace("epochs=20", "epochs=10, progress=False"), names)
    return names


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Matrices, time series and labels of four subjects."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "matrices").mkdir()
    (tmp_path / "series").mkdir()
    rng = np.random.default_rng(0)
    for name in "abcd":
        series = rng.standard_normal((60, 160))
        np.savetxt(tmp_path / "series" / f"sub-{name}_bold.txt", series)
        np.save(tmp_path / "matrices" / f"{name}.npy", np.corrcoef(series.T))
    table = pd.DataFrame({"subject": list("abcd"), "group": ["x", "y"] * 2})
    table.to_csv(tmp_path / "labels.csv", index=False)


def test_planted_connectomes():
    names = run("planted_connectomes.md")
    first, second = names["shared_with_first"], names["shared_with_second"]
    assert first.any() and second.any() and not (first & second).any()


def test_connectome_matrices(folder):
    names = run("connectome_matrices.md")
    assert [graph.num_edges for graph in names["graphs"]] == [2 * 1908] * 4
    assert names["tangent"][3].roi_names == dosenbach_160().names


def test_table_rows():
    """The breast cancer data: a model is trained, judged and explained by column."""
    names = run("table_rows.md")
    assert names["pair_auc"](names["model"], names["PairDataset"](names["test"])) > 0.95
    columns = dict(names["columns"])
    assert len(columns) == 30 and "mean radius" in columns
    assert any(float(value) for value in columns.values())


def test_the_overview_names_every_card():
    overview = (CARDS / "README.md").read_text()
    named = set(re.findall(r"\]\((\w+\.md)\)", overview))
    assert named == {path.name for path in CARDS.glob("*.md")} - {"README.md"}
