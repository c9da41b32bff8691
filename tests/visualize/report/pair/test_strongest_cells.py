"""Large matrices keep their strongest cells."""

import base64

import numpy as np
import pytest
import torch

from pyg_siamex.visualize.report.pair import strongest_cells
from pyg_siamex.visualize.report.pair.strongest_cells import cells_note, is_painted, matrix_data


def numbers(text, kind):
    return np.frombuffer(base64.b64decode(text), kind)


def test_a_small_matrix_is_whole():
    matrix = torch.randn(30, 40)
    data = matrix_data(matrix)
    assert set(data) == {"values"} and cells_note(matrix) is None and cells_note(None) is None
    assert np.array_equal(numbers(data["values"], "<f4"), matrix.flatten().numpy())
    assert is_painted(matrix) and not is_painted(None) and not is_painted(torch.zeros(1, 5001))


def test_a_large_one_keeps_its_strongest_cells(monkeypatch):
    monkeypatch.setattr(strongest_cells, "MOST_WHOLE", 100)
    monkeypatch.setattr(strongest_cells, "STRONGEST", 7)
    matrix = torch.randn(11, 10, dtype=torch.double)
    data = matrix_data(matrix)
    places, values = numbers(data["cells"], "<u4"), numbers(data["values"], "<f4")
    order = matrix.abs().flatten().argsort(descending=True)[:7]
    assert sorted(order.tolist()) == places.tolist()
    assert values == pytest.approx(matrix.flatten()[places.astype(int)].numpy(), rel=1e-6)
    share = matrix.abs().flatten()[order].sum() / matrix.abs().sum()
    assert f"Of 110 pairs of nodes the 7 strongest are in this page, {share:.0%}" in (
        cells_note(matrix)
    )
    assert "100% of the relevance" in cells_note(torch.zeros(11, 10))
