"""Places of a connectome's regions on a circle, by hemisphere and network."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

_GAP = 1.5
"""Room between two networks, in regions."""

_POLE = 0.09
"""Room at the top and at the bottom, between the hemispheres, in radians."""

_TOP = np.pi / 2


class _Arc(NamedTuple):
    """The stretch of the circle that the regions of one network take, in radians, and its name."""

    start: float
    end: float
    network: str


class CircleLayout(NamedTuple):
    """Angle of each region in radians, counter-clockwise from the right, and the arcs."""

    angles: np.ndarray
    arcs: list[_Arc]


def circle_layout(
    networks: Sequence[str], order: Sequence[str], coordinates: np.ndarray | None
) -> CircleLayout:
    """Place the regions of a network side by side, from the top down and from front to back.

    With coordinates the left hemisphere (x < 0) has the left half of the circle, the others the
    right half; without them networks follow each other around the circle.

    Args:
        networks: Network of each region, ``[n]``.
        order: The networks from the top down.
        coordinates: MNI coordinates, ``[n, 3]``, or ``None``.
    """
    angles = np.zeros(len(networks))
    if coordinates is None:
        groups = _groups(networks, order, range(len(networks)))
        return CircleLayout(angles, _fill(angles, groups, _TOP - _POLE, _TOP - 2 * np.pi + _POLE))
    backwards = np.lexsort((np.arange(len(networks)), -coordinates[:, 1])).tolist()
    left = [k for k in backwards if coordinates[k, 0] < 0]
    right = [k for k in backwards if coordinates[k, 0] >= 0]
    arcs = [
        *_fill(angles, _groups(networks, order, left), _TOP + _POLE, 3 * _TOP - _POLE),
        *_fill(angles, _groups(networks, order, right), _TOP - _POLE, -_TOP + _POLE),
    ]
    return CircleLayout(angles, arcs)


def moved_apart(angles: Sequence[float], apart: float) -> list[float]:
    """Move angles as little as needed to be ``apart`` from their neighbours.

    Neighbours that are too close are moved as one block around their common mean.
    """
    order = np.argsort(angles, kind="stable").tolist()
    blocks: list[list[int]] = []
    for k in order:
        blocks.append([k])
        while len(blocks) > 1 and _overlap(blocks[-2], blocks[-1], angles, apart):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = list(angles)
    for block in blocks:
        for k, angle in zip(block, _places(block, angles, apart), strict=True):
            moved[k] = angle
    return moved


def _places(block: list[int], angles: Sequence[float], apart: float) -> list[float]:
    middle = sum(angles[k] for k in block) / len(block)
    return [middle + (place - (len(block) - 1) / 2) * apart for place in range(len(block))]


def _overlap(one: list[int], other: list[int], angles: Sequence[float], apart: float) -> bool:
    return _places(other, angles, apart)[0] - _places(one, angles, apart)[-1] < apart - 1e-9


def _groups(
    networks: Sequence[str], order: Sequence[str], nodes: Sequence[int]
) -> list[tuple[str, list[int]]]:
    groups = [(name, [k for k in nodes if networks[k] == name]) for name in order]
    return [(name, members) for name, members in groups if members]


def _fill(
    angles: np.ndarray, groups: list[tuple[str, list[int]]], start: float, end: float
) -> list[_Arc]:
    """Give the regions of the groups their angles from ``start`` to ``end``."""
    size = sum(len(members) for _, members in groups) + _GAP * (len(groups) - 1)
    step = (end - start) / max(size, 1.0)
    arcs, place = [], 0.0
    for name, members in groups:
        angles[members] = start + (place + 0.5 + np.arange(len(members))) * step
        arcs.append(_Arc(start + place * step, start + (place + len(members)) * step, name))
        place += len(members) + _GAP
    return arcs
