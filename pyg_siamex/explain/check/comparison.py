"""Compare two explanations exactly or up to rounding."""

from collections.abc import Mapping

import torch
from torch import Tensor

from pyg_siamex.explain.check.outcome import CheckError
from pyg_siamex.explain.explanation import PairExplanation

_TOLERANCE = {torch.float64: 1e-8, torch.float32: 1e-4}
"""Largest difference from rounding, relative to the largest mask value."""

_ROUNDING_STEPS = 100
"""Masks below this many rounding steps of the similarity count as 0."""

_AMPLIFIED = 10
"""Factor by which a solver may amplify rounding that a model has already amplified."""

TERMS = "terms "
"""Prefix of the names of terms."""

Values = Mapping[str, Tensor]


def values_of(explanation: PairExplanation) -> dict[str, Tensor]:
    """Masks, relevance and terms of an explanation by name."""
    found = {}
    for side in ("query", "reference"):
        graph = getattr(explanation, side)
        for mask in ("node_mask", "edge_mask"):
            if graph.get(mask) is not None:
                found[f"{side}.{mask}"] = graph[mask]
    if explanation.relevance is not None:
        found["relevance"] = explanation.relevance
    if explanation.terms:
        names = sorted(explanation.terms)
        values = [float(explanation.terms[name]) for name in names]
        found[TERMS + ", ".join(names)] = torch.tensor(values, dtype=torch.float64)
    return found


def swapped(values: Values) -> dict[str, Tensor]:
    """Masks and relevance of the swapped pair, without terms, which name sides."""
    other = {"query": "reference", "reference": "query"}
    found = {}
    for name, value in values.items():
        side, _, rest = name.partition(".")
        if side in other:
            found[f"{other[side]}.{rest}"] = value
        elif name == "relevance":
            found[name] = value.T
    return found


def assert_same(expected: Values, found: Values, where: str) -> None:
    """Raise unless both are equal bit for bit.

    Raises:
        CheckError: If a value differs; the message names the first one.
    """
    _assert_alike(expected, found, where)
    for name, value in expected.items():
        if not torch.equal(value, found[name]):
            largest = float((value - found[name]).abs().max())
            raise CheckError(f"{name} of {where} differs by {largest:.1e}, and must be the same")


def assert_close(
    expected: Values,
    found: Values,
    where: str,
    dtype: torch.dtype,
    similarity: float = 1.0,
    noise: float = 0.0,
) -> None:
    """Raise unless both are equal up to rounding.

    Args:
        expected: Values by name.
        found: Values by name.
        where: Where the values come from, for the message.
        dtype: Floating type of the model.
        similarity: Similarity of the pair; differences within its rounding are allowed.
        noise: Known rounding of the similarity, if it is more than a single step.

    Raises:
        CheckError: If a value differs; the message names the first one.
    """
    _assert_alike(expected, found, where)
    step = max(torch.finfo(dtype).eps, _AMPLIFIED * noise)
    for name, value in expected.items():
        if not value.numel():
            continue
        largest = _largest(expected, name)
        allowed = tolerance(dtype) * largest + _ROUNDING_STEPS * step * max(1.0, abs(similarity))
        difference = float((value.double() - found[name].double()).abs().max())
        if not difference <= allowed:  # false for NaN
            raise CheckError(
                f"{name} of {where} differs by {difference:.1e} (largest value {largest:.1e}), "
                f"and may differ by {allowed:.1e}"
            )


def tolerance(dtype: torch.dtype) -> float:
    """Largest relative difference from rounding."""
    return _TOLERANCE.get(dtype, 1e-2)


def _largest(values: Values, name: str) -> float:
    """Largest value of the same mask on either side."""
    mask = name.rpartition(".")[2]
    same = [v for key, v in values.items() if key.rpartition(".")[2] == mask and v.numel()]
    return max(float(value.abs().max()) for value in same)


def _assert_alike(expected: Values, found: Values, where: str) -> None:
    """Raise unless names and shapes are equal."""
    shapes = [{name: list(value.shape) for name, value in v.items()} for v in (expected, found)]
    if shapes[0] != shapes[1]:
        raise CheckError(f"{where} has {shapes[1]}, expected {shapes[0]}")
