"""How a path integral is computed."""

from dataclasses import dataclass

from pyg_siamex.explain.engine.quadrature import Quadrature, quadrature


@dataclass(frozen=True)
class Integration:
    """How a path integral is computed.

    Attributes:
        steps: Points on the path.
        kind: Quadrature rule.
        tolerance: Refine a graph, doubling its points, until the embedding's change along the path
            is accounted for to this relative error. ``None`` keeps the number of points.
        most: Largest number of points.

    Raises:
        ValueError: If the quadrature rule is unknown, ``steps`` is too small or ``tolerance`` is
            not above 0.
    """

    steps: int = 32
    kind: Quadrature = "gauss-legendre"
    tolerance: float | None = None
    most: int = 1024

    def __post_init__(self) -> None:
        quadrature(self.steps, self.kind)
        if self.tolerance is not None and not self.tolerance > 0:
            raise ValueError(f"tolerance must be above 0 (got {self.tolerance})")
