"""Checkpoints to resume from: sealed when they are written, checked before training begins."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
from torch import Tensor, nn

from pyg_siamex.data.content import content_digest
from pyg_siamex.data.plain_tree import split_tree
from pyg_siamex.data.torch_file import read_torch
from pyg_siamex.nn.weights_misfit import shapes_of, weights_misfit

AGAIN = "train from the start"
"""What to do without a checkpoint."""

_DIGEST = "pyg_siamex_digest"


def seal(checkpoint: dict[str, Any]) -> None:
    """Add a digest of all that a checkpoint holds.

    Args:
        checkpoint: Lightning's; left as it is if a callback put more than plain values into it.
    """
    found = _digest_of(checkpoint)
    if found is not None:
        checkpoint[_DIGEST] = found


def check_checkpoint(path: str | Path, training: nn.Module) -> None:
    """Refuse a file to resume from that is not a whole checkpoint of this training.

    No code in it is run. Checkpoints of older versions have no digest.

    Args:
        path: The file.
        training: What would be trained on.

    Raises:
        FileNotFoundError: If it does not exist.
        ValueError: If it is another file, has changed since it was written, or is of another model.
    """
    found = read_torch(path, "checkpoint to resume from", AGAIN)
    weights = found.get("state_dict") if isinstance(found, dict) else None
    if not isinstance(weights, dict) or not all(isinstance(w, Tensor) for w in weights.values()):
        raise ValueError(f"{path} is no checkpoint of fit: {AGAIN}")
    sealed = found.get(_DIGEST)
    if sealed is not None and sealed != _digest_of(found):
        raise ValueError(f"{path} is damaged: it has changed since it was written. {AGAIN}")
    wrong = _misfit(found) or weights_misfit(training.state_dict(), shapes_of(weights), "the model")
    if wrong:
        raise ValueError(f"{path} cannot be resumed from: {wrong}. {AGAIN.capitalize()}")


class Restoring(pl.Callback):
    """Tells whether a checkpoint is being loaded."""

    active = False

    def on_load_checkpoint(self, *_: Any) -> None:
        """Lightning has begun."""
        self.active = True

    def on_train_start(self, *_: Any) -> None:
        """Everything is loaded."""
        self.active = False

    @contextmanager
    def naming(self, path: str | Path | None) -> Iterator[None]:
        """Turn errors while a checkpoint is loaded into one line about it.

        Args:
            path: The checkpoint.

        Raises:
            ValueError: Names the file.
        """
        try:
            yield
        except Exception as error:
            if not self.active:
                raise
            words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
            raise ValueError(f"{path} cannot be resumed from ({words}): {AGAIN}") from error


_KINDS: dict[str, type] = {
    **{"epoch": int, "global_step": int, "pytorch-lightning_version": str, "loops": dict},
    **{"callbacks": dict, "optimizer_states": list, "lr_schedulers": list},
}
"""What Lightning needs to go on."""

_VERSION = re.compile(r"\d+(\.\d+)+((a|b|rc|\.dev|\.post)\d+)*(\+[a-z0-9.]+)?")


def _misfit(found: Mapping[str, Any]) -> str:
    for name, kind in _KINDS.items():
        if name not in found:
            return f"it lacks '{name}'"
        if not isinstance(found[name], kind) or isinstance(found[name], bool):
            return f"'{name}' is a {type(found[name]).__name__}, not a {kind.__name__}"
    history = found.get("history", [])
    if not isinstance(history, list) or not all(isinstance(record, dict) for record in history):
        return "its history is not a list of records"
    if min(found["epoch"], found["global_step"]) < 0:
        return "it has a negative number of epochs or steps"
    if not _VERSION.fullmatch(found["pytorch-lightning_version"]):
        return "it does not say which version of Lightning wrote it"
    weights: Mapping[str, Tensor] = found["state_dict"]
    for name, one in weights.items():
        if one.is_floating_point() and not bool(one.isfinite().all()):
            return f"weights '{name[:80]}' are not finite"
    return ""


def _digest_of(checkpoint: Mapping[str, Any]) -> str | None:
    """A digest of everything else; ``None`` if a part is more than plain values and tensors."""
    content = {name: value for name, value in checkpoint.items() if name != _DIGEST}
    try:
        tensors, rest = split_tree(content, "checkpoint")
    except (TypeError, ValueError):
        return None
    return content_digest(tensors, {"rest": rest})
