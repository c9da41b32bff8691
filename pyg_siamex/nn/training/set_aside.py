"""Validation graphs of a training: a tenth set aside, or a check of those that are given."""

import logging
from collections.abc import Iterator

import torch
from torch_geometric.data import Data

from pyg_siamex.data.graph_keys import graph_keys
from pyg_siamex.data.pair_dataset import PairDataset

_logger = logging.getLogger(__name__)


def set_aside(
    pairs: PairDataset, seed: int, reads: tuple[str, ...]
) -> tuple[PairDataset, PairDataset]:
    """Pairs of nine tenths of the graphs to learn from, and of a tenth to stop by.

    Args:
        pairs: Pairs of all graphs.
        seed: Seed of the split.
        reads: Attributes that the model reads besides the edges.

    Raises:
        ValueError: If a tenth of the graphs makes no pairs of both kinds.
    """
    try:
        learn, validation = pairs.split((0.9, 0.1), seed=seed, together=pairs.groups, reads=reads)
    except ValueError as error:
        raise ValueError(
            f"a tenth of {len(pairs.graphs)} graphs makes no validation set ({error}): pass "
            f"validation=, for example from pairs.split()"
        ) from error
    return learn, validation


def warn_of_known(pairs: PairDataset, validation: PairDataset, reads: tuple[str, ...]) -> None:
    """Log how many validation graphs are training graphs, as the model sees them.

    Args:
        pairs: Training pairs.
        validation: Validation pairs.
        reads: Attributes that the model reads besides the edges.
    """
    outlines = {_outline(graph) for graph in _all(validation)}
    alike = [graph for graph in _all(pairs) if _outline(graph) in outlines]
    if not alike:
        return
    known = set(graph_keys(alike, reads))
    count = sum(key in known for key in graph_keys(_all(validation), reads))
    if count:
        _logger.warning(
            "%d of %d validation graphs are among the training graphs, as the model sees them: the "
            "validation quality says less about new graphs (PairDataset.split keeps such graphs in "
            "one part)",
            *(count, len(validation.graphs)),
        )


def _all(pairs: PairDataset) -> Iterator[Data]:
    return (pairs.graphs[k] for k in range(len(pairs.graphs)))


def _outline(graph: Data) -> tuple[float, ...]:
    """Numbers that equal graphs share and that cost little."""
    x = graph.x
    plain = isinstance(x, torch.Tensor) and x.layout == torch.strided and x.numel() > 0
    ends = (float(x.min()), float(x.max())) if plain else ()
    return (float(graph.num_nodes or 0), float(graph.num_edges), *ends)
