"""What the files of models say of them: keys and types, checked before any of it is used."""

from collections.abc import Mapping
from typing import Any

_NUMBER, _NAME, _FLAG = (int, float), str, bool


class _Maybe:
    """Values of a kind, or none."""

    def __init__(self, wanted: Any) -> None:
        self.wanted = wanted


class _Long:
    """A list of values of a kind, at least so many, or exactly."""

    def __init__(self, wanted: Any, least: int, exactly: bool = False) -> None:
        self.wanted, self.least, self.exactly = wanted, least, exactly

    def wrong(self, count: int) -> bool:
        """Whether a list of so many values is not meant."""
        return count < self.least or (self.exactly and count > self.least)


class _Only(dict[str, Any]):
    """Values by their names, and no others."""


class _ByName:
    """Values of a kind by any names."""

    def __init__(self, wanted: Any) -> None:
        self.wanted = wanted


_ATLAS = {
    "name": _NAME,
    "names": [_NAME],
    "coordinates": _Maybe([[_NUMBER]]),
    "networks": _Maybe([_NAME]),
    "numbers?": _Maybe([int]),
}
_CONFOUNDS = {
    "names": [_NAME],
    "mean": [_NUMBER],
    "regions": int,
    "slopes": [[_NUMBER]],
    "known": {},
}
_GRAPHS = {
    "threshold": _Maybe(_Long((str, int, float), 2, True)),
    "sign": _NAME,
    "asymmetric": _NAME,
    "atlas": _Maybe(_ATLAS),
    "columns?": _Maybe([_NAME]),
    "fill?": _FLAG,
    "connectivity?": _Maybe(_NAME),
    "mean?": _Maybe([[_NUMBER]]),
    "confounds?": _Maybe(_CONFOUNDS),
}
_SOURCE = _Only(
    {
        "path": _NAME,
        **dict.fromkeys(
            ("file_name?", "array?", "subject?", "connectivity?", "triangle?"), _Maybe(_NAME)
        ),
    }
)
_SETTINGS = {
    **dict.fromkeys(("encoder?", "pool?", "split?"), _Maybe(_NAME)),
    **dict.fromkeys(("similarity?", "biases?", "loss?"), _NAME),
    **dict.fromkeys(("layers?", "epochs?", "folds?"), _Maybe(int)),
    **{"hidden?": int, "seed?": int, "lr?": _Maybe(_NUMBER)},
}
_JUDGED = {
    "accuracy?": _Maybe([_NUMBER]),
    "pair_auc": [_NUMBER],
    "baselines?": _ByName(_ByName([_NUMBER])),
    "stability?": _Maybe(_NUMBER),
}
_BIN = dict.fromkeys(("low", "high", "pairs", "claimed", "found"), _NUMBER)
_RELIABILITY = {
    "bins": [_BIN],
    **dict.fromkeys(("brier?", "brier_of_share?", "error?"), _Maybe(_NUMBER)),
}
_COMMON: dict[str, Any] = {
    **dict.fromkeys(("kind?", "rule?", "alike_share?", "domain?"), _NAME),
    **dict.fromkeys(
        ("spread?", "training_pair_auc?", "test_pair_auc?", "permutation_p?", "max_difference?"),
        _Maybe(_NUMBER),
    ),
    **{"class_names?": _Maybe([_NAME]), "test_pair_auc_interval?": _Maybe(_Long(_NUMBER, 2, True))},
    **{"label_column?": _Maybe(_NAME), "label_kind?": _Maybe(_NAME)},
}
_DOMAINS: dict[str, dict[str, Any]] = {
    "features": {
        "baselines?": _ByName(_Long(_NUMBER, 1)),
    },
    "graphs": {
        "graphs": _GRAPHS,
        "source": _SOURCE,
        "subjects?": _Maybe([_NAME]),
        "digests?": [_NAME],
        "settings?": _SETTINGS,
        "cross_validation?": _Maybe(_JUDGED),
        "reliability?": _Maybe(_RELIABILITY),
    },
    "rows": {
        "rows": {
            "scaling": _Only({"columns": [_NAME], "mean": [_NUMBER], "scale": [_NUMBER]}),
            "name?": _Maybe(_NAME),
            "label?": _Maybe(_NAME),
        },
        "source?": _Maybe(_NAME),
    },
}
"""What is known of each domain, by the entry that tells it; a question mark may be missing."""


def check_metadata(metadata: Mapping[str, Any]) -> None:
    """Refuse metadata that lack an entry, or have one of another type.

    Entries that the library does not read may be anything.

    Args:
        metadata: What a model's file says of it.

    Raises:
        ValueError: Names the first entry that is wrong.

    Example:
        >>> check_metadata({"rule": "same class", "note": "of mine"})
    """
    wanted = dict(_COMMON)
    for key, more in _DOMAINS.items():
        wanted |= more if key in metadata else {}
    if wrong := _misfit(metadata, wanted, ""):
        raise ValueError(wrong)


def _misfit(value: Any, wanted: Any, where: str) -> str:
    """What is wrong with a value, in words; empty if nothing is."""
    if isinstance(wanted, _Maybe):
        return "" if value is None else _misfit(value, wanted.wanted, where)
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return _another(value, "list", where)
        return _first(_misfit(one, wanted[0], f"{where}[{k}]") for k, one in enumerate(value))
    if isinstance(wanted, _Long):
        if isinstance(value, list) and wanted.wrong(len(value)):
            return f"its metadata{where} have {len(value)} values"
        return _misfit(value, [wanted.wanted], where)
    if isinstance(wanted, dict | _ByName):
        if not isinstance(value, Mapping):
            return _another(value, "dict", where)
        return _misfit_of_names(value, wanted, where)
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
        return ""
    return _another(value, " or ".join(kind.__name__ for kind in kinds), where)


def _misfit_of_names(value: Mapping[str, Any], wanted: Any, where: str) -> str:
    if isinstance(wanted, _ByName):
        return _first(
            _misfit(one, wanted.wanted, f"{where}['{key[:40]}']") for key, one in value.items()
        )
    for name, kind in wanted.items():
        key = name.removesuffix("?")
        if key not in value:
            if key == name:
                return f"its metadata{where} lack '{key}'"
        elif wrong := _misfit(value[key], kind, f"{where}['{key}']"):
            return wrong
    if isinstance(wanted, _Only):
        unknown = sorted(value.keys() - {name.removesuffix("?") for name in wanted})
        return f"its metadata{where} have an unknown '{unknown[0][:40]}'" if unknown else ""
    return ""


def _first(found: Any) -> str:
    return next((wrong for wrong in found if wrong), "")


def _another(value: Any, wanted: str, where: str) -> str:
    return f"its metadata{where} hold a {type(value).__name__} in place of a {wanted}"
