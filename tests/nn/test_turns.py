"""Predictions and changes of a model take turns."""

import threading
import time

import pytest

from pyg_siamex.nn import turns
from pyg_siamex.nn.turns import alone, predicting


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not turns._Now.predicting and not turns._Now.waiting
    assert turns._Now.alone is None and turns._Now.token is None


def started(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def test_nobody_predicts_while_a_thread_is_alone():
    inside, seen, stop = [], [], time.monotonic() + 1

    def predict():
        while time.monotonic() < stop:
            with predicting():
                inside.append(1)
                seen.append(("predicts", bool(changing)))
                inside.pop()

    changing = []

    def change():
        while time.monotonic() < stop:
            with alone():
                changing.append(1)
                seen.append(("alone", bool(inside)))
                time.sleep(1e-4)
                changing.pop()

    threads = [started(predict), started(predict), started(change), started(change)]
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert {name for name, _ in seen} == {"predicts", "alone"}
    assert not any(wrong for _, wrong in seen)


def test_a_thread_may_be_both():
    with alone(), predicting(), alone(), predicting():
        pass
    with predicting(), predicting(), alone(), predicting():
        pass


def test_predictions_run_side_by_side():
    meet = threading.Barrier(2, timeout=10)

    def predict():
        with predicting():
            meet.wait()

    threads = [started(predict), started(predict)]
    for thread in threads:
        thread.join(20)
    assert not meet.broken


def test_a_prediction_within_a_prediction_does_not_wait_for_one_that_waits():
    waits, go = threading.Event(), []

    def change():
        waits.set()
        with alone():
            go.append(1)

    with predicting():
        other = started(change)
        assert waits.wait(10)
        time.sleep(0.05)
        with predicting():
            assert not go
    other.join(10)
    assert go


@pytest.mark.parametrize("block", [predicting, alone])
def test_errors_leave_nothing(block):
    with pytest.raises(RuntimeError), block():
        raise RuntimeError
