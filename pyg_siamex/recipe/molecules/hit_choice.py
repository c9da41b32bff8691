"""Which molecules are hits, and what is estimated from them."""

from dataclasses import dataclass

from pyg_siamex._door import checked


@checked
@dataclass(frozen=True)
class HitChoice:
    """Which molecules of a library are hits, and what is estimated from them.

    Attributes:
        activity: Column of a measured value, which is estimated for the query from its neighbours.
        neighbours: How many neighbours to average.
        diverse: Choose hits that differ from one another among ten times as many.
        duplicates: Keep near-duplicates (salts, charges, isotopes and stereoisomers) of the query
            and of other hits among the hits.

    Example:
        >>> found = search(trained, "library.csv", "CCO", k=2, choice=HitChoice(diverse=True))
        >>> found.result.diverse
        True
    """

    activity: str | None = None
    neighbours: int = 5
    diverse: bool = False
    duplicates: bool = False
