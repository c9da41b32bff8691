"""Predictions wait while something in a model is changed that they would see."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def predicting() -> Iterator[None]:
    """A prediction, which waits for another thread that is :func:`alone`."""
    token = object()
    # Release twice: each undoes what an error in the other leaves.
    with _released(token), _released(token):
        with _TURN:
            while _Now.alone not in (None, threading.get_ident()) or _waits_for_another():
                _TURN.wait()
            _Now.predicting[token] = threading.get_ident()
        yield


@contextmanager
def alone() -> Iterator[None]:
    """No other thread predicts inside, and predictions that have begun are over.

    A thread that is alone may predict, and be alone once more.
    """
    if _Now.alone == threading.get_ident():
        yield
        return
    token = object()
    with _released(token), _released(token):
        with _TURN:
            _Now.waiting[token] = threading.get_ident()
            while _Now.alone is not None or _others_predict():
                _TURN.wait()
            _Now.waiting.pop(token)
            _Now.token, _Now.alone = token, threading.get_ident()
        yield


class _Now:
    """Who predicts, who waits to be alone, and who is: threads by a token of each block."""

    predicting: dict[object, int] = {}  # noqa: RUF012
    waiting: dict[object, int] = {}  # noqa: RUF012
    alone: int | None = None
    token: object = None


_TURN = threading.Condition(threading.RLock())


def _others_predict() -> bool:
    own = threading.get_ident()
    return any(thread != own for thread in _Now.predicting.values())


def _waits_for_another() -> bool:
    """Whether a thread waits to be alone, so that a new prediction would make it wait longer."""
    own = threading.get_ident()
    return bool(_Now.waiting) and own != _Now.alone and own not in _Now.predicting.values()


@contextmanager
def _released(token: object) -> Iterator[None]:
    try:
        yield
    finally:
        with _TURN:
            _Now.predicting.pop(token, None)
            _Now.waiting.pop(token, None)
            if _Now.token is token:
                _Now.token, _Now.alone = None, None
            _TURN.notify_all()
