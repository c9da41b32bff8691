"""What a model returns must be finite numbers."""

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from pyg_siamex._given import either
from pyg_siamex.data.union_tensors import UnionTensors


def check_similarities(
    similarity: Tensor,
    graphs: Sequence[UnionTensors] = (),
    naming: Callable[[int], str] = lambda k: f"pair {k}",
) -> None:
    """Refuse similarities that are NaN or infinite.

    Args:
        similarity: Similarity of each pair, ``[B]``.
        graphs: The graphs of both sides, whose weights may be the cause. Default: not known.
        naming: What a pair is called in messages, by its position.

    Raises:
        ValueError: Names the first pair, and negative weights of edges, which are often the cause.

    Example:
        >>> check_similarities(torch.tensor([0.5, float("nan")]))
        Traceback (most recent call last):
        ...
        ValueError: the model's similarity is not finite for pair 1: check its weights and inputs
    """
    if not bool(similarity.isfinite().all()):
        pair = int((~similarity.reshape(-1).isfinite()).nonzero()[0])
        way = either(_negative_weights(graphs), "check its weights and inputs")
        raise ValueError(f"the model's similarity is not finite for {naming(pair)}: {way}")


def _negative_weights(graphs: Iterable[UnionTensors]) -> str | None:
    """The way out of negative weights of edges, where there are some."""
    weights = [inputs.extras.get("edge_weight") for inputs in graphs]
    if not any(weight is not None and bool((weight.value < 0).any()) for weight in weights):
        return None
    return (
        "edge_weight has negative values, and layers such as GCN's take roots of sums of weights: "
        "use WeightedGCN or WeightedGIN, or weights from 0"
    )


class NotFiniteError(ValueError):
    """Embeddings that are NaN or infinite, or have squares that are."""


def check_embeddings(h: Tensor, inputs: UnionTensors) -> None:
    """Refuse embeddings that are NaN or infinite, or have squares that are.

    Args:
        h: Embedding of each graph, ``[num_graphs, D]``.
        inputs: The graphs.

    Raises:
        NotFiniteError: Names the first graph, and negative weights of edges, which are often the
            cause.
    """
    why = told_of_embeddings(h, inputs)
    if why is not None:
        raise NotFiniteError(why)


def told_of_embeddings(h: Tensor, inputs: UnionTensors) -> str | None:
    """What is wrong with embeddings whose lengths are not finite, or ``None``.

    Args:
        h: Embedding of each graph, ``[num_graphs, D]``.
        inputs: The graphs.
    """
    length = h.reshape(len(h), -1).to(h if h.is_floating_point() else torch.double).norm(dim=1)
    if bool(length.isfinite().all()):
        return None
    graph = int((~length.isfinite()).nonzero()[0])
    who = f"graph {graph} of {inputs.num_graphs}" if inputs.num_graphs > 1 else "the graph"
    if bool(h[graph].isfinite().all()):
        largest = float(h[graph].detach().abs().max())
        return (
            f"the embedding of {who} has entries up to {largest:.3g}, whose "
            f"squares are not finite in {h.dtype}: scale the features, or use model.double()"
        )
    way = either(_negative_weights([inputs]), "check the model's weights and inputs")
    return f"the embedding of {who} is not finite (NaN or infinite): {way}"
