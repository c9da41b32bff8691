"""Which entries of a matrix become edges."""

from dataclasses import dataclass

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import FROM_ZERO, real, whole
from pyg_siamex.recipe.choices import check_choice

SIGNS = ("weight", "positive")
ASYMMETRIC = ("raise", "mean", "upper", "lower")


@checked
@dataclass(frozen=True)
class Connections:
    """The connections that are kept; by default all that are not 0.

    Attributes:
        density: Keep this share of the connections, the strongest.
        at_least: Keep connections of this strength.
        neighbours: Keep each region's strongest connections, so many.
        sign: ``"weight"`` (the default) keeps negative connections, ``"positive"`` leaves them out.
        asymmetric: Of asymmetric matrices take the ``"mean"``, the ``"upper"`` or the ``"lower"``
            triangle, or ``"raise"`` (the default).

    Example:
        >>> Connections(density=0.15).kept_by
        ('density', 0.15)
    """

    density: float | None = None
    at_least: float | None = None
    neighbours: int | None = None
    sign: str | None = None
    asymmetric: str | None = None

    def check(self) -> None:
        """Refuse what no matrix can be made into, before any is read.

        Raises:
            ValueError: If a name is unknown or more than one rule is given.
        """
        _ = self.kept_by  # raises if there are two, or one is out of range
        check_choice("sign", either(self.sign, "weight"), SIGNS)
        check_choice("asymmetric", either(self.asymmetric, "raise"), ASYMMETRIC)

    @property
    def kept_by(self) -> tuple[str, float] | None:
        """Name and number of the rule that keeps connections, or ``None``.

        Raises:
            TypeError: If a number is none.
            ValueError: If more than one is given, or one is out of range.
        """
        named = {
            "density": self.density,
            "at_least": self.at_least,
            "neighbours": self.neighbours,
        }
        given = [(name, value) for name, value in named.items() if value is not None]
        if len(given) > 1:
            names = " and ".join(f"`{name}`" for name, _ in given)
            raise ValueError(f"{names} both say which connections are kept: give one of them")
        if self.density is not None:
            real("`density`", self.density, "(0, 1]")
        if self.at_least is not None:
            real("`at_least`", self.at_least, FROM_ZERO)
        if self.neighbours is not None:
            whole("`neighbours`", self.neighbours)
        return given[0] if given else None


ALL = Connections()
"""Every connection that is not 0."""
