"""Estimate a value of a graph from its neighbours under the model's similarity."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import isfinite, nan

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.data.positions import place_set
from pyg_siamex.data.target import as_single
from pyg_siamex.nn.embedding import embed_batch
from pyg_siamex.nn.library import Library
from pyg_siamex.nn.neighbours import NeighbourIndex

_SAME = 1e-5
"""Relative distance of embeddings that the model does not tell apart."""

_LEFT_OUT, _FEWEST_UNSEEN = 1000, 10
"""Most entries that are left out one by one for the error; fewest that the model has not seen."""


@checked
@dataclass(frozen=True)
class NeighbourEstimate:
    """The mean value of the nearest entries, and how far such means are off.

    Attributes:
        name: What is estimated.
        value: Mean over the neighbours.
        spread: Their standard deviation.
        neighbours: Positions of the neighbours in the library, the nearest first.
        error: Mean absolute error where each entry is estimated from its own nearest entries.
        of_mean: Mean absolute error where each entry is estimated by the mean of all others.
        known: Entries that have a value.
        judged: Entries that were left out one by one for the errors.
        unseen: Whether none of these is one that the model was trained on.

    Example:
        >>> library, values = Library.embed(model, graphs), [float(k) for k in range(len(graphs))]
        >>> found = estimate_by_neighbours(library, values, graphs[0], name="pIC50")
        >>> len(found.neighbours)
        5
    """

    name: str
    value: float
    spread: float
    neighbours: list[int]
    error: float
    of_mean: float
    known: int
    judged: int
    unseen: bool = False


@checked
def estimate_by_neighbours(
    library: Library,
    values: Sequence[float | None],
    query: Data | Tensor,
    *,
    neighbours: int = 5,
    exclude: Collection[int] = (),
    unseen: Collection[int] | None = None,
    name: str = "value",
) -> NeighbourEstimate:
    """Estimate the value of a query from its nearest entries with a value.

    Entries that the model does not tell apart from what is estimated (relative distance of the
    embeddings below 1e-5) are never its neighbours, so copies of a graph make no error small. At
    most 1,000 entries, evenly spaced, are left out for the error. A model that was trained on the
    values of these has put them near equal values: say which entries it has not seen.

    Args:
        library: The entries.
        values: Value of each entry, or ``None``.
        query: A graph, or its embedding ``[D]``.
        neighbours: How many neighbours to average.
        exclude: Positions of entries that are not used, such as the query itself.
        unseen: Positions of entries that the model was not trained on; the error is that of these.
            Default, and where fewer than 10 have a value: all entries.
        name: What the values are.

    Raises:
        IndexError: If a position is out of range.
        TypeError: If a value is no number, or the query neither graph nor embedding.
        ValueError: If lengths differ, too few entries have a value, a value or the query is beyond
            single precision, or the model has other weights than when it embedded the library
            (``StaleLibraryError``).
    """
    if len(values) != len(library):
        raise ValueError(f"{len(values)} values for {len(library)} entries")
    whole("`neighbours`", neighbours)
    library.check_weights()
    known = [k for k, value in enumerate(values) if value is not None and isfinite(value)]
    if len(known) < neighbours + 2:
        raise ValueError(
            f"'{name}' is a number in {len(known)} entries of the library: an estimate from "
            f"{neighbours} neighbours needs at least {neighbours + 2}"
        )
    found = torch.tensor([values[k] for k in known], dtype=torch.double)
    as_single(found, "values")  # raises for values whose mean or deviation would overflow
    index = NeighbourIndex(library.model.similarity, library.embeddings[known])
    place = query
    if not isinstance(place, Tensor):
        place = embed_batch(library.model, [place], naming=lambda _: "the query")[0]
    index.check_query(place)
    left_out = _entries_of("exclude", exclude, len(library))
    own = {position for position, k in enumerate(known) if k in left_out}
    nearest = _nearest(index, place, neighbours, own)
    if not nearest:
        raise ValueError(f"the library has no entry with '{name}' besides the query")
    untrained = _entries_of("unseen", () if unseen is None else unseen, len(library))
    new = [p for p, k in enumerate(known) if k in untrained]
    judged = _spaced(new if len(new) >= _FEWEST_UNSEEN else list(range(len(known))))
    error, of_mean = _left_out_errors(index, found, judged, neighbours)
    chosen = found[nearest]
    spread = float(chosen.std()) if len(chosen) > 1 else nan
    positions = [known[k] for k in nearest]
    return NeighbourEstimate(
        name,
        float(chosen.mean()),
        spread,
        positions,
        error,
        of_mean,
        len(known),
        len(judged),
        len(new) >= _FEWEST_UNSEEN,
    )


def _entries_of(name: str, places: Collection[int], size: int) -> set[int]:
    found = place_set(places)
    outside = [place for place in found if not 0 <= place < size]
    if outside:
        raise IndexError(f"{name} has {outside[0]}, and the library has {size} entries")
    return found


def _nearest(index: NeighbourIndex, place: Tensor, count: int, exclude: set[int]) -> list[int]:
    """The nearest entries that the model tells apart from ``place``; fewer if there are no more."""
    entries = index.embeddings
    apart = (entries - place).norm(dim=1) > _SAME * place.norm().clamp_min(1e-12)
    same = {*exclude, *(~apart).nonzero().flatten().tolist()}
    available = len(entries) - len(same)
    return index.nearest(place, min(count, available), same).position if available else []


@checked
def left_out_estimates(
    library: Library, values: Sequence[float], neighbours: int = 5
) -> list[float]:
    """Estimate each entry by the mean of its nearest entries that the model tells apart from it.

    Args:
        library: The entries.
        values: Value of each entry.
        neighbours: How many neighbours to average.

    Returns:
        One estimate for each entry; ``nan`` if the model tells no other entry apart from it.

    Raises:
        TypeError: If a value is no number.
        ValueError: If lengths differ, a value is not finite or beyond single precision, or the
            model has other weights than when it embedded the library (``StaleLibraryError``).

    Example:
        >>> library = Library.embed(model, graphs)
        >>> len(left_out_estimates(library, [1.0] * len(graphs))) == len(graphs)
        True
    """
    if len(values) != len(library):
        raise ValueError(f"{len(values)} values for {len(library)} entries")
    whole("`neighbours`", neighbours)
    missing = [k for k, value in enumerate(values) if not isfinite(value)]
    if missing:
        raise ValueError(f"values[{missing[0]}] is {values[missing[0]]}: leave its entry out")
    library.check_weights()
    index = NeighbourIndex(library.model.similarity, library.embeddings)
    found = torch.tensor(list(values), dtype=torch.double)
    as_single(found, "values")
    return [_left_out(index, found, k, neighbours) for k in range(len(values))]


def _left_out(index: NeighbourIndex, values: Tensor, k: int, count: int) -> float:
    nearest = _nearest(index, index.embeddings[k], count, {k})
    return float(values[nearest].mean()) if nearest else nan


def _spaced(positions: list[int]) -> list[int]:
    """At most 1,000 of the positions, evenly spaced."""
    count = min(len(positions), _LEFT_OUT)
    places = torch.linspace(0, len(positions) - 1, count).round().long().unique().tolist()
    return [positions[place] for place in places]


def _left_out_errors(
    index: NeighbourIndex, values: Tensor, chosen: list[int], count: int
) -> tuple[float, float]:
    """Mean absolute errors of the neighbours' mean and of the mean of all others."""
    estimates = torch.tensor([_left_out(index, values, k, count) for k in chosen])
    error = float((estimates - values[chosen]).abs().nanmean())
    others = (values.sum() - values[chosen]) / (len(values) - 1)
    return error, float((others - values[chosen]).abs().mean())
