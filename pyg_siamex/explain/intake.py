"""Check graphs from users before any long computation."""

import copy
from collections.abc import Sequence

from torch_geometric.data import Batch, Data

from pyg_siamex.data.checked_graph import check_edge_rows, check_own_values, check_types
from pyg_siamex.data.inputs import check_named
from pyg_siamex.data.read_inputs import edges_of
from pyg_siamex.data.taken_apart import taken_apart
from pyg_siamex.explain.engine.unshared import is_unshared
from pyg_siamex.nn.missing_edges import check_edges_set
from pyg_siamex.nn.siamese import SiameseGNN


def graphs_of(data: Data | Batch, reads: Sequence[str]) -> list[Data]:
    """One graph or the graphs of a batch, as a list.

    Args:
        data: A graph or a batch.
        reads: Attributes that the model reads besides ``x`` and the edges.

    Raises:
        TypeError: If ``data`` holds no graphs.
        ValueError: If a batch cannot be separated into graphs.
    """
    check_types(data)
    return taken_apart(data, reads) if isinstance(data, Batch) else [data]


def with_edges(graph: Data, model: SiameseGNN, name: str = "a graph of the list") -> Data:
    """The graph with an ``edge_index``, taken from its sparse ``adj_t`` if it has one.

    Args:
        graph: The graph.
        model: The model that reads it.
        name: Name of the graph in messages.

    Raises:
        TypeError: If it is not a graph.
        ValueError: If it has no node features, values of other edges than it has, or neither
            ``edge_index`` nor ``adj_t`` for a model that passes messages.
    """
    if not isinstance(graph, Data):
        check_types(graph, name)
    if graph.edge_index is not None:
        return graph
    if graph.x is None:
        raise ValueError(f"{name} has no node features: set data.x, [num_nodes, num_features]")
    if not is_unshared(model):
        check_edges_set(model.encoder, graph, name)
    edge_index, values = edges_of(graph, model.extra_inputs)
    check_edge_rows(graph, edge_index.size(1), name)
    graph = copy.copy(graph)
    if graph.get("adj_t") is not None:
        del graph.adj_t
    graph.edge_index = edge_index
    for name, value in values.items():
        graph[name] = value
    return graph


def check_graph(graph: Data, name: str) -> None:
    """Refuse a graph that cannot be explained; values are compared where they are read.

    Args:
        graph: The graph.
        name: Name of the graph in messages.

    Raises:
        TypeError: If it is not a graph, or holds something else than tensors of real numbers.
        ValueError: If features or edges are missing, malformed or not finite.
    """
    check_types(graph, name)
    x = graph.x
    if not (x.dim() == 2 or (x.dim() == 1 and not x.is_floating_point())):
        raise ValueError(
            f"{name} needs node features x, [num_nodes, num_features] (got {list(x.shape)})"
        )
    check_own_values(graph, name)


def named_graphs(graphs: Sequence[Data], names: Sequence[str], model: SiameseGNN) -> list[Data]:
    """Graphs of one side with their edges, each of them checked, and all against the first.

    Args:
        graphs: The graphs.
        names: Their names in messages.
        model: The model that reads them.

    Raises:
        TypeError: As for :func:`with_edges` and :func:`check_graph`.
        ValueError: As for these, or if a graph has other features than the first.
    """
    found = [with_edges(one, model, name) for one, name in zip(graphs, names, strict=True)]
    for graph, name in zip(found, names, strict=True):
        check_graph(graph, name)
    if not is_unshared(model):
        check_named(found, lambda k: names[k], model.extra_inputs)
    return found
