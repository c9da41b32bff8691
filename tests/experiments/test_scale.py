"""Growth is measured to its limit, and told by tables and figures."""

import pandas as pd
import pytest
from scale.measure import KEYS, PARTS, measure
from scale.methods import OURS, STOCK
from scale.report import report
from scale.subjects import lattice, molecules

SIZES = {"limit": 1.0, "edges": 1000, "pairs": 1, "molecules": 30, "classes": 10}
SUBJECTS = {
    "tables": "gradient",
    "edges": "saliency",
    "pairs": "GNNExplainer",
    "classes": "PairDataset",
}


def rows_of(part, subject):
    unit = SIZES | {"part": part, "subject": subject}
    assert set(unit) == set(KEYS)
    return measure(unit).assign(part=part, subject=subject)


@pytest.fixture(scope="module")
def rows():
    parts = [part for part in PARTS if part != "workers"]
    return pd.concat([rows_of(part, SUBJECTS.get(part, "BiLRP")) for part in parts])


@pytest.mark.parametrize("subject", [*OURS, *STOCK])
def test_every_method_explains_large_graphs(subject):
    found = rows_of("edges", subject)
    assert found["size"].tolist() == [1000] and (found["seconds"] > 0).all()


def test_the_report_has_tables_and_figures(rows, tmp_path):
    workers = [("one process", 2.0), ("two processes", 1.0), ("two threads", 1.6)]
    more = [
        {"part": "workers", "subject": "masks", "step": s, "size": 100, "seconds": t, "disk": 0.1}
        for s, t in workers
    ]
    report(pd.concat([rows, pd.DataFrame(more)]), tmp_path)
    page = (tmp_path / "results.md").read_text()
    assert (
        "| masks | 20.0 | 2.00 | 1.25 |" in page
        and "core hours of 10^8 pairs" in page
        and "nan" not in page
    )
    assert "| 30 molecules, 20 neighbours each | 435 | 600 |" in page
    for name in ("edges", "pairs"):
        assert f"({name}.svg)" in page and (tmp_path / f"{name}.svg").stat().st_size


def test_a_lattice_has_so_many_edges_and_molecules_are_different():
    assert lattice(1000).num_edges == 1000
    found = molecules(40)
    assert len({(g.num_nodes, g.num_edges, float(g.x.sum())) for g in found}) > 30
