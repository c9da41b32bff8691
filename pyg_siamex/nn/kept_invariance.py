"""The invariance that a model keeps in its file, as tensors and plain values."""

import json
from dataclasses import dataclass
from typing import Any

from torch import Tensor

_PREFIX = "invariance"


@dataclass(frozen=True)
class KeptInvariance:
    """Plain state of an invariance; :meth:`pyg_siamex.explain.Invariance.keep_with` sets it.

    Attributes:
        state: Tensors, plain values and dicts of them.
    """

    state: dict[str, Any]

    def parts(self) -> tuple[dict[str, Tensor], str]:
        """The tensors by name, and everything else as JSON, for a file."""
        tensors: dict[str, Tensor] = {}
        return tensors, json.dumps(_split(self.state, tensors))

    @classmethod
    def from_parts(cls, tensors: dict[str, Tensor], rest: str) -> "KeptInvariance":
        """Join what :meth:`parts` split, and take its tensors out of ``tensors``.

        Args:
            tensors: All tensors of the file.
            rest: The JSON.

        Raises:
            KeyError: If a tensor is missing.
            ValueError: If the JSON does not describe an object.
        """
        state = _joined(json.loads(rest), tensors)
        if not isinstance(state, dict):
            raise ValueError("the invariance is not an object")
        return cls(state)


def _split(value: Any, tensors: dict[str, Tensor]) -> Any:
    """``value`` with each tensor replaced by its name in ``tensors``."""
    if isinstance(value, Tensor):
        name = f"{_PREFIX}.{len(tensors)}"
        tensors[name] = value.detach().cpu().contiguous()
        return {"tensor": name}
    if isinstance(value, dict):
        return {"dict": {key: _split(one, tensors) for key, one in value.items()}}
    if isinstance(value, list | tuple):
        return {"list": [_split(one, tensors) for one in value]}
    return {"value": value}


def _joined(found: Any, tensors: dict[str, Tensor]) -> Any:
    if "tensor" in found:
        return tensors.pop(found["tensor"])
    if "dict" in found:
        return {key: _joined(one, tensors) for key, one in found["dict"].items()}
    if "list" in found:
        return [_joined(one, tensors) for one in found["list"]]
    return found["value"]
