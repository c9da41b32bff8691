"""What an experiment runs: a YAML file, read and checked."""

import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args

from pyg_siamex._once import check_once
from pyg_siamex._visible import in_one_line
from runner.plain_yaml import from_yaml
from runner.unit import Unit

RESERVED = ("name", "description", "needs", "units")
Keys = Mapping[str, type | UnionType]
"""Name and type of each key of a unit; ``str | None`` where it may be ``null``."""

MOST = 100_000
"""Most units of an experiment."""


@dataclass(frozen=True)
class Configuration:
    """An experiment's units.

    Attributes:
        name: As in the file; the folder's name.
        description: What it asks, one sentence.
        units: In the order of the file.
    """

    name: str
    description: str
    units: tuple[Unit, ...]


def read_configuration(
    folder: Path,
    keys: Keys,
    quick: bool = False,
    changes: Iterable[str] = (),
) -> Configuration:
    """Read ``config.yaml`` or ``quick.yaml`` of an experiment.

    ``units`` is a list of grids: a list in a grid expands, and a grid is the product of its lists.
    All other keys are the same for every unit and are passed on as they are.

    Args:
        folder: The experiment.
        keys: Name and type of each key of a unit (``KEYS`` of ``measure.py``); ``str | None`` where
            it may be ``null``.
        quick: Read ``quick.yaml``.
        changes: ``KEY=VALUE`` each, the value in YAML, in place of what the file says.

    Raises:
        ValueError: If a key is unknown, missing, there twice or of another type, if a list of a
            grid is empty, if there are more than :data:`MOST` units, if ``quick.yaml`` has other
            keys than ``config.yaml``, or if two units have one name.
        OSError: If the file does not exist or cannot be read.
    """
    path = folder / ("quick.yaml" if quick else "config.yaml")
    content = _content(path)
    if quick and (odd := _named(content) ^ _named(_content(folder / "config.yaml"))):
        raise ValueError(f"{path}: config.yaml and quick.yaml must have the same keys; not {odd}")
    changes = list(changes)
    check_once("--set", (change.partition("=")[0] for change in changes))
    for change in changes:
        _set(content, change, path)
    if content["name"] != folder.name:
        raise ValueError(f"{path}: name is '{content['name']}', the folder '{folder.name}'")
    _check_size(content["units"], path)
    units = tuple(_units(content, keys, path))
    slugs = Counter(unit.slug for unit in units)
    if twice := sorted(slug for slug, times in slugs.items() if times > 1):
        raise ValueError(
            f"{path}: several units are called {in_one_line(str(twice))}; let grids differ"
        )
    return Configuration(content["name"], content["description"], units)


def _content(path: Path) -> dict[str, Any]:
    content = from_yaml(path.read_bytes(), f"{path}:")
    if not isinstance(content, dict):
        raise ValueError(f"{path}: must be a mapping of keys")
    if missing := {"name", "description", "units"} - set(content):
        raise ValueError(f"{path}: needs the keys {sorted(missing)}")
    grids = content["units"]
    if not all(isinstance(content[key], str) for key in ("name", "description")):
        raise ValueError(f"{path}: name and description must be texts")
    if not isinstance(grids, list) or not grids or not all(isinstance(g, dict) for g in grids):
        raise ValueError(f"{path}: units must be a list of grids, each a mapping")
    for holder in (content, *grids):
        if not all(isinstance(key, str) for key in holder):
            raise ValueError(f"{path}: keys must be texts (got {in_one_line(str(list(holder)))})")
        needs = holder.get("needs", [])
        if not isinstance(needs, list) or not all(isinstance(name, str) for name in needs):
            raise ValueError(
                f"{path}: needs must be a list of names of files, [] for none "
                f"(got {in_one_line(repr(needs), 80)})"
            )
    return content


def _named(content: dict[str, Any]) -> set[str]:
    return set(content).union(*content["units"])


def _set(content: dict[str, Any], change: str, path: Path) -> None:
    key, equals, text = change.partition("=")
    holders = [h for h in (content, *content["units"]) if key in h]
    if not equals or not holders or key in RESERVED:
        known = sorted(_named(content) - set(RESERVED))
        raise ValueError(
            f"cannot set '{in_one_line(change, 80)}': {path} knows KEY=VALUE for the keys {known}"
        )
    value = from_yaml(text, f"cannot set '{in_one_line(change, 80)}': the value")
    for holder in holders:
        holder[key] = value


def _axes(grid: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {k: v if isinstance(v, list) else [v] for k, v in grid.items() if k != "needs"}


def _check_size(grids: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Refuse grids of no unit, or of more than anyone measures."""
    count = 0
    for grid in grids:
        lengths = {key: len(values) for key, values in _axes(grid).items()}
        if empty := [key for key, length in lengths.items() if not length]:
            raise ValueError(f"{path}: {empty[0]} is an empty list, which leaves no unit")
        count += math.prod(lengths.values())
    if count > MOST:
        raise ValueError(f"{path}: the grids have {count:,} units, and {MOST:,} are the most")


def _units(content: dict[str, Any], keys: Keys, path: Path) -> Iterable[Unit]:
    shared = {key: value for key, value in content.items() if key not in RESERVED}
    for grid in content["units"]:
        needs = [*content.get("needs", ()), *grid.get("needs", ())]
        axes = _axes(grid)
        if both := set(axes) & set(shared):
            raise ValueError(f"{path}: {sorted(both)} both in a grid and for all units")
        for chosen in itertools.product(*axes.values()):
            values = shared | dict(zip(axes, chosen, strict=True))
            yield Unit(_typed(values, keys, path), tuple(axes), tuple(needs))


def _typed(values: dict[str, Any], keys: Keys, path: Path) -> dict[str, Any]:
    """Values as their declared types; ``null`` where ``None`` is one of them."""
    if unknown := set(values) - set(keys):
        raise ValueError(f"{path}: unknown keys {sorted(unknown)}; known are {sorted(keys)}")
    if missing := set(keys) - set(values):
        raise ValueError(f"{path}: a unit lacks {sorted(missing)}")
    for key, value in values.items():
        kinds = get_args(keys[key]) or (keys[key],)
        if float in kinds and type(value) is int and int not in kinds:
            values[key] = float(value)
        elif type(value) not in kinds:
            names = " or ".join("null" if one is NoneType else one.__name__ for one in kinds)
            told = "null" if value is None else f"{type(value).__name__} {value!r}"
            hint = " (write 1.0e-3, not 1e-3)" if float in kinds and value is not None else ""
            raise ValueError(f"{path}: {key} must be {names}, got {in_one_line(told, 90)}{hint}")
        _check_plain(key, value, path)
    return values


def _check_plain(key: str, value: Any, path: Path) -> None:
    """Refuse dates, sets and lists that hold themselves, which have no hash and no column."""
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError) as error:
        words = in_one_line(str(error), 100)
        raise ValueError(f"{path}: {key} must hold numbers, texts and lists ({words})") from None
