"""Confounds that cannot be taken out are named by file, column and row."""

import numpy as np
import pandas as pd
import pytest

from pyg_siamex.datasets.connectome.confound_table import check_confounds

RIGHT = np.random.default_rng(0).normal(size=(12, 2))
WRONG = {
    "rows": (RIGHT[1:], "has 11 rows, and its image 12 time points"),
    "columns": (np.ones((12, 11)), "11 columns, which leave nothing of 12 time points"),
    "none": (np.ones((12, 0)), "has no column"),
    "nan": (np.where(RIGHT > 1, np.nan, RIGHT), "has nan in row .* choose columns of finite"),
    "large": (RIGHT * 1e100, "in row 1 of column '0': choose"),
}


@pytest.mark.parametrize("name", WRONG)
def test_arrays_that_do_not_fit_are_named(name):
    table, message = WRONG[name]
    for given in (table, pd.DataFrame(table)):
        with pytest.raises(ValueError, match=rf"`confounds\[3\]` .*{message}"):
            check_confounds(given, "confounds[3]", 12)
    check_confounds(RIGHT, "confounds[3]", 12)
    check_confounds(RIGHT, "confounds[3]", 0)


@pytest.mark.parametrize("cell", ["n/a", "text", "inf", ""])
def test_cells_of_files_are_finite_numbers(cell, tmp_path):
    path = tmp_path / "a.tsv"
    frame = pd.DataFrame(RIGHT, columns=["trans_x", "fd"]).astype(object)
    frame.to_csv(path, sep="\t", index=False)
    check_confounds(path, "confounds[0]", 12)
    frame.iloc[4, 1] = cell
    frame.to_csv(path, sep="\t", index=False)
    with pytest.raises(ValueError, match=r"a\.tsv, has .* in row 5 of column 'fd'"):
        check_confounds(path, "confounds[0]", 12)


@pytest.mark.parametrize("content", ["", "\n", "a\n"])
def test_files_without_rows_are_refused(content, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"a\.csv, (is no table|has)"):
        check_confounds(path, "confounds[0]", 12)
