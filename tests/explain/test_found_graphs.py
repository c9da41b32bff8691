"""Graphs that a search reads are compared with the library's embeddings."""

import pytest
import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.nn import GIN

from pyg_siamex.explain.found_graphs import check_found
from pyg_siamex.nn import Library


def test_entries_at_their_positions_are_right_and_others_are_named():
    model, graphs = siamese(GIN(5, 8, 2)), [random_graph(k, 5) for k in range(5)]
    library = Library.embed(model, graphs)
    check_found(library, library.embeddings[0], [graphs[3], graphs[1]], [3, 1])
    check_found(library, library.embeddings[0], [], [])
    with torch.no_grad():
        was, now = (float(model(graphs[0], graphs[k])) for k in (1, 2))
    told = f"entry 1 of the library has similarity {was:.4g} to the query, and entry 1 of graphs"
    with pytest.raises(ValueError, match=f"{told} {now:.4g}: graphs must be those"):
        check_found(library, library.embeddings[0], [graphs[3], graphs[2]], [3, 1])
