"""Factors of many graphs, a batch of bounded size at a time."""

from collections.abc import Callable, Sequence

from torch_geometric.data import Batch, Data

from pyg_siamex.data.checked_graph import check_list, check_types
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.taken_apart import taken_apart
from pyg_siamex.explain.relevance.factors import Factors, concatenate
from pyg_siamex.nn.siamese import SiameseGNN

_BATCH_SIZE = 8192
"""Nodes plus edges sent through the encoder at once."""


def in_batches(
    model: SiameseGNN,
    graphs: Sequence[Data] | Batch,
    compute: Callable[[GraphInputs], Factors],
    size: int = _BATCH_SIZE,
) -> Factors:
    """Compute factors batch by batch.

    Args:
        model: The Siamese model.
        graphs: The graphs.
        compute: From a union of graphs to its factors.
        size: Nodes plus edges per batch. A larger graph is a batch of its own.

    Raises:
        TypeError: If ``graphs`` is not a list of graphs.
        ValueError: If ``graphs`` is empty, or a graph cannot be read.
    """
    check_list([graphs] if isinstance(graphs, Batch) else graphs)
    whole = isinstance(graphs, Batch)
    items = taken_apart(graphs, model.extra_inputs) if whole else list(graphs)
    if not items:
        raise ValueError("there are no graphs to compute factors of")
    found: list[Factors] = []
    batch: list[Data] = []
    filled = 0
    for position, graph in enumerate(items):
        check_types(graph, f"graph {position}")
        cost = int(graph.num_nodes or 0) + graph.num_edges
        if batch and filled + cost > size:
            found.append(compute(model.inputs_of(batch)))
            batch, filled = [], 0
        batch.append(graph)
        filled += cost
    found.append(compute(model.inputs_of(batch)))
    return concatenate(found)
