"""Quality of a Siamese model before it is explained: pair AUC and spread of the embeddings."""

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._arrays import as_array
from pyg_siamex._door import checked
from pyg_siamex._numbers import whole
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.data.stored_graphs import read_graphs
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.embedding import embed_batch
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity.each_row import check_each_row

_COLLAPSED = 0.99

_TRIED = 1024
"""Graphs of which some are compared in a batch and alone."""


class CollapseWarning(UserWarning):
    """The model maps nearly all graphs to one direction."""


@checked
def embed_all(model: SiameseGNN, graphs: Sequence[Data], batch_size: int = 256) -> Tensor:
    """Embeddings of all graphs in evaluation mode, ``[n, D]``, on the CPU.

    Args:
        model: The model.
        graphs: At least one graph.
        batch_size: Graphs that are embedded at once, at least 1.

    Raises:
        ValueError: If there are no graphs, ``batch_size`` is below 1, or a graph cannot be read.
    """
    whole("batch_size", batch_size)
    if not len(graphs):
        raise ValueError("there are no graphs to embed")
    # Not a DataLoader: it draws from the global random state even without shuffling.
    chunks = [range(k, min(k + batch_size, len(graphs))) for k in range(0, len(graphs), batch_size)]
    return torch.cat(
        [embed_batch(model, read_graphs(graphs, chunk), chunk.start) for chunk in chunks]
    )


def check_pairs(pairs: Any, name: str, optional: bool = False) -> None:
    """Refuse what is no :class:`~pyg_siamex.data.PairDataset`.

    Args:
        pairs: Anything.
        name: Its name in messages.
        optional: Whether ``None`` is allowed.

    Raises:
        TypeError: If it is something else.
    """
    if not isinstance(pairs, PairDataset) and not (optional and pairs is None):
        raise TypeError(
            f"{name} must be a PairDataset (got {type(pairs).__name__}): PairDataset(graphs) makes "
            f"one of graphs with labels y"
        )


@torch.no_grad()
@checked
def pair_similarities(model: SiameseGNN, pairs: PairDataset) -> Tensor:
    """Similarity of every pair of the data set, ``[P]``, each graph embedded once.

    Raises:
        TypeError: If ``pairs`` is something else, or a graph holds no tensors of real numbers.
        ValueError: If a graph cannot be read, a similarity is not finite, or the head mixes the
            rows that it compares.
    """
    check_pairs(pairs, "pairs")
    embeddings = embed_all(model, pairs.graphs)
    query, reference = pairs.index.unbind(1)
    device = device_of(model)
    with evaluating(model.similarity):
        check_each_row(model.similarity, embeddings[:_TRIED].to(device))
        parts = [
            model.similarity(embeddings[q].to(device), embeddings[r].to(device)).cpu()
            for q, r in zip(query.split(65536), reference.split(65536), strict=True)
        ]
    similarity = torch.cat(parts)
    check_similarities(similarity)
    return similarity


@checked
def pair_auc(model: SiameseGNN, pairs: PairDataset) -> float:
    """Area under the ROC curve of the similarity for alike against unlike pairs, in [0, 1].

    Raises:
        TypeError: If ``pairs`` is something else, or a graph holds no tensors of real numbers.
        ValueError: If the targets are not 0 and 1, or are all equal, a graph cannot be read, or a
            similarity is not finite.
    """
    return auc(pair_similarities(model, pairs), pairs.target)


def auc(similarity: Tensor, target: Tensor) -> float:
    """ROC AUC of similarities ``[P]`` for binary targets ``[P]``; unknown targets are left out."""
    known = ~target.isnan()
    kinds = target[known].unique().tolist()
    if kinds != [0.0, 1.0]:
        raise ValueError(f"pair AUC needs targets 0 and 1, got {kinds[:5]}")
    if not bool(similarity[known].isfinite().all()):
        raise ValueError(
            "similarities of the pairs are NaN or infinite: check the model's weights and the "
            "graphs' values"
        )
    in_order = rankdata(as_array(similarity[known]), "dense")  # differences may overflow
    return float(roc_auc_score(as_array(target[known]), in_order))


@checked
def spread(embeddings: Tensor) -> float:
    """Mean cosine between the embeddings of distinct graphs, in [-1, 1].

    Near 1 the model maps all graphs to nearly the same direction. Cosines then differ only in their
    last digits, and explanations are stable over references without meaning. A small value means
    that embeddings are far apart.

    Args:
        embeddings: ``[n, D]``, n at least 2.

    Raises:
        ValueError: If there are fewer than two embeddings, or one is not finite.
    """
    if embeddings.dim() != 2:
        raise ValueError(f"embeddings must be [n, D] (got {list(embeddings.shape)})")
    n = len(embeddings)
    if n < 2:
        raise ValueError(f"the spread needs at least 2 embeddings (got {n})")
    if not bool(embeddings.isfinite().all()):
        raise ValueError("embeddings hold NaN or infinite values: check the model's weights")
    directions = torch.nn.functional.normalize(embeddings.double(), dim=-1)
    zeros = int((embeddings == 0).all(1).sum())  # have no direction, and are all the same
    total = directions.sum(0).square().sum() - directions.square().sum() + zeros * (zeros - 1)
    return float(total / (n * (n - 1)))


def warn_if_collapsed(value: float) -> bool:
    """Warn if the spread shows that the model collapsed; returns whether it did."""
    collapsed = value >= _COLLAPSED
    if collapsed:
        warnings.warn(
            f"the model collapsed: embeddings of different graphs have mean cosine {value:.4f}. "
            f"Similarities differ in their last digits only. Try pool='add', a normalisation "
            f"layer in the encoder (norm='batch_norm'), or another loss",
            CollapseWarning,
            stacklevel=4,
        )
    return collapsed
