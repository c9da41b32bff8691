"""Columns are standardised as scikit-learn does it, from plain values."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from pyg_siamex.datasets import TableRows
from pyg_siamex.recipe.rows.scaling import Scaling

FRAME = pd.DataFrame(
    np.random.default_rng(0).uniform(0, 9, (12, 3)), columns=["a", "b", "c"]
).assign(c=2.0, kind=["x", "y"] * 6)


def test_values_are_those_of_the_fitted_scaler():
    rows = TableRows(FRAME, "kind", None, StandardScaler(), range(12))
    scaling = Scaling(**json.loads(json.dumps(Scaling.of(rows).to_dict())))
    expected = StandardScaler().fit_transform(FRAME[["a", "b", "c"]])
    shuffled = FRAME[["kind", "c", "a", "b"]].iloc[::-1]
    found = scaling.rows(shuffled, "kind")
    assert len(found) == 12 and found.feature_names == ["a", "b", "c"]
    for k in range(12):
        np.testing.assert_allclose(found[k].x[0], expected[11 - k], rtol=1e-5, atol=1e-6)


def test_other_tables_and_scalers_are_refused():
    with pytest.raises(TypeError, match="must be standardised"):
        Scaling.of(TableRows(FRAME, "kind", None, MinMaxScaler(), range(12)))
    scaling = Scaling(["a", "z"], [0.0, 0.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="the table has no column 'z'"):
        scaling.rows(FRAME)
