"""An approximate index of a library, which is built once and kept beside its embeddings."""

import logging
import time
from dataclasses import replace
from pathlib import Path

from pyg_siamex.nn import HNSWIndex, Library

_logger = logging.getLogger(__name__)


def approximated(library: Library, path: Path | None) -> tuple[Library, str]:
    """A library that is searched by an approximate index, and a line on how good that is.

    The index is read from its file, gets the entries that are new to it, or is built. Its recall
    is measured for entries drawn at random.

    Args:
        library: The library.
        path: File of the library's embeddings; the index is kept beside it. ``None`` keeps none.

    Raises:
        MissingExtraError: If FAISS is not installed.
        OSError: If the index cannot be written.
        ValueError: If the model's head has no metric, or the file holds something else.

    Example:
        >>> found, said = approximated(Library.embed(model, graphs), None)
        >>> said.split(":")[0]
        'approximate neighbours'
    """
    start = time.perf_counter()
    kept = None if path is None else path.with_name(f"{path.name}.hnsw")
    index, head = None, library.model.similarity
    if kept is not None and kept.is_file():
        index = HNSWIndex.load(kept, head)
    before = 0 if index is None else len(index)
    if index is None or before > 2 * len(library):  # most of it would be entries that are gone
        index, before = HNSWIndex(head, library.embeddings), 0
    else:
        index.update(library.embeddings)
    if index.recall is None:
        index.measure(library.embeddings)
        if kept is not None:
            index.save(kept)
    words = [f"approximate neighbours: {index.recall:.1%} of the ten nearest are found"]
    if len(index) > before:
        words.append(
            f"{len(index) - before} entries indexed in {time.perf_counter() - start:.1f} s"
        )
    return replace(library, approximate=index), ", ".join(words)
