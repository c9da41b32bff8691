"""An explained pair with what users are told of it."""

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Protocol

from pyg_siamex._door import checked
from pyg_siamex._extras import MissingExtraError
from pyg_siamex._notebook import drawn
from pyg_siamex._temporary import temporary_folder
from pyg_siamex.explain import PairExplanation
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.trained import Trained
from pyg_siamex.visualize.paper.words import amount, headline


class View(Protocol):
    """How an explained pair is drawn."""

    def check(self, path: Path, trained: Trained) -> None:
        """Refuse what cannot be drawn, before anything is explained.

        Args:
            path: Picture or page to write.
            trained: The model.

        Raises:
            ValueError: If the format is unknown, or the pair cannot be drawn this way.
        """

    def draw(self, explained: "Explained", path: Path) -> None:
        """Draw the pair.

        Args:
            explained: The pair.
            path: Picture or page to write.
        """


@dataclass(frozen=True)
class Explained:
    """Two graphs explained.

    Attributes:
        explanation: The explanation.
        probability: That the two are alike, by the calibrated similarity.
        trained: The model.
        pair: How the user named query and reference.
        names: Names of the two in pictures, or ``None`` for the domain's own.
        notes: How far the model can be trusted, in sentences.
        strongest: The parts that matter most.
        view: How the pair is drawn.

    Example:
        >>> explained = explain(trained, "CCO", "CCN", method="occlusion")
        >>> explained.strongest.columns
        ('molecule', 'bond', 'importance')
    """

    explanation: PairExplanation
    probability: float
    trained: Trained
    pair: tuple[str, str]
    names: tuple[str, str] | None
    notes: list[str]
    strongest: Listing
    view: View

    def __repr__(self) -> str:
        """What was explained and what was found, in one line."""
        pair = " and ".join(repr(name) for name in self.names or self.pair)
        found = f"similarity={self.explanation.prediction:.4g}, probability={self.probability:.3g}"
        return f"Explained({pair}, {found}, explainer={self.explanation.algorithm!r})"

    def _repr_html_(self) -> str:
        """Picture, strongest parts and notes, for notebooks."""
        picture = self._picture() or drawn(self.explanation) or ""
        sentences = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"{picture}{self.strongest._repr_html_()}{sentences}"

    def _picture(self) -> str | None:
        """The pair as its view draws it, on a white ground, or ``None`` where it cannot."""
        try:
            with temporary_folder() as folder:
                path = Path(folder) / "pair.svg"
                self.draw(path)
                data = b64encode(path.read_bytes()).decode()
        except (ValueError, MissingExtraError):
            return None
        alt = escape(f"{self.explanation.algorithm}: " + " and ".join(self.names or self.pair))
        style = "background:#ffffff;max-width:100%"
        return f'<img alt="{alt}" style="{style}" src="data:image/svg+xml;base64,{data}"/>'

    @checked
    def draw(self, path: str | Path) -> None:
        """Write a picture, or a page that tells how far to trust the explanation.

        Args:
            path: The file; its ending says the format: ``.svg``, ``.png`` or ``.html``, of
                connectomes also ``.pdf``.

        Raises:
            ValueError: If the format is unknown.
        """
        self.view.check(Path(path), self.trained)
        self.view.draw(self, Path(path))

    @checked
    def save(self, path: str | Path) -> None:
        """Keep the explanation, for :func:`pyg_siamex.visualize.report`.

        Args:
            path: The file.
        """
        self.explanation.save(path)


def carried_note(explanation: PairExplanation, parts: str) -> list[str]:
    """How much of the similarity parts carry, in a sentence; none for masks.

    Args:
        explanation: The pair.
        parts: What parts are, in the plural.

    Example:
        >>> carried_note(explain(trained, "CCO", "CCN", method="occlusion").explanation, "atoms")
        []
    """
    known = explanation.carried
    if known is None:
        return []
    return [headline(known, "", parts) or f"{parts} carry {amount(known)}"]
