"""A small model of the breast cancer table."""

from dataclasses import replace

import pytest
from sklearn.datasets import load_breast_cancer

from pyg_siamex.recipe import ROW_SETTINGS, TrainedRows, train_rows

QUICK = replace(ROW_SETTINGS, epochs=3)


@pytest.fixture(scope="session")
def cells():
    """A hundred and twenty tumours with eight measures and their diagnosis."""
    frame = load_breast_cancer(as_frame=True).frame.iloc[:120]
    frame = frame[[*frame.columns[:8], "target"]].copy()
    frame.index = [f"tumour {k}" for k in range(len(frame))]
    return frame


@pytest.fixture(scope="session")
def trained(cells) -> TrainedRows:
    return train_rows(cells, "target", settings=QUICK)
