"""Numbers of features that graphs do not hold, and codes among them."""

import numpy as np
import pandas as pd
import pytest

from pyg_siamex.datasets import TableRows
from pyg_siamex.datasets.feature_values import not_finite, not_held


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ([1.0, 2.0, 1e39], "row 'c' has 1e+39 in column 'a', beyond 3.4e+38"),
        ([1e-40, 2e-40, 0.0], "which single precision holds as 0"),
        ([1e9, 1e9 + 1, 1e9 + 2], "3 different numbers near 1000000000"),
        ([1e9, 1e9 + 1, 1e9 + 900], ""),
        ([5.0, 5.0, 5.0], ""),
        ([5.0, np.nan, 5.0], ""),
    ],
)
def test_what_single_precision_loses_is_told(numbers, told):
    frame = pd.DataFrame({"a": numbers})
    found = not_held(frame, frame.to_numpy(), list("abc"), scaled=False)
    assert told in found and bool(told) == bool(found)


def test_what_is_not_finite_is_told():
    values = np.array([[1.0, np.nan], [np.inf, np.nan]])
    assert "column 'b' has no finite value in any row" in not_finite(values, ["x", "y"], ["a", "b"])
    assert "row 'y' has no finite value" in not_finite(values[:, :1], ["x", "y"], ["a"])


def test_codes_of_missing_values_among_features_are_told(caplog):
    frame = pd.DataFrame({"a": [0.1, 0.4, -9999.0, 0.2], "b": [-99.0, -120.0, -80.0, -60.0]})
    TableRows(frame)
    (record,) = caplog.records
    assert "column 'a' has -9999, far from its other numbers" in record.getMessage()
