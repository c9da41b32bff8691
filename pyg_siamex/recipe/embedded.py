"""A library's embeddings, which are kept for the next time."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from pyg_siamex._paths import real_path
from pyg_siamex.nn import Library, SiameseGNN
from pyg_siamex.recipe.approximate import approximated
from pyg_siamex.recipe.graph_library import GraphLibrary
from pyg_siamex.recipe.trained import Trained

_logger = logging.getLogger(__name__)


def embedded(
    graphs: GraphLibrary, trained: Trained, index: Path | None, approximate: bool = False
) -> tuple[Library, str]:
    """The library's embeddings, saved ones where they fit, and lines on where they are.

    Args:
        graphs: The library.
        trained: The model; its file names the saved embeddings if ``index`` is ``None``.
        index: File of the embeddings. Default: beside the library; a model without a file then
            keeps none.
        approximate: Search by an approximate index, kept beside the embeddings.

    Raises:
        OSError: If ``index`` cannot be written.

    Example:
        >>> from pyg_siamex.recipe.molecules.library import MoleculeLibrary
        >>> library, kept = embedded(MoleculeLibrary("library.csv", trained), trained, None)
    """
    path = _beside(graphs.path, trained.path) if index is None else index
    library, said = _embedded(graphs, trained, path, needed=index is not None)
    if not approximate:
        return library, said
    found, how_good = approximated(library, path)
    return found, f"{said}\n{how_good}"


def _embedded(
    graphs: GraphLibrary, trained: Trained, path: Path | None, needed: bool
) -> tuple[Library, str]:
    made: list[float] = []

    def embed(known: Library | None = None) -> Library:
        start = time.perf_counter()
        library = graphs.embed(trained.model, known)
        made.append(time.perf_counter() - start)
        return library

    if path is None:
        library, kept = embed(), False
    else:
        library, kept = _kept(path, trained.model, graphs.source, embed, needed)
    graphs.use(library)
    if not made:
        return library, f"{len(library)} embeddings read from {path}"
    where = f"saved as {path}" if kept else "not saved"
    return library, f"{len(library)} embedded in {made[0]:.1f} s, {where}"


def _beside(library: Path | None, model: Path | None) -> Path | None:
    if library is None or model is None:
        return None
    library = real_path(library)
    return library.with_name(f"{library.name}.{model.stem}.embeddings")


def _kept(
    path: Path,
    model: SiameseGNN,
    source: str,
    embed: Callable[[Library | None], Library],
    needed: bool,
) -> tuple[Library, bool]:
    """Saved embeddings, or new ones and whether they could be saved."""
    found: list[Library] = []

    def once(known: Library | None) -> Library:
        found.append(embed(known))
        return found[0]

    try:
        return Library.cached(path, model, source, once), True
    except OSError as error:
        if needed or not found:
            raise
        _logger.warning("the embeddings cannot be saved beside the library (%s)", error)
        return found[0], False
