"""Explanations are drawn by what the package sets, and by nothing if it sets nothing."""

import pytest

from pyg_siamex import _notebook


@pytest.fixture(autouse=True)
def _as_before():
    before = list(_notebook._DRAWN_BY)
    yield
    _notebook._DRAWN_BY[:] = before


def test_the_last_function_that_was_set_draws():
    _notebook.drawn_by(str)
    _notebook.drawn_by(lambda explanation: f"<p>{explanation}</p>")
    assert _notebook.drawn(3) == "<p>3</p>"


def test_without_a_function_nothing_is_drawn():
    _notebook._DRAWN_BY.clear()
    assert _notebook.drawn(3) is None
