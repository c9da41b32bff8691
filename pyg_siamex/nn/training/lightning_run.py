"""Lightning inside a function: its Trainer's arguments, its messages, and Ctrl-C."""

import logging
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import lightning.pytorch as pl

from pyg_siamex._versions import takes

_INSTEAD = {
    "max_epochs": "epochs=",
    "enable_progress_bar": "progress=",
    "default_root_dir": "directory=",
    "enable_checkpointing": "directory=",
}
"""Arguments of a Trainer that a training sets itself, and how to give them."""


def check_trainer_arguments(arguments: Mapping[str, Any]) -> None:
    """Refuse names that a Trainer does not have, or that the training sets.

    Args:
        arguments: Further arguments for ``lightning.pytorch.Trainer``.

    Raises:
        TypeError: Names the argument.
        ValueError: If the model would be trained where the caller does not have it.
    """
    for name in arguments:
        if name in _INSTEAD:
            raise TypeError(f"fit() sets {name} of the Trainer itself: use {_INSTEAD[name]}")
        if not takes(pl.Trainer, name):
            raise TypeError(f"neither fit() nor lightning's Trainer has an argument '{name}'")
    strategy = arguments.get("strategy")
    if isinstance(strategy, str) and strategy.startswith(_SPAWNING):
        raise ValueError(
            f"fit() trains the model that it is given, and strategy='{strategy}' would train "
            f"copies of it: use strategy='ddp'"
        )


_SPAWNING = ("ddp_spawn", "ddp_fork", "ddp_notebook")
"""Strategies whose processes give their weights back, and nothing else."""


@contextmanager
def interrupts() -> Iterator[None]:
    """Let Ctrl-C be ``KeyboardInterrupt``, which Lightning turns into an exit of the process."""
    main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT) if main else None
    try:
        yield
    except SystemExit as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Lightning's advice on workers and hardware, and a progress bar's on widgets."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="lightning")
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message='install "ipywidgets".*')  # once per epoch
        logger.setLevel(logging.ERROR)
        try:
            yield
        finally:
            logger.setLevel(level)
