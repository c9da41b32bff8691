"""The comparison with fingerprints."""

import pandas as pd
from fingerprints.measure import KEYS, measure
from fingerprints.report import report


def rows(seed, own, other):
    return [
        ("esol", "random", seed, 50, "the model", own, own - 0.05, own + 0.05, 100),
        ("esol", "random", seed, 50, "Tanimoto of ECFP4", other, other - 0.05, other + 0.05, 100),
    ]


def test_the_table_counts_splits(tmp_path):
    columns = ["set", "split", "seed", "epochs", "method", "auc", "low", "high", "molecules"]
    frame = pd.DataFrame([*rows(0, 0.8, 0.5), *rows(1, 0.6, 0.55), *rows(2, 0.5, 0.7)])
    frame.columns = columns
    report(frame, tmp_path)
    [line] = [row for row in (tmp_path / "results.md").read_text().splitlines() if "ESOL" in row]
    assert "0.633 (0.500 to 0.800)" in line and "0.583 (0.500 to 0.700)" in line
    assert "| 2 of 3 | 1 of 3 |" in line


def test_a_series_of_chembl_is_measured():
    unit = {"set": "chembl_series", "split": "random", "seed": 0, "epochs": 1}
    assert set(unit) == set(KEYS)
    found = measure(unit)
    assert list(found["method"])[:2] == ["the model", "Tanimoto of ECFP4"]
    assert found["auc"].between(0, 1).all() and (found["low"] <= found["high"]).all()
    assert set(found["molecules"]) == {102}
