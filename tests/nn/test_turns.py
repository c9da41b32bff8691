"""Predictions and changes of a model take turns."""

import sys
import threading
import time

import pytest

from pyg_siamex.nn import turns
from pyg_siamex.nn.turns import PREDICTIONS, Turn, locked

alone, predicting = PREDICTIONS.alone, PREDICTIONS.going_on


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    assert not PREDICTIONS._predicting and not PREDICTIONS._waiting and not PREDICTIONS._alone


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


def test_a_turn_is_of_one_thread_at_a_time():
    turn, inside, seen = Turn(), [], []

    def work():
        for _ in range(200):
            with turn.taken(), turn.taken():
                inside.append(1)
                seen.append(len(inside))
                inside.pop()

    threads = [started(work) for _ in range(4)]
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert seen == [1] * 800


class StruckError(Exception):
    pass


def struck(block, line):
    """Run a block with an error at one of the lines of this module; whether there was one."""
    left = [line]

    def trace(frame, event, _):
        if frame.f_code.co_filename != turns.__file__:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                raise StruckError
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with block():
            pass
    except StruckError:
        pass
    finally:
        sys.settrace(before)
    return left[0] <= 0


@pytest.mark.parametrize("kind", ["turn", "predicting", "alone", "locked"])
def test_an_error_at_any_line_leaves_nothing_taken(kind):
    turn, lock = Turn(), threading.Condition(threading.RLock())
    block = {
        "turn": turn.taken,
        "predicting": predicting,
        "alone": alone,
        "locked": lambda: locked(lock),
    }[kind]
    lines = 0
    while struck(block, lines + 1):
        lines += 1
        done = []
        other = started(lambda: [block().__enter__(), done.append(1)])  # noqa: B023
        other.join(10)
        assert done, f"taken after an error at line {lines}"
        for tokens in (PREDICTIONS._predicting, PREDICTIONS._alone, turn._tokens):
            tokens.clear()
        lock = threading.Condition(threading.RLock())
    assert lines > 3
