"""What a model returns must be finite numbers."""

from torch import Tensor

from pyg_siamex.data.union_tensors import UnionTensors


def check_similarities(similarity: Tensor) -> None:
    """Refuse similarities that are NaN or infinite.

    Args:
        similarity: Similarity of each pair, ``[B]``.

    Raises:
        ValueError: Names the first pair.

    Example:
        >>> check_similarities(torch.tensor([0.5, float("nan")]))
        Traceback (most recent call last):
        ...
        ValueError: the model's similarity is not finite for pair 1: check its weights and inputs
    """
    if not bool(similarity.isfinite().all()):
        pair = int((~similarity.reshape(-1).isfinite()).nonzero()[0])
        raise ValueError(
            f"the model's similarity is not finite for pair {pair}: check its weights and inputs"
        )


def check_embeddings(h: Tensor, inputs: UnionTensors) -> None:
    """Refuse embeddings that are NaN or infinite.

    Args:
        h: Embedding of each graph, ``[num_graphs, D]``.
        inputs: The graphs.

    Raises:
        ValueError: Names the first graph, and negative weights of edges, which are often the cause.
    """
    why = told_of_embeddings(h, inputs)
    if why is not None:
        raise ValueError(why)


def told_of_embeddings(h: Tensor, inputs: UnionTensors) -> str | None:
    """What is wrong with embeddings that are not finite; ``None`` of those that are.

    Args:
        h: Embedding of each graph, ``[num_graphs, D]``.
        inputs: The graphs.
    """
    if bool(h.isfinite().all()):
        return None
    graph = int((~h.isfinite()).reshape(len(h), -1).any(1).nonzero()[0])
    who = f"graph {graph} of {inputs.num_graphs}" if inputs.num_graphs > 1 else "the graph"
    weight = inputs.extras.get("edge_weight")
    way = "check the model's weights and inputs"
    if weight is not None and bool((weight.value < 0).any()):
        way = (
            "edge_weight has negative values, and layers such as GCN's take roots of sums of "
            "weights: use WeightedGCN or WeightedGIN, or weights from 0"
        )
    return f"the embedding of {who} is not finite (NaN or infinite): {way}"
