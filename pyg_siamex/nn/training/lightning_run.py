"""Lightning inside a function: its Trainer's arguments, its messages, and Ctrl-C."""

import logging
import os
import signal
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from numbers import Integral, Real
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.accelerators import CPUAccelerator
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from torch.optim.lr_scheduler import ReduceLROnPlateau

from pyg_siamex._given import either
from pyg_siamex._kinds import kind_of
from pyg_siamex._numbers import FROM_ZERO, real, shown, whole
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
            It is also raised for a count of another kind.
        ValueError: If the model would be trained where the caller does not have it, or a number is
            out of range.
    """
    for name in arguments:
        if name in _INSTEAD:
            raise TypeError(f"fit() sets {name} of the Trainer itself: use {_INSTEAD[name]}")
        if not takes(pl.Trainer, name):
            raise TypeError(f"neither fit() nor lightning's Trainer has an argument '{name}'")
    for name, least in _COUNTS.items():
        if arguments.get(name) is not None:
            whole(f"`{name}`", arguments[name], least)
    for name, interval in _NUMBERS.items():
        if isinstance(arguments.get(name), Real):
            real(f"`{name}`", arguments[name], interval)
    strategy = arguments.get("strategy")
    if isinstance(strategy, str) and strategy.startswith(_SPAWNING):
        raise ValueError(
            f"fit() trains the model that it is given, and strategy='{strategy}' would train "
            f"copies of it: use strategy='ddp'"
        )


_COUNTS = {"accumulate_grad_batches": 1, "check_val_every_n_epoch": 1, "min_epochs": 0}
_NUMBERS = {"val_check_interval": "(0, inf)", "gradient_clip_val": FROM_ZERO}
"""Smallest counts and intervals of numbers that a Trainer takes and cannot run with otherwise."""


def check_monitors(callbacks: Iterable[pl.Callback], known: Sequence[str]) -> None:
    """Refuse early stopping, or checkpoints, by what no training logs.

    Args:
        callbacks: The caller's callbacks.
        known: What the training logs.

    Raises:
        ValueError: If one watches something else, and none of them may log it.
    """
    given = list(callbacks)
    if may_log(given):
        return
    for one in given:
        watched = isinstance(one, EarlyStopping | ModelCheckpoint) and one.monitor
        if not watched or watched in known or not getattr(one, "strict", True):
            continue
        if isinstance(one, ModelCheckpoint) and watched in ("epoch", "step"):
            continue
        name = type(one).__name__
        raise ValueError(
            f"`callbacks` has {name}(monitor='{watched:.40}'), which nothing logs: it can watch "
            f"{', '.join(known)}"
        )


def may_log(parts: Iterable[Any]) -> bool:
    """Whether one of some callbacks or modules is the caller's own, and may log anything.

    Args:
        parts: Callbacks and modules.
    """
    return any(not type(one).__module__.startswith(_LIBRARIES) for one in parts)


_LIBRARIES = ("lightning.", "pytorch_lightning.", "pyg_siamex.")


def trainer_of(settings: Mapping[str, Any]) -> pl.Trainer:
    """A trainer, or an error that names what it refuses.

    Args:
        settings: Arguments of ``lightning.pytorch.Trainer``.

    Raises:
        ValueError: Names the argument, unless only several together are refused; also for more
            processes on the CPU than it has cores.
    """
    devices = settings.get("devices")
    if isinstance(devices, Integral) and int(devices) > _MOST_DEVICES:
        whole("`devices`", devices, 1, _MOST_DEVICES)
    try:
        run = pl.Trainer(**settings)
    except Exception as error:  # some arguments fail where they are first used
        told = in_one_line(str(error), 300)
        name = _refused(settings)
        what = f"`{name}` cannot be {settings.get(name)!r:.60} here{_kind(settings, name)}"
        known = what if name else "lightning.Trainer refuses the arguments together"
        raise ValueError(f"{known}: {told}") from error
    _check_processes(run)
    return run


def _check_processes(run: pl.Trainer) -> None:
    """Refuse more processes on the CPU than it has cores: Lightning would start them all.

    Of other accelerators Lightning knows which there are.
    """
    cores = either(os.cpu_count(), 1)
    if isinstance(run.accelerator, CPUAccelerator) and run.num_devices > max(cores, _ALWAYS):
        raise ValueError(
            f"`devices` must be at most {max(cores, _ALWAYS)} (got {run.num_devices}): each is a "
            f"process on one of the {cores} cores of this machine; devices=1 is one process that "
            f"uses all of them"
        )


_ALWAYS = 4
"""Processes that may train on any CPU, to try how several work together."""

_MOST_DEVICES = 1024
"""Most devices of one machine."""

_SILENT = ("logger", "enable_progress_bar", "enable_model_summary")


def _refused(settings: Mapping[str, Any]) -> str:
    """The first argument with which a silent trainer fails, or an empty string.

    Those that choose the hardware are tried before the others.
    """
    some: dict[str, Any] = {**dict.fromkeys(_SILENT, False), "devices": "auto"}
    for name in sorted(settings, key=lambda name: name not in ("accelerator", "devices")):
        some[name] = settings[name]
        try:
            pl.Trainer(**some)
        except Exception:
            return name
    return ""


def _kind(settings: Mapping[str, Any], name: str) -> str:
    """What an argument of another kind must be, in words."""
    kind = kind_of(signature(pl.Trainer).parameters[name].annotation) if name else None
    if kind is None or kind.fits(settings[name]):
        return ""
    return f", it must be {kind.words}"


def check_scheduler(found: Any, optimizer: torch.optim.Optimizer) -> None:
    """Refuse what is no learning rate scheduler of an optimiser.

    Args:
        found: A scheduler, or Lightning's dict around one.
        optimizer: The optimiser that it must step.

    Raises:
        TypeError: If it is something else, a dict without a scheduler, or ``frequency`` is no whole
            number.
        ValueError: If it steps another optimiser, or the dict has another key, or a value out of
            range.
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
    if isinstance(found, Mapping):
        _check_steps(found)


def _check_steps(found: Mapping[str, Any]) -> None:
    """Refuse keys that Lightning leaves out, and steps that it cannot count."""
    for key in found:
        if key not in _KEYS:
            raise ValueError(
                f"`scheduler` makes a dict with {shown(key)}: its keys are {', '.join(_KEYS)}"
            )
    if found.get("interval", "epoch") not in _INTERVALS:
        raise ValueError(
            f"interval of `scheduler` must be one of {', '.join(_INTERVALS)} "
            f"(got {shown(found['interval'])})"
        )
    whole("frequency of `scheduler`", found.get("frequency", 1))


def with_monitor(found: Any, loss: str, quality: str, known: Sequence[str] = ()) -> Any:
    """A scheduler that waits for no progress with the name of what it watches.

    Args:
        found: What :func:`check_scheduler` has passed.
        loss: Name of what is logged and should fall.
        quality: Name of what is logged and should rise.
        known: All that is logged; empty if it is not known.

    Returns:
        Lightning's dict for :class:`ReduceLROnPlateau`, everything else as it is.

    Raises:
        ValueError: If it waits between steps, after which nothing is logged, or watches what is not
            logged.
    """
    parts = dict(found) if isinstance(found, Mapping) else {"scheduler": found}
    inner = parts["scheduler"]
    if not isinstance(inner, ReduceLROnPlateau) and not parts.get("reduce_on_plateau"):
        return found
    if parts.get("interval") == "step":
        raise ValueError(
            f"`scheduler` makes a {type(inner).__name__} with interval 'step', and what it watches "
            f"is known after an epoch: leave the interval out"
        )
    watched = parts.get("monitor", loss)
    if known and watched not in known and parts.get("strict", True):
        raise ValueError(
            f"monitor of `scheduler` must be one of {', '.join(known)} (got {shown(watched)})"
        )
    return {"monitor": quality if getattr(inner, "mode", "min") == "max" else loss, **parts}


_KEYS = ("scheduler", "interval", "frequency", "monitor", "strict", "name", "reduce_on_plateau")
_INTERVALS = ("epoch", "step")


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
