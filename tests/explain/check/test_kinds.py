"""Kinds of mask by name are those that their arguments request."""

import pytest
from graphs import FEATURES, random_graph
from torch_geometric.nn import GCN, GIN

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.check import MASK_KINDS


@pytest.mark.parametrize("name", MASK_KINDS)
def test_an_explainer_with_these_arguments_gives_these_masks(name):
    kind = MASK_KINDS[name]
    weighted, plain = (SiameseGNN(net(FEATURES, 8, 2), "add").eval() for net in (GCN, GIN))
    assert kind.fits(weighted) and kind.fits(plain) == (kind.mask_mode == "message")
    graph = random_graph(5)
    graph.edge_weight = graph.edge_attr[:, 0] + 1
    explanation = PairExplainer(weighted, Occlusion(), **kind.arguments)(graph, graph)
    words = name.replace("undirected ", "").split(" and ")
    found = explanation.query
    assert ("edge_mask" in found) == any(word.startswith("edge") for word in words)
    columns = {"nodes": 1, "node features": FEATURES, "common features": FEATURES}
    wanted = [columns[word] for word in words if word in columns]
    assert (found.node_mask.size(1) == wanted[0]) if wanted else ("node_mask" not in found)
