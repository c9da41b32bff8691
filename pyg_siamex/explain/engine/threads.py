"""Hooks that are meant for the thread that explains, while others go on predicting."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any


def only_here(hook: Callable[..., Any]) -> Callable[..., Any]:
    """The hook in the calling thread, and nothing in any other."""
    thread = threading.get_ident()

    @wraps(hook)
    def run(*args: Any, **kwargs: Any) -> Any:
        return hook(*args, **kwargs) if threading.get_ident() == thread else None

    return run
