"""Results of any kind as plain values that can be compared."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor
from torch_geometric.data import Data

_DEEP = 6


def plain(value: Any, depth: int = 0) -> Any:
    """Numbers, texts, lists and dicts in place of anything; the class of what is unknown."""
    if depth > _DEEP:
        return "deep"
    if isinstance(value, Tensor):
        return plain(value.detach().cpu().resolve_neg().numpy()) if not value.is_meta else "meta"
    if isinstance(value, np.ndarray):
        return [list(value.shape), [plain(one, _DEEP) for one in value.flat]]
    if isinstance(value, np.generic):
        return plain(value.item(), depth)
    if isinstance(value, bool | int | float | str | None):
        return value
    if isinstance(value, pd.DataFrame):
        return [list(map(str, value.columns)), plain(value.to_numpy(dtype=object), depth)]
    if isinstance(value, Data):
        known = value.to_dict().items()
        kept = {name: one for name, one in known if name not in ("comment", "num_nodes", "nothing")}
        return plain(kept, depth)
    if isinstance(value, Mapping):
        return {str(key): plain(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, depth + 1) for one in value]
    if dataclasses.is_dataclass(value):
        names = [part.name for part in dataclasses.fields(value)]
        return {name: plain(getattr(value, name, None), depth + 1) for name in names}
    return type(value).__name__


def alike(one: Any, other: Any) -> bool:
    """Whether two plain values are equal, numbers up to rounding."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-3, abs_tol=1e-4) or (
            (one != one) == (other != other) and (one != one)
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    return bool(one == other)
