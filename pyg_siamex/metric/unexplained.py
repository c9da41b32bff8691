"""The explained graph without the masks of the explanation."""

import copy
from collections.abc import Sequence

from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.intake import with_edges
from pyg_siamex.nn.siamese import SiameseGNN


def unexplained(graph: Data | Explanation, model: SiameseGNN) -> Data:
    """The graph without masks, with an ``edge_index``; it keeps its class.

    Its class defines how attributes are joined.

    Raises:
        ValueError: If it has values of other edges than it has.
    """
    plain = copy.copy(graph)
    for name in ("node_mask", "edge_mask"):
        if name in plain and name not in model.extra_inputs:
            del plain[name]
    return with_edges(plain, model)


def union(graphs: Sequence[Data | Explanation], model: SiameseGNN) -> GraphInputs:
    """The graphs as one union on the model's device."""
    return model.inputs_of([unexplained(graph, model) for graph in graphs])
