"""One class against another, or against all others, in evidence and in raw connections."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from pyg_siamex.metric.relabelling import Relabelling

_Weigh = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Contrast:
    """Values of subjects, and weights of the subjects under relabellings.

    Attributes:
        values: ``[n, E]``.
        weights: ``[B + 1, n]``, the labels as they are first, for
            :func:`~pyg_siamex.metric.map_test.map_statistics`.
        member: Whether each subject is of the class, bool ``[n]``.
        blocks: Number of the block of each subject, ``[n]``.
    """

    values: np.ndarray
    weights: np.ndarray
    member: np.ndarray
    blocks: np.ndarray

    def in_units(self, values: np.ndarray) -> np.ndarray:
        """Values in standard deviations of each place over the subjects of a block.

        What a later block's models make of a place may depend on the labels of earlier blocks. In
        these units it changes no variance, so that sums over blocks keep to their relabellings.

        Args:
            values: ``[..., n, M]``.
        """
        out = np.zeros_like(values, dtype=float)
        for block in np.unique(self.blocks):
            rows = self.blocks == block
            some = values[..., rows, :]
            away = some - some.mean(-2, keepdims=True)
            sd = np.sqrt((away**2).mean(-2, keepdims=True))
            out[..., rows, :] = np.where(sd > 0, away / np.where(sd > 0, sd, 1.0), 0.0)
        return out


def contrast(
    values: np.ndarray,
    member: np.ndarray,
    together: Sequence[str],
    blocks: np.ndarray,
    sites: Sequence[str] | None,
    permutations: int,
    seed: int,
) -> Contrast:
    r"""Differences of means between a class and the others, block by block.

    .. math:: T = \sum_k \omega_k (\bar v_{k,1} - \bar v_{k,0}), \qquad
              \omega_k \propto \frac{n_{k1} n_{k0}}{n_{k1} + n_{k0}}

    Labels are permuted within blocks and sites, over whole persons.

    Args:
        values: ``[n, E]``.
        member: Whether each subject is of the class, bool ``[n]``.
        together: A key per subject; equal keys are one person.
        blocks: Number of the block of each subject, ``[n]``.
        sites: Site of each subject, or ``None``.
        permutations: Number B of relabellings.
        seed: Seed of the relabellings.

    Raises:
        ValueError: If no label can move.
    """
    within = [*zip(blocks.tolist(), [""] * len(member) if sites is None else sites, strict=True)]
    draw, rng = Relabelling(member.tolist(), together, within), np.random.default_rng(seed)
    weigh = _weighing(blocks)
    rows = [weigh(member), *(weigh(member[draw(rng)]) for _ in range(permutations))]
    return Contrast(values, np.stack(rows), member, blocks)


def _weighing(blocks: np.ndarray) -> _Weigh:
    places = [np.flatnonzero(blocks == block) for block in np.unique(blocks)]

    def weigh(member: np.ndarray) -> np.ndarray:
        out, total = np.zeros(len(member)), 0.0
        for rows in places:
            own = member[rows]
            inside, outside = int(own.sum()), int((~own).sum())
            if inside and outside:  # else the block compares nothing
                share = inside * outside / (inside + outside)
                out[rows] = np.where(own, share / inside, -share / outside)
                total += share
        return out / total

    return weigh
