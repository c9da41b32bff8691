"""Validation graphs of a training: a part set aside, or a check of those that are given."""

import logging
from collections.abc import Iterator, Sequence

import torch
from torch_geometric.data import Data

from pyg_siamex.data.graph_keys import graph_keys
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.stored_graphs import each_of
from pyg_siamex.nn.training.data_module import is_binary

_logger = logging.getLogger(__name__)


_SHARES = (0.1, 0.15, 0.2, 0.3, 0.4)
"""Shares of the graphs that are tried until both parts have pairs of both kinds."""


def set_aside(
    pairs: PairDataset, seed: int, reads: tuple[str, ...]
) -> tuple[PairDataset, PairDataset]:
    """Pairs of most graphs to learn from, and of a tenth to stop by.

    Where a tenth of the graphs makes no pairs of both kinds, or of different scores, up to four
    tenths are set aside.

    Args:
        pairs: Pairs of all graphs.
        seed: Seed of the split.
        reads: Attributes that the model reads besides the edges.

    Raises:
        ValueError: If four tenths of the graphs make no pairs of both kinds.
    """
    problem = ""
    unordered: tuple[PairDataset, PairDataset] | None = None
    for share in _SHARES:
        try:
            parts = pairs.split((1 - share, share), seed=seed, together=pairs.groups, reads=reads)
        except ValueError as error:
            problem = str(error)
            continue
        problem = _problem(pairs, parts)
        if not problem:
            return parts[0], parts[1]
        if unordered is None and not is_binary(parts[1]):
            unordered = parts[0], parts[1]
    if unordered is not None and not _has_both_kinds(pairs):
        _logger.warning(
            "%.0f%% of %d graphs, which are set aside, have no pairs of different scores: the "
            "validation quality is 0 in every epoch, and the last epoch is kept (pass validation=)",
            *(100 * _SHARES[-1], len(pairs.graphs)),
        )
        return unordered
    raise ValueError(
        f"{_SHARES[-1]:.0%} of {len(pairs.graphs)} graphs make no validation set ({problem}): pass "
        f"validation=, for example from pairs.split()"
    )


def _problem(pairs: PairDataset, parts: Sequence[PairDataset]) -> str:
    """Why a quality of the second part cannot be told, or an empty string."""
    if _has_both_kinds(pairs):
        kinds = all(map(_has_both_kinds, parts))
        return "" if kinds else "all pairs of a part are alike, or all unlike"
    ordered = _has_order(parts[1]) or not _has_order(pairs)
    return "" if ordered else "all known pairs of a part have one score"


def _has_both_kinds(pairs: PairDataset) -> bool:
    known = pairs.target[~pairs.target.isnan()]
    return bool(known.unique().tolist() == [0.0, 1.0])


def _has_order(pairs: PairDataset) -> bool:
    """Whether known targets differ, so that similarities can be in their order."""
    return len(pairs.target[~pairs.target.isnan()].unique()) > 1


def warn_of_known(pairs: PairDataset, validation: PairDataset, reads: tuple[str, ...]) -> None:
    """Log how many validation graphs are training graphs, as the model sees them.

    Args:
        pairs: Training pairs.
        validation: Validation pairs.
        reads: Attributes that the model reads besides the edges.
    """
    outlines = {_outline(graph) for graph in _all(validation)}
    alike = (graph for graph in _all(pairs) if _outline(graph) in outlines)
    known = set(graph_keys(alike, reads))
    if not known:
        return
    count = sum(key in known for key in graph_keys(_all(validation), reads))
    if count:
        _logger.warning(
            "%d of %d validation graphs are among the training graphs, as the model sees them: the "
            "validation quality says less about new graphs (PairDataset.split keeps such graphs in "
            "one part)",
            *(count, len(validation.graphs)),
        )


def _all(pairs: PairDataset) -> Iterator[Data]:
    return each_of(pairs.graphs)


def _outline(graph: Data) -> tuple[float, ...]:
    """Numbers that equal graphs share and that cost little."""
    x = graph.x
    plain = isinstance(x, torch.Tensor) and x.layout == torch.strided and x.numel() > 0
    ends = (float(x.min()), float(x.max())) if plain else ()
    return (float(graph.num_nodes or 0), float(graph.num_edges), *ends)
