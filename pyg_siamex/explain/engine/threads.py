"""Hooks that run only in the explaining thread, while other threads keep predicting."""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any


def only_here(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Run the hook in the calling thread and skip it in other threads."""
    thread = threading.get_ident()

    @wraps(hook)
    def run(*args: Any, **kwargs: Any) -> Any:
        return hook(*args, **kwargs) if threading.get_ident() == thread else None

    return run
