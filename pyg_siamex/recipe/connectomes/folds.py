"""Which subjects a model learns from, stops by and is judged by, fold by fold."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.data.split import split_graphs

_INNER = 5  # one in so many of the training subjects says when to stop


@dataclass(frozen=True)
class Fold:
    """Positions of the subjects of one fold.

    Attributes:
        learn: Those that the model learns from.
        validation: Those that say when to stop.
        test: Those that are held out.
    """

    learn: list[int]
    validation: list[int]
    test: list[int]

    @property
    def known(self) -> list[int]:
        """All that are not held out, in ascending order."""
        return sorted(self.learn + self.validation)


def folds_of(
    size: int,
    folds: int,
    seed: int,
    classes: Tensor | None = None,
    together: Sequence[str] | None = None,
    sites: Sequence[str] | None = None,
) -> list[Fold]:
    """Split subjects into folds; no subject, and no group, is in two parts of a fold.

    Args:
        size: Number of subjects.
        folds: How many folds, at least 2.
        seed: Seed of the splits.
        classes: Class of each, whose shares are kept, or ``None``.
        together: A key per subject; equal keys (scans of one person) stay together.
        sites: Where each was measured: each site is held out once (leave-site-out), whatever
            ``folds`` says.

    Raises:
        ValueError: If a part would be empty.

    Example:
        >>> [fold.test for fold in folds_of(4, 4, seed=0)]
        [[2], [0], [1], [3]]
    """
    if sites is None:
        parts = split_graphs(size, [1 / folds] * folds, seed, classes, together)
    else:
        parts = parts_by_site(sites, together)
    return [_fold(test.tolist(), size, seed, classes, together) for test in parts]


def _fold(
    test: list[int],
    size: int,
    seed: int,
    classes: Tensor | None,
    together: Sequence[str] | None,
) -> Fold:
    held_out = set(test)
    rest = [k for k in range(size) if k not in held_out]
    inner = split_graphs(
        len(rest),
        [1 - 1 / _INNER, 1 / _INNER],
        seed,
        None if classes is None else classes[rest],
        None if together is None else [together[k] for k in rest],
    )
    learn, validation = ([rest[k] for k in part.tolist()] for part in inner)
    return Fold(learn, validation, test)


def parts_by_site(sites: Sequence[str], together: Sequence[str] | None = None) -> list[Tensor]:
    """Positions of the subjects of each site.

    Args:
        sites: Where each subject was measured.
        together: A key per subject; equal keys stay together.

    Raises:
        ValueError: If there is one site, or equal keys are at two sites.

    Example:
        >>> [part.tolist() for part in parts_by_site(["Rome", "Oslo", "Rome"])]
        [[1], [0, 2]]
    """
    names = sorted(set(sites))
    if len(names) < 2:
        raise ValueError(f"all subjects are of site '{names[0]}', and leaving it out leaves none")
    site_of: dict[str, str] = {}
    for key, site in zip(together or [], sites, strict=bool(together)):
        if site_of.setdefault(key, site) != site:
            raise ValueError(
                f"'{key}' was measured at '{site_of[key]}' and at '{site}': a site cannot be left "
                f"out with half of a person or family"
            )
    return [torch.tensor([k for k, site in enumerate(sites) if site == name]) for name in names]
