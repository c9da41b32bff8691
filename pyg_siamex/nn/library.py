"""A library of graphs that is embedded once, saved, and searched by the model's similarity."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown, whole
from pyg_siamex.data.checked_graph import Naming, check_list
from pyg_siamex.data.plain_json import from_json, to_json
from pyg_siamex.data.positions import place_set
from pyg_siamex.data.sealed_file import OlderFormatError, SealedFormat
from pyg_siamex.data.text_column import TextColumn
from pyg_siamex.nn.embedding import embed_batch
from pyg_siamex.nn.fingerprint import (
    fingerprints_agree,
    graphs_fingerprint,
    model_fingerprint,
    similarity_fingerprint,
)
from pyg_siamex.nn.neighbours import HNSWIndex, Nearest, NeighbourIndex
from pyg_siamex.nn.neighbours.entries import check_entries
from pyg_siamex.nn.pair_model import PairModel
from pyg_siamex.nn.siamese import SiameseGNN

_logger = logging.getLogger(__name__)

_FORMAT = SealedFormat(
    "library", version=3, oldest=3, again="delete it, so that the graphs are embedded again"
)

_COLUMN = "column."
"""Before the names of columns in a file."""


class StaleLibraryError(ValueError):
    """The embeddings belong to another model, to other weights, or to other graphs."""


_State = tuple[str, tuple[tuple[str, int, int, float], ...]]


@checked
@dataclass(frozen=True)
class Library:
    """Embeddings of many graphs, and their nearest neighbours.

    Attributes:
        model: The model that embeds and compares.
        embeddings: One row per entry, ``[N, D]`` float, on the CPU.
        names: Name of each entry.
        source: Fingerprint of the graphs or of their file.
        extra: Plain values to save with it, such as the rejected rows.
        columns: Further values of each entry by name, ``[N]`` or ``[N, ...]``.
        approximate: Index that :meth:`nearest` uses, with a file of its own; ``None`` for exact
            neighbours.
        weights: The weights and parts that embedded the graphs, as a fingerprint. Default: the
            model's own.

    Example:
        >>> library = Library.embed(model, graphs)
        >>> library.nearest(query, k=1).position
        [0]
        >>> library.save("library.embeddings")
        >>> library = Library.load("library.embeddings", model)
    """

    model: SiameseGNN
    embeddings: Tensor
    names: Sequence[str]
    source: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Tensor] = field(default_factory=dict)
    approximate: HNSWIndex | None = None
    weights: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        """Compare rows, names and columns; a model of pairs has no embeddings."""
        if isinstance(self.model, PairModel):
            self.model.refuse_embeddings()
        _check_entries(self.embeddings, self.names, self.columns)
        kept = self.model.references
        if kept is not None and kept.embeddings.size(1) != self.embeddings.size(1):
            raise ValueError(
                f"embeddings has {self.embeddings.size(1)} numbers per entry, and the model embeds "
                f"graphs into {kept.embeddings.size(1)}"
            )
        if not self.weights:
            object.__setattr__(self, "weights", _embedded_by(self.model))

    def check_weights(self) -> None:
        """Refuse embeddings of weights that the model no longer has.

        Raises:
            StaleLibraryError: If the model was trained, or loaded other weights, since.
        """
        state = _state(self.model)
        if state not in self._known_states:
            if _embedded_by(self.model) != self.weights:
                raise StaleLibraryError(
                    "the model has other weights or parts than when it embedded the library: "
                    "embed the graphs again, Library.embed(model, graphs)"
                )
            self._known_states[:] = [state]

    @cached_property
    def _known_states(self) -> list[_State]:
        """States of the model that are known to have the right weights."""
        return []

    def __repr__(self) -> str:
        """Number of graphs and width of their embeddings, in one line."""
        return f"Library({len(self)} graphs, {self.embeddings.size(1)} channels)"

    def __len__(self) -> int:
        """Number N of entries."""
        return len(self.names)

    @classmethod
    @checked
    def embed(
        cls,
        model: SiameseGNN,
        graphs: Iterable[Data],
        names: Sequence[str] | None = None,
        *,
        source: str | None = None,
        batch_size: int = 256,
    ) -> "Library":
        """Embed graphs batch by batch; the graphs of an iterator need not fit in memory together.

        Args:
            model: The model; used in evaluation mode and left unchanged.
            graphs: The entries.
            names: Name of each entry. Default: the graphs' ``name``, else ``smiles``, else numbers
                from 1.
            source: Fingerprint of the graphs. Default: computed from the inputs that the model
                reads.
            batch_size: Number of graphs embedded at once.

        Raises:
            ValueError: If ``graphs`` is empty, lengths differ, an embedding is not finite, or
                ``graphs`` is an iterator and ``source`` is missing.
        """
        check_list(graphs)
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

    @checked
    def place(self, query: Data) -> Tensor:
        """Embedding of a graph that is no entry, ``[D]``.

        Args:
            query: The graph.

        Raises:
            ValueError: If it cannot be read, or its embedding is not finite.
        """
        return _embedded(self.model, [query], naming=lambda _: "the query")[0]

    @checked
    def nearest(
        self,
        query: Data | Tensor | int,
        k: int = 10,
        *,
        exclude: Collection[int] = (),
        estimator: Any | None = None,
    ) -> Nearest:
        """The ``k`` entries that the model finds most similar to a query.

        They are ordered by decreasing similarity. Entries whose similarities agree to six
        significant digits are ordered by position. An entry is not a neighbour of itself.

        Args:
            query: A graph, its embedding ``[D]``, or the position of an entry, which is then
                excluded.
            k: Number of entries, at least 1.
            exclude: Positions of entries to leave out.
            estimator: A :class:`~pyg_siamex.nn.HNSWIndex` of the library, which is approximate, or
                an index of Euclidean distances with ``fit`` and ``kneighbors``. Default: the
                library's ``approximate``; without one exact, by FAISS if it is installed, else
                by scikit-learn.

        Raises:
            IndexError: If the position, or one of ``exclude``, is out of range.
            TypeError: If the query is neither graph, embedding nor position.
            ValueError: If there are fewer than ``k`` other entries, or the model has other weights
                than when it embedded them (``StaleLibraryError``).
        """
        self.check_weights()
        if isinstance(query, int):
            if not 0 <= query < len(self):
                raise IndexError(f"no entry {query} in a library of {len(self)}")
            exclude = place_set(exclude) | {query}
            query = self.embeddings[query]
        elif isinstance(query, Data):
            query = self.place(query)
        elif not isinstance(query, Tensor) or query.shape != self.embeddings.shape[1:]:
            what = list(query.shape) if isinstance(query, Tensor) else type(query).__name__
            raise TypeError(
                f"query must be a torch_geometric Data, an embedding of "
                f"{self.embeddings.size(1)} numbers, or a position (got {what})"
            )
        if estimator is not None:
            own = NeighbourIndex(self.model.similarity, self.embeddings, estimator)
            return own.nearest(query, k, exclude)
        return self._index.nearest(query, k, exclude)

    @cached_property
    def _index(self) -> NeighbourIndex:
        return NeighbourIndex(self.model.similarity, self.embeddings, self.approximate)

    @checked
    def save(self, path: str | Path) -> None:
        """Write to a safetensors file, complete or not at all, without the model.

        Args:
            path: The file.

        Raises:
            TypeError: If ``extra`` has other values than JSON has.
            ValueError: If there is a file of another kind, a column has another length, or the
                model has other weights than when it embedded the graphs (``StaleLibraryError``).
            OSError: If the file cannot be written.
        """
        self.check_weights()
        for name, column in self.columns.items():
            if len(column) != len(self):
                raise ValueError(f"column '{name}' has {len(column)} rows of {len(self)}")
        names, extra = TextColumn.of(self.names), TextColumn.of([to_json("`extra`", self.extra)])
        tensors = {
            "embeddings": self.embeddings,
            "names": names.content,
            "names.ends": names.ends,
            "extra": extra.content,
            **{f"{_COLUMN}{name}": column for name, column in self.columns.items()},
        }
        header = {"model": model_fingerprint(self.model), "source": self.source}
        _FORMAT.write(path, tensors, header)

    @classmethod
    @checked
    def load(cls, path: str | Path, model: SiameseGNN, source: str | None = None) -> "Library":
        """Read a file of :meth:`save`; runs no code from the file.

        Args:
            path: The file.
            model: The model that embedded the graphs.
            source: Current fingerprint of the graphs. Default: not compared.

        Raises:
            FileNotFoundError: If the file does not exist.
            StaleLibraryError: If the embeddings belong to another model or another source.
            ValueError: If the file does not hold a library, or has changed since it was written.
        """
        with _FORMAT.opened(path) as sealed:
            of_model, of_source = sealed.header["model"], sealed.header["source"]
            tensors = sealed.tensors()
            embeddings = tensors["embeddings"]
            names = TextColumn(tensors["names"], tensors["names.ends"])
            extra = from_json(bytes(tensors["extra"].numpy()).decode(), dict)
            columns = {
                name.removeprefix(_COLUMN): value
                for name, value in tensors.items()
                if name.startswith(_COLUMN)
            }
            _check_entries(embeddings, names, columns)
        if not fingerprints_agree(of_model, model_fingerprint(model)):
            raise StaleLibraryError(f"{path} was embedded by another model, or before training")
        if source is not None and of_source != source:
            raise StaleLibraryError(f"{path} was embedded from other graphs, or another file")
        return cls(model, embeddings, names, of_source, extra, columns)

    @classmethod
    @checked
    def cached(
        cls,
        path: str | Path,
        model: SiameseGNN,
        source: str,
        embed: Callable[["Library | None"], "Library"],
    ) -> "Library":
        """Load the library at ``path`` if it fits this model and source; else embed and save it.

        Args:
            path: The file; written only if it does not exist or does not fit any more.
            model: The model.
            source: Current fingerprint of the graphs.
            embed: Makes a new library, from what was saved for other graphs by the same model, or
                ``None``.

        Raises:
            TypeError: If ``embed`` makes something else.
            ValueError: If ``path`` is another kind of file, which is left unchanged, or ``embed``
                takes another model.
        """
        known = None
        try:
            known = cls.load(path, model)
            if known.source == source:
                return known
            _logger.warning("%s was embedded from other graphs, or another file: it changes", path)
        except FileNotFoundError:
            pass
        except (StaleLibraryError, OlderFormatError) as stale:
            _logger.warning("%s: it is made anew", stale)
        found = embed(known)
        if not isinstance(found, Library):
            raise TypeError(f"`embed` must make a Library (got {type(found).__name__})")
        if not fingerprints_agree(model_fingerprint(found.model), model_fingerprint(model)):
            raise ValueError("`embed` made a library of another model than `model`")
        library = replace(found, source=source)
        library.save(path)
        return library


def _state(model: SiameseGNN) -> _State:
    """What changes at little cost to find out whenever weights change."""
    known = model.state_dict(keep_vars=True)
    weights = (
        # Tensors of inference mode count no changes.
        (name, id(one), 0 if one.is_inference() else one._version, float(one.detach().sum()))
        for name, one in known.items()
    )
    return f"{model!r} {[type(part) for part in model.modules()]}", tuple(weights)


def _embedded_by(model: SiameseGNN) -> str:
    """The weights and parts of a model; calibration does not matter, nor precision."""
    return f"{similarity_fingerprint(model)} {model!r}"


def _check_entries(embeddings: Tensor, names: Sequence[str], columns: Mapping[str, Tensor]) -> None:
    """Raise ``ValueError`` if rows, names and columns do not fit, or a row is not finite."""
    check_entries(embeddings)
    if len(names) != len(embeddings):
        raise ValueError(f"there are {len(embeddings)} embeddings and names for {len(names)}")
    for name, column in columns.items():
        if not isinstance(name, str):
            raise TypeError(f"names of `columns` must be texts (got {shown(name)})")
        if column.dim() == 0 or len(column) != len(embeddings):
            raise ValueError(f"its column '{name}' is {list(column.shape)}")


def _batches(graphs: Iterable[Data], size: int) -> Iterator[list[Data]]:
    whole("batch_size", size)
    rest = iter(graphs)
    while batch := list(islice(rest, size)):
        yield batch


def _embedded(
    model: SiameseGNN,
    graphs: list[Data],
    first: int = 0,
    naming: Naming = lambda k: f"graph {k}",
) -> Tensor:
    values = embed_batch(model, graphs, first, naming)
    bad = (~values.isfinite().all(1)).nonzero()
    if len(bad):
        raise ValueError(
            f"the embedding of {naming(first + int(bad[0]))} is not finite: check its features and "
            f"the model's weights"
        )
    return values


def _name(graph: Data, position: int) -> str:
    for key in ("name", "smiles"):
        text = graph.get(key)
        if isinstance(text, str) and text.strip():
            return text
    return str(position + 1)
