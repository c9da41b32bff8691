"""The colour scales of the two sides of a pair: one for both, or one for each."""

from collections.abc import Sequence
from typing import Literal, get_args

from pyg_siamex.visualize.paper.colour import ColourScale

Scales = Literal["auto", "shared", "own"]
"""One scale for both sides, one for each, or whichever leaves no side colourless."""

_COLOURLESS = 0.15
"""Share of the other side's largest importance below which a side would hardly have colours."""


def side_scales(
    values: Sequence[Sequence[float]],
    *,
    signed: bool,
    limit: float | None = None,
    scales: Scales = "auto",
) -> list[ColourScale]:
    """Choose the colour scale of each side.

    Args:
        values: Importances of each side; a side may have none.
        signed: Whether importances have a direction.
        limit: Value of the strongest colour of all sides.
        scales: ``"shared"``, ``"own"``, or ``"auto"``: own scales if the largest importance of one
            side is below 15 % of the other's, unless there is a limit.

    Raises:
        ValueError: If ``scales`` is unknown, a value is not finite, or ``limit`` is not above 0.
    """
    if scales not in get_args(Scales):
        raise ValueError(f"scales must be one of {', '.join(get_args(Scales))} (got {scales!r})")
    shared = ColourScale.of([v for side in values for v in side], signed=signed, limit=limit)
    own = scales == "own" or (scales == "auto" and limit is None and _one_is_colourless(values))
    if not own:
        return [shared] * len(values)
    return [ColourScale.of(side, signed=shared.signed, limit=limit) for side in values]


def _one_is_colourless(values: Sequence[Sequence[float]]) -> bool:
    largest = [max(map(abs, side), default=0.0) for side in values]
    seen = [value for value in largest if value > 0]
    return len(seen) > 1 and min(seen) < _COLOURLESS * max(seen)
