"""Permutations of labels that a null hypothesis allows."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np


class Relabelling:
    """Draws permutations of labels over subjects (exchangeability blocks; Winkler et al., 2014).

    Labels move over whole persons if all scans of a person have one label, among persons with as
    many scans. Where labels differ within persons, they move within each person alone. Neither
    leaves its block, such as a site.

    Args:
        labels: Label of each scan, ``[n]``.
        together: A key per scan; scans of one person have equal keys. Default: each scan is a
            person.
        within: A key per scan; labels never move between different keys. Default: one block.

    Raises:
        ValueError: If lengths differ, a person is in two blocks, or no label can move.

    Example:
        >>> from pyg_siamex.metric.relabelling import Relabelling
        >>> draw = Relabelling([0, 0, 1, 1], together=["a", "a", "b", "b"])
        >>> sorted({tuple(draw(np.random.default_rng(k)).tolist()) for k in range(9)})
        [(0, 1, 2, 3), (2, 3, 0, 1)]
    """

    def __init__(
        self,
        labels: Sequence[Hashable],
        together: Sequence[Hashable] | None = None,
        within: Sequence[Hashable] | None = None,
    ) -> None:
        size = len(labels)
        people = list(range(size)) if together is None else list(together)
        blocks: list[Hashable] = [0] * size if within is None else list(within)
        if len(people) != size or len(blocks) != size:
            raise ValueError(f"{size} labels, {len(people)} persons and {len(blocks)} blocks")
        members: dict[Hashable, list[int]] = defaultdict(list)
        for place, key in enumerate(people):
            members[key].append(place)
        scans = list(members.values())
        for rows in scans:
            if len({blocks[k] for k in rows}) > 1:
                raise ValueError(f"the scans of '{people[rows[0]]}' are in different blocks")
        self.size = size
        self.whole: bool = all(len({labels[k] for k in rows}) == 1 for rows in scans)
        apart = [[[k] for k in rows] for rows in scans]
        self._sets = _exchangeable(scans, blocks) if self.whole else apart
        if all(len({labels[units[0]] for units in found}) < 2 for found in self._sets):
            raise ValueError(
                "no label can move: within each person and block all labels are the same, so that "
                "permutations say nothing"
            )

    def __call__(self, rng: np.random.Generator) -> np.ndarray:
        """Positions whose labels the scans get, ``[n]``: ``labels[draw(rng)]`` is permuted."""
        out = np.arange(self.size)
        for units in self._sets:
            for here, there in zip(units, rng.permutation(len(units)), strict=True):
                out[here] = units[there]
        return out


def _exchangeable(scans: list[list[int]], blocks: list[Hashable]) -> list[list[list[int]]]:
    """Persons of one block and one number of scans."""
    found: dict[Hashable, list[list[int]]] = defaultdict(list)
    for rows in scans:
        found[blocks[rows[0]], len(rows)].append(rows)
    return list(found.values())
