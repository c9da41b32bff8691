"""The molecules of a library by their names."""

import difflib
import logging
from dataclasses import dataclass
from pathlib import Path

from pyg_siamex._visible import in_one_line
from pyg_siamex.chemistry import canonical_smiles
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.recipe.molecules.view import MoleculeView

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NamedSmiles:
    """SMILES by name.

    Attributes:
        path: The library, for messages.
        lines: By name, line and SMILES of each row of that name.

    Example:
        >>> NamedSmiles.of(MoleculeView(library="library.csv")).smiles("ethanol")
        'CCO'
    """

    path: Path
    lines: dict[str, list[tuple[int, str]]]

    @classmethod
    def of(cls, view: MoleculeView) -> "NamedSmiles":
        """Read the library of a view.

        Args:
            view: The view, with a library.

        Raises:
            FileNotFoundError: If the library does not exist.
            ValueError: If it cannot be read or has no column of SMILES.
        """
        path = Path(str(view.library))
        table = MoleculeRows(path, view.smiles, view.name)
        found: dict[str, list[tuple[int, str]]] = {}
        for row in table.rows:
            if not row.problem:
                found.setdefault(table.name_of(row), []).append((row.line, row.cells[table.smiles]))
        return cls(path, found)

    @classmethod
    def of_view(cls, view: MoleculeView) -> "NamedSmiles | None":
        """The library of a view; ``None`` if it has none.

        Args:
            view: The view.

        Raises:
            FileNotFoundError: If the library does not exist.
            ValueError: If it cannot be read, or its columns are named and it is not.
        """
        if view.library is not None:
            return cls.of(view)
        for name in ("smiles", "name"):
            if getattr(view, name) is not None:
                raise ValueError(
                    f"`{name}` is a column of a library: give `library`, or leave it out"
                )
        return None

    def place(self, name: str) -> str:
        """Where a name stands, for messages.

        Args:
            name: A name of the library.
        """
        return f"line {self.lines[name.strip()][0][0]} of {self.path}, '{in_one_line(name, 80)}',"

    def smiles(self, name: str) -> str | None:
        """SMILES of a name as the library writes it; ``None`` if it has no such name.

        Args:
            name: The name.

        Raises:
            ValueError: If different molecules have the name.
        """
        rows = self.lines.get(name.strip(), [])
        if len({smiles for _, smiles in rows}) > 1:
            lines = ", ".join(str(line) for line, _ in rows[:5])
            raise ValueError(
                f"{len(rows)} rows of {self.path} are named '{name}', lines {lines}: rename all "
                f"but one, or give the SMILES"
            )
        if rows:
            say_named(name.strip(), rows[0][1], f"line {rows[0][0]} of {self.path}")
        return rows[0][1] if rows else None

    def absent(self, name: str) -> str:
        """The start of a message that no row has a name, with names like it.

        Args:
            name: The name.
        """
        names = list(self.lines)
        close = difflib.get_close_matches(name, names, 3) if len(names) < _COMPARED else []
        hint = f" (did you mean {', '.join(close)}?)" if close else ""
        return f"'{in_one_line(name, 80)}' is neither a name of {self.path}{hint}"


def say_named(name: str, smiles: str, where: str) -> None:
    """Log that a name is also the SMILES of another molecule than the one of that name.

    Args:
        name: The name.
        smiles: The molecule of that name, as its table writes it.
        where: Where it stands.

    Example:
        >>> say_named("ethanol", "CCO", "line 2 of library.csv")
    """
    if name == smiles:
        return
    try:
        meant, found = canonical_smiles(name), canonical_smiles(smiles)
    except ValueError:  # a name that is no SMILES, or a row that is refused by itself
        return
    if meant != found:
        _logger.warning(
            "'%s' is the name of %s (%s), and that molecule is taken: to take the molecule of this "
            "SMILES, write it otherwise or rename the row",
            *(in_one_line(name, 80), in_one_line(smiles, 80), where),
        )


_COMPARED = 20_000
"""Most names that a wrong one is compared with."""
