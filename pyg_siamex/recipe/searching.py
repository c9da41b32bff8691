"""What in a library is most like a query, and why."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import whole
from pyg_siamex.explain import SearchResult
from pyg_siamex.recipe.choices import check_method
from pyg_siamex.recipe.domain import domain_of_both
from pyg_siamex.recipe.embedded import embedded
from pyg_siamex.recipe.graph_library import GraphLibrary
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.quality_notes import quality_notes
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes:
        result: The hits, for :func:`pyg_siamex.visualize.search_report`.
        kept: Where the library's embeddings are, in a sentence.
        notes: How good the model is, and what users should know of the query and of the pictures,
            in sentences.

    Example:
        >>> found = search(trained, "library.csv", "CCO", k=2)
        >>> search_report(found.result, "search.html", notes=found.notes)
    """

    result: SearchResult
    kept: str
    notes: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        """The hits in one line."""
        return f"Found({self.result!r})"

    def _repr_html_(self) -> str:
        """The hits as a table, for notebooks."""
        return self.result._repr_html_()

    @checked
    def write_hits(self, path: str | Path) -> None:
        """Write all hits with what their library says of them.

        Args:
            path: The file: ``.csv``, or ``.sdf`` for molecules.

        Raises:
            ValueError: If the format is unknown, or the hits are no molecules.
        """
        from pyg_siamex.recipe.hit_file import write_hits

        write_hits(self.result, Path(path))


@checked
def search(
    trained: Trained,
    library: "str | Path | pd.DataFrame",
    query: str,
    *,
    k: int = 10,
    index: str | Path | None = None,
    approximate: bool = False,
    method: str | None = None,
    reading: Any = None,
    choice: Any = None,
) -> Found:
    """Find the graphs most like a query and explain each, as ``pyg-siamex search`` does.

    Args:
        trained: The model.
        library: CSV file of molecules, folder or ``.npz`` file of connectivity matrices, or table
            of rows.
        query: SMILES, name or line of a molecule, or name of a subject or row in the library.
        k: How many hits.
        index: File of the library's embeddings, made where it is not there or does not fit.
            Default: beside the library; a model that was not loaded from a file keeps none.
        approximate: Find neighbours by an approximate index, which is built once and kept beside
            the embeddings, for libraries of millions of entries. Default: compare with every entry.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`. Default: self-learned masks.
        reading: How the files are read: a :class:`~pyg_siamex.recipe.MoleculeColumns`, a
            :class:`~pyg_siamex.recipe.MatrixReading` or a :class:`~pyg_siamex.recipe.RowReading`.
        choice: Which molecules are hits, and what is estimated from them: a
            :class:`~pyg_siamex.recipe.HitChoice`.

    Returns:
        The hits with their explanations, and where the embeddings are.

    Raises:
        FileNotFoundError: If the library does not exist.
        ValueError: If the model is of another domain, the query is not found, there are fewer than
            ``k`` other entries, or a file cannot be used.
        TypeError: If ``reading`` or ``choice`` is for another domain.

    Example:
        >>> found = search(Trained.load("model.siamex"), "library.csv", "CCO", k=2)
        >>> len(found.result.hits)
        2
    """
    check_method(method)
    whole("k", k)
    with one_thread():
        domain = domain_of_both(trained, library)
        chosen = domain.chosen_by(choice)
        graphs = domain.library(library, trained, domain.read_by(reading))
        asked, title = graphs.find(query)  # before the long work
        chosen.check(graphs)
        _check_hits(graphs, asked, k)
        place = None if index is None else Path(index)
        entries, kept = embedded(graphs, trained, place, approximate)
        explainer = domain.explainer(
            trained.model, either(method, domain.search_method), graphs.shared
        )
        found = graphs.entry(asked)
        result = domain.search(entries, graphs, found, k, explainer, title, chosen)
        notes = graphs.notes(asked, query, [hit.position for hit in result.hits])
    return Found(result, kept, [*quality_notes(trained.metadata), *notes])


_FEW = 20
"""Entries that are embedded at once, so that what is wrong with them is told first."""


def _check_hits(graphs: GraphLibrary, asked: Any, k: int) -> None:
    """Refuse more hits than a library can have, before it is embedded, if it says how many."""
    most = getattr(graphs, "most", None)
    if not isinstance(most, int) or most < _FEW:
        return
    others = most - isinstance(asked, int)
    if k > others:
        raise ValueError(
            f"k={k}, and {graphs.path or 'the library'} has {others} "
            f"{'others' if others < most else 'entries'} at most: ask for fewer hits"
        )
