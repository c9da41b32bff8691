"""A library of graphs, embedded once, saved, and searched by the model's own similarity."""

import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.file import whole_file
from pyg_siamex.nn.embedding import embed_batch
from pyg_siamex.nn.fingerprint import graphs_fingerprint, model_fingerprint
from pyg_siamex.nn.neighbours import Nearest, NeighbourIndex
from pyg_siamex.nn.siamese import SiameseGNN

logger = logging.getLogger(__name__)

FORMAT = "pyg_siamex library 1"


class StaleLibraryError(ValueError):
    """Saved embeddings of another model or of other graphs."""


@dataclass(frozen=True)
class Library:
    """Embeddings of many graphs, and their nearest neighbours.

    Attributes:
        model: The model that embeds and compares.
        embeddings: One row per entry, ``[N, D]`` float, on the CPU.
        names: Name of each entry.
        source: Fingerprint of the graphs, or of the file that they are from.
        extra: Plain values to keep with it, such as the rows that gave no graph.

    Example:
        >>> library = Library.embed(model, graphs)
        >>> library.nearest(query, k=5).position
        >>> library.save("library.embeddings")
        >>> library = Library.load("library.embeddings", model)
    """

    model: SiameseGNN
    embeddings: Tensor
    names: list[str]
    source: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number N of entries."""
        return len(self.names)

    @classmethod
    def embed(
        cls,
        model: SiameseGNN,
        graphs: Iterable[Data],
        names: Sequence[str] | None = None,
        *,
        source: str | None = None,
        batch_size: int = 256,
    ) -> "Library":
        """Embed graphs batch by batch; an iterator's graphs need not fit in memory together.

        Args:
            model: The model; evaluated, and found unchanged.
            graphs: The entries.
            names: Name of each; where not given the graphs' ``name``, else ``smiles``, else
                numbers from 1.
            source: Fingerprint of the graphs; computed of what the model reads of them where
                not given.
            batch_size: Graphs embedded at once.

        Raises:
            ValueError: If there is no graph, lengths differ, an embedding is not finite, or
                ``graphs`` is an iterator and there is no ``source``.
        """
        if source is None:
            if isinstance(graphs, Iterator):
                raise ValueError("graphs is an iterator that is read once: give its source too")
            source = graphs_fingerprint(model, graphs)
        parts: list[Tensor] = []
        found: list[str] = []
        for batch in _batches(graphs, batch_size):
            parts.append(_embedded(model, batch, len(found)))
            found += [_name(graph, len(found) + k) for k, graph in enumerate(batch)]
        if not parts:
            raise ValueError("a library needs at least one graph")
        if names is not None and len(names) != len(found):
            raise ValueError(f"{len(names)} names for {len(found)} graphs")
        chosen = found if names is None else [str(name) for name in names]
        return cls(model, torch.cat(parts), chosen, source)

    def nearest(
        self,
        query: Data | Tensor | int,
        k: int = 10,
        *,
        exclude: Collection[int] = (),
        estimator: Any | None = None,
    ) -> Nearest:
        """The ``k`` entries that the model finds most similar to a query.

        Ordered by falling similarity; entries whose similarities agree to six significant digits
        are ordered by position. An entry is no neighbour of itself.

        Args:
            query: A graph, its embedding ``[D]``, or the position of an entry, which is then
                excluded.
            k: How many, at least 1.
            exclude: Positions of entries that are no answer.
            estimator: Index of Euclidean distances with ``fit`` and ``kneighbors`` in place of
                scikit-learn's :class:`~sklearn.neighbors.NearestNeighbors`; see
                :class:`~pyg_siamex.nn.neighbours.NeighbourIndex`.

        Raises:
            IndexError: If there is no such position.
            ValueError: If there are fewer than ``k`` other entries.
        """
        if isinstance(query, int):
            if not 0 <= query < len(self):
                raise IndexError(f"no entry {query} in a library of {len(self)}")
            exclude = {*exclude, query}
            query = self.embeddings[query]
        elif isinstance(query, Data):
            query = _embedded(self.model, [query], 0)[0]
        if estimator is not None:
            own = NeighbourIndex(self.model.similarity, self.embeddings, estimator)
            return own.nearest(query, k, exclude)
        return self._index.nearest(query, k, exclude)

    @cached_property
    def _index(self) -> NeighbourIndex:
        return NeighbourIndex(self.model.similarity, self.embeddings)

    def save(self, path: str | Path) -> None:
        """Write to a safetensors file, whole or not at all; without the model."""
        header = {
            "format": FORMAT,
            "model": model_fingerprint(self.model),
            "source": self.source,
            "names": json.dumps(self.names),
            "extra": json.dumps(self.extra),
        }
        with whole_file(path) as temporary:
            save_file({"embeddings": self.embeddings.contiguous()}, temporary, metadata=header)

    @classmethod
    def load(cls, path: str | Path, model: SiameseGNN, source: str | None = None) -> "Library":
        """Read what :meth:`save` wrote; runs no code from the file.

        Args:
            path: The file.
            model: The model that embedded the graphs.
            source: Fingerprint of the graphs as they are now; not compared where not given.

        Raises:
            FileNotFoundError: If the file does not exist.
            StaleLibraryError: If the embeddings are another model's or another source's.
            ValueError: If it is no saved library.
        """
        if not Path(path).is_file():
            raise FileNotFoundError(f"no library at {path}")
        try:
            with safe_open(str(path), framework="pt") as file:
                header = file.metadata() or {}
                if header.get("format") != FORMAT:
                    raise ValueError(f"format {header.get('format')!r}")
                embeddings = file.get_tensor("embeddings")
            names, extra = json.loads(header["names"]), json.loads(header["extra"])
            of_model, of_source = header["model"], header["source"]
        except (SafetensorError, KeyError, ValueError) as error:
            raise ValueError(f"{path} holds no library of embeddings ({error})") from error
        if of_model != model_fingerprint(model):
            raise StaleLibraryError(f"{path} was embedded by another model, or before training")
        if source is not None and of_source != source:
            raise StaleLibraryError(f"{path} was embedded from other graphs, or another file")
        return cls(model, embeddings, names, of_source, extra)

    @classmethod
    def cached(
        cls, path: str | Path, model: SiameseGNN, source: str, embed: Callable[[], "Library"]
    ) -> "Library":
        """The library of ``path`` if it is of this model and source; else embed and save it there.

        Args:
            path: The file; written only where there is none, or one that does not fit any more.
            model: The model.
            source: Fingerprint of the graphs as they are now.
            embed: Makes the library anew.

        Raises:
            ValueError: If there is another kind of file at ``path``, which is left alone.
        """
        try:
            return cls.load(path, model, source)
        except FileNotFoundError:
            pass
        except StaleLibraryError as stale:
            logger.warning("%s: it is made anew", stale)
        library = replace(embed(), source=source)
        library.save(path)
        return library


def _batches(graphs: Iterable[Data], size: int) -> Iterator[list[Data]]:
    if size < 1:
        raise ValueError(f"batch_size must be at least 1 (got {size})")
    rest = iter(graphs)
    while batch := list(islice(rest, size)):
        yield batch


def _embedded(model: SiameseGNN, graphs: list[Data], first: int) -> Tensor:
    values = embed_batch(model, graphs)
    bad = (~values.isfinite().all(1)).nonzero()
    if len(bad):
        raise ValueError(
            f"the embedding of graph {first + int(bad[0])} is not finite: check its features and "
            f"the model's weights"
        )
    return values


def _name(graph: Data, position: int) -> str:
    for key in ("name", "smiles"):
        text = graph.get(key)
        if isinstance(text, str) and text.strip():
            return text
    return str(position + 1)
