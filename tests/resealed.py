"""Sealed files with other content and the digest that it would have, as only a maker could write.

Nothing but the checks of what a file holds can notice these.
"""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from pyg_siamex.data.content import content_digest


def resealed(content: bytes, path: Path, seed: int) -> Iterator[tuple[str, bytes]]:
    """Other content of a sealed file with the digest that it would have, at random places."""
    draw = random.Random(seed)
    path.write_bytes(content)
    try:
        with safe_open(str(path), framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            header = {n: text for n, text in file.metadata().items() if n != "digest"}
    except SafetensorError:
        return

    def sealed(tensors: dict[str, Any], header: dict[str, str]) -> bytes:
        parts = {name: one.contiguous() for name, one in tensors.items()}
        return save(parts, {**header, "digest": content_digest(parts, header)})

    name = draw.choice(sorted(tensors))
    for words, one in _other_tensors(tensors[name]):
        try:
            changed = sealed({**tensors, name: one}, header)
        except KeyError:  # of a safetensors that writes no complex numbers
            continue
        yield f"{name} {words}", changed
    left = {other: one for other, one in tensors.items() if other != name}
    yield f"without {name}", sealed(left, header)
    yield f"{name} by another name", sealed({**left, "zz": tensors[name]}, header)
    yield "one more tensor", sealed({**tensors, "zz": torch.ones(2)}, header)
    for key in sorted(header):
        for words, text in _other_texts(header[key], draw):
            yield f"{key} {words}", sealed(tensors, {**header, key: text})
        yield f"without {key}", sealed(tensors, {n: t for n, t in header.items() if n != key})


def _other_tensors(value: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    flat = value.reshape(-1)
    yield "of other numbers", value.long() if value.is_floating_point() else value.double()
    yield "in a row", flat
    yield "halved", flat[: len(flat) // 2]
    yield "of none", flat[:0]
    yield "twice", torch.cat([value, value]) if value.dim() else value.repeat(2)
    yield "turned", value.T if value.dim() == 2 else value[None]
    yield "complex", value.float() + 0j
    if value.is_floating_point():
        for words, wrong in (("NaN", torch.nan), ("inf", torch.inf)):
            yield (
                f"with {words}",
                torch.where(torch.arange(len(flat)) < 1, wrong, flat).view_as(value),
            )
    elif len(flat):
        changed = flat.clone()
        changed[len(flat) // 2] = 7 if value.dtype == torch.uint8 else -1
        yield "with another number", changed.view_as(value)


ODD = (None, True, -1, 2**63, 1e308, float("nan"), "", "x", "\x1b[2J", [], {}, [[[]]], {"a": 1})


def _other_texts(text: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    yield from (("empty", ""), ("nested", "[" * 20_000), ("long", "9" * 20_000), ("x", "x"))
    try:
        tree = json.loads(text)
    except ValueError:
        return
    places = list(_places(tree))
    for place in draw.sample(places, min(4, len(places))):
        for words, changed in _changed(tree, place, draw):
            yield f"{list(place)} {words}", json.dumps(changed)


def _places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(tree, dict | list):
        keys = tree if isinstance(tree, dict) else range(len(tree))
        for key in keys:
            yield (*at, key)
            yield from _places(tree[key], (*at, key))


def _changed(tree: Any, place: tuple[Any, ...], draw: random.Random) -> Iterator[tuple[str, Any]]:
    for words in ("lost", "renamed", "odd", "odd too"):
        found = copy.deepcopy(tree)
        here = found
        for key in place[:-1]:
            here = here[key]
        value = here.pop(place[-1])
        if words == "renamed" and isinstance(here, dict):
            here[f"zz {place[-1]}"] = value
        elif words.startswith("odd"):
            value = draw.choice(ODD)
            words = f"is {value!r}"
            here.update({place[-1]: value}) if isinstance(here, dict) else here.insert(
                place[-1], value
            )
        yield words, found
