"""Which molecules are hits, and what is estimated from them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole

if TYPE_CHECKING:
    from pyg_siamex.recipe.molecules.library import MoleculeLibrary


@checked
@dataclass(frozen=True)
class HitChoice:
    """Which molecules of a library are hits, and what is estimated from them.

    Attributes:
        activity: Column of a measured value, which is estimated for the query from its neighbours.
        neighbours: How many neighbours to average for the estimate. Default: 5.
        diverse: Choose hits that differ from one another among ten times as many.
        duplicates: Keep near-duplicates (salts, charges, isotopes and stereoisomers) of the query
            and of other hits among the hits.

    Example:
        >>> found = search(trained, "library.csv", "CCO", k=2, choice=HitChoice(diverse=True))
        >>> found.result.diverse
        True
    """

    activity: str | None = None
    neighbours: int | None = None
    diverse: bool = False
    duplicates: bool = False

    def check(self, graphs: "MoleculeLibrary") -> None:
        """Refuse a choice that a library cannot meet, before it is embedded.

        Args:
            graphs: The library.

        Raises:
            ValueError: If the column of the activity is missing or has fewer than two numbers, no
                neighbour is averaged, or neighbours are given and there is nothing to average.
        """
        if self.neighbours is not None:
            whole("`neighbours`", self.neighbours)
            if self.activity is None:
                raise ValueError(
                    "`neighbours` is for an estimate: give `activity`, or leave it out"
                )
        if self.activity is not None:
            graphs.check_measured(self.activity)
