"""Where named graphs are."""

import difflib
from collections.abc import Iterable

from pyg_siamex._visible import composed


class NamePlaces:
    """Positions of graphs by their names.

    Args:
        names: Name of each graph.
        noun: What a graph is called in errors, such as ``"row"``.
        where: Where they are, for errors.

    Example:
        >>> NamePlaces(["a", "b"], "row", "the table").find("b")
        1
    """

    def __init__(self, names: Iterable[str], noun: str, where: str) -> None:
        self._noun, self._where, self._count = noun, where, 0
        self._places: dict[str, list[int]] = {}
        for position, name in enumerate(names):
            self._places.setdefault(composed(name), []).append(position)
            self._count += 1

    def __contains__(self, name: str) -> bool:
        """Whether a graph has the name."""
        return composed(name) in self._places

    def find(self, name: str) -> int:
        """Position of a graph.

        Args:
            name: Its name.

        Raises:
            ValueError: If no graph, or more than one, has that name. It lists similar names.
        """
        places, noun = self._places.get(composed(name), []), self._noun
        if len(places) == 1:
            return places[0]
        if places:
            raise ValueError(
                f"{self._where} has {len(places)} {noun}s named '{name}': rename all but one"
            )
        names = list(self._places)
        close = difflib.get_close_matches(name, names, 5)
        hint = f"did you mean {', '.join(close)}?" if close else f"such as {', '.join(names[:5])}"
        raise ValueError(f"no {noun} '{name}' among the {self._count} of {self._where}: {hint}")
