"""The solvers that are compared, by the name they have in the tables."""

from collections.abc import Iterator

from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent

RATIOS = (0.03, 0.3, 1.0, 3.0)
RHOS = (0.0, 0.1)
KINDS: dict[str, dict] = {
    "1 ascent": {"ascent_steps": 1},
    "10 ascents": {"ascent_steps": 10},
    "10 ascents, no momentum": {"ascent_steps": 10, "momentum": 0.0},
    "extragradient": {"ascent_steps": 1, "extragradient": True},
}


def setting(kind: str, ratio: float, rho: float) -> str:
    """Name of a descent-ascent."""
    return f"{kind}, ratio {ratio:g}" + (f", rho {rho:g}" if rho else "")


def descent_ascents(
    steps: int, tolerance: float, rhos: tuple[float, ...] = RHOS
) -> Iterator[tuple[str, DescentAscent]]:
    """Every descent-ascent with its name."""
    for kind, chosen in KINDS.items():
        for rho in rhos:
            for ratio in RATIOS:
                solver = DescentAscent(steps, ratio=ratio, rho=rho, tolerance=tolerance, **chosen)
                yield setting(kind, ratio, rho), solver


def kl_descents(steps: int) -> dict[str, KLDescent]:
    """Both optimisers of the regularised form."""
    return {
        "KL, Adam": KLDescent(steps=steps, optimiser="adam", tolerance=0),
        "KL, SGD": KLDescent(steps=steps, optimiser="sgd", tolerance=0),
    }
