"""Threads take turns; an error at any line, in here too, leaves nothing taken."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """A lock that the thread that has it may take once more.

    Example:
        >>> turn = Turn()
        >>> with turn.taken(), turn.taken():
        ...     pass
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._thread: int | None = None
        self._tokens: set[object] = set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the other threads, and keep them waiting inside."""
        token = object()
        # Release twice: each undoes what an error in the other leaves.
        with self._released(token), self._released(token):
            with locked(self._changed):
                while self._tokens and self._thread != threading.get_ident():
                    self._changed.wait()
                self._thread = threading.get_ident()
                self._tokens.add(token)
            yield

    @contextmanager
    def _released(self, token: object) -> Iterator[None]:
        try:
            yield
        finally:
            with locked(self._changed):
                self._tokens.discard(token)
                self._changed.notify_all()


class Predictions:
    """Predictions of many threads, which wait while a thread is :meth:`alone`."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._predicting: dict[object, int] = {}
        self._waiting: dict[object, int] = {}
        self._alone: dict[object, int] = {}

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """A prediction."""
        token, own = object(), threading.get_ident()
        with self._released(token), self._released(token):
            with locked(self._changed):
                while not self._may_predict(own):
                    self._changed.wait()
                self._predicting[token] = own
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread predicts inside, and predictions that have begun are over.

        A thread that is alone may predict, and be alone once more.
        """
        token, own = object(), threading.get_ident()
        with self._released(token), self._released(token):
            with locked(self._changed):
                self._waiting[token] = own
                while _others(self._alone, own) or _others(self._predicting, own):
                    self._changed.wait()
                self._alone[token] = own
                del self._waiting[token]
            yield

    def _may_predict(self, own: int) -> bool:
        """Whether no thread is alone, or waits to be and would wait longer."""
        if _others(self._alone, own):
            return False
        inside = own in self._alone.values() or own in self._predicting.values()
        return inside or not _others(self._waiting, own)

    @contextmanager
    def _released(self, token: object) -> Iterator[None]:
        try:
            yield
        finally:
            with locked(self._changed):
                for tokens in (self._predicting, self._waiting, self._alone):
                    tokens.pop(token, None)
                self._changed.notify_all()


def _others(tokens: dict[object, int], own: int) -> bool:
    return any(thread != own for thread in tokens.values())


@contextmanager
def locked(lock: threading.Condition) -> Iterator[None]:
    """Hold a lock that is not held by this thread.

    Args:
        lock: Its lock is an ``RLock``, which knows its thread.
    """
    try:
        with lock:
            yield
    finally:
        # An error on leaving the block above comes before the lock is released.
        if lock._is_owned():  # type: ignore[attr-defined]
            lock.release()


PREDICTIONS = Predictions()
"""Predictions of all models: two models may share layers."""
