"""Lightning inside a function: its Trainer's arguments, its messages, and Ctrl-C."""

import logging
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException

from pyg_siamex._numbers import shown
from pyg_siamex._versions import takes
from pyg_siamex._visible import in_one_line

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


def trainer_of(settings: Mapping[str, Any]) -> pl.Trainer:
    """A trainer, or an error that names what it refuses.

    Args:
        settings: Arguments of ``lightning.pytorch.Trainer``.

    Raises:
        ValueError: Names the argument, where it is known.
    """
    try:
        return pl.Trainer(**settings)
    except _REFUSALS as error:
        told = in_one_line(str(error), 300)
        name = _refused(settings)
        what = f"`{name}` cannot be {settings[name]!r:.60} here" if name else ""
        raise ValueError(f"{what or 'lightning.Trainer refuses an argument'}: {told}") from error


_REFUSALS = (
    *(TypeError, ValueError, RuntimeError, ArithmeticError, LookupError, ImportError),
    *(AssertionError, MisconfigurationException),
)


_SILENT = ("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary")


def _refused(settings: Mapping[str, Any]) -> str:
    """Which of both arguments that choose the hardware is refused alone, or an empty string."""
    alone: dict[str, Any] = {**dict.fromkeys(_SILENT, False), "devices": "auto"}
    for name in ("accelerator", "devices"):
        alone[name] = settings[name]
        try:
            pl.Trainer(**alone)
        except _REFUSALS:
            return name
    return ""


def check_scheduler(found: Any, optimizer: torch.optim.Optimizer) -> None:
    """Refuse what is no learning rate scheduler of an optimiser.

    Args:
        found: A scheduler, or Lightning's dict around one.
        optimizer: The optimiser that it must step.

    Raises:
        TypeError: If it is something else, or a dict without a scheduler.
        ValueError: If it steps another optimiser.
    """
    inner: Any = found.get("scheduler") if isinstance(found, Mapping) else found
    if not all(hasattr(inner, name) for name in ("optimizer", "step", "state_dict")):
        where = "a dict with " if isinstance(found, Mapping) else ""
        raise TypeError(
            f"`scheduler` must make a learning rate scheduler of the optimiser that it is given, "
            f"such as lambda optimizer: StepLR(optimizer, 10) (got {where}{shown(inner)})"
        )
    if inner.optimizer is not optimizer:
        raise ValueError("`scheduler` must step the optimiser that it is given, and steps another")


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
