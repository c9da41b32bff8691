"""What is said of encoders that cannot be called."""

import pytest
import torch
from nn.encoder_of import Anything
from torch_geometric.nn import GIN, GATConv, GCNConv

from pyg_siamex import SiameseGNN, adapt

REFUSED = {
    "takes a whole graph": [
        lambda data: None,
        lambda graph, return_attention=False: None,
        lambda batch: None,
        lambda data, edge_weight: None,
    ],
    "compares graphs": [
        lambda data1, data2: None,
        lambda graph_q, graph_r: None,
        lambda x1, edge_index1, x2, edge_index2: None,
        lambda anchor, positive, negative: None,
        lambda query, reference: None,
    ],
    "takes no edges": [lambda x: None, lambda h: None],
    "names neither of them": [lambda: None, lambda **named: None],
    "takes them only by name": [lambda x, *, edges: None, lambda *, h, edges: None],
    "takes other inputs": [lambda z, pos, batch=None: None, lambda x, batch: None],
}


@pytest.mark.parametrize(
    ("message", "forward"), [(m, f) for m, forwards in REFUSED.items() for f in forwards]
)
def test_the_error_shows_the_lines_that_adapt_an_encoder(message, forward):
    with pytest.raises(ValueError, match=message) as raised:
        SiameseGNN(Anything(forward))
    assert "Adapt it" in str(raised.value) and "    " in str(raised.value)


@pytest.mark.parametrize(
    "forward",
    [
        lambda x, edge_index: None,
        lambda h, edges, pos: None,
        lambda node_feats, adj: None,
        lambda z, edge_index, pos, batch: None,
        lambda *inputs: None,
        lambda x, *, edge_index: None,
        lambda x, pos, edge_index: None,
        lambda edge_index, x: None,
        lambda edge_index, *, x: None,
        lambda *, x, edge_index: None,
        lambda *, edge_index, x: None,
    ],
)
def test_other_names_are_fine(forward):
    assert SiameseGNN(Anything(forward))


ONE_GRAPH = {
    "GIN": lambda: GIN(4, 8, 2),
    "GCNConv": lambda: GCNConv(4, 8),
    "GATConv": lambda: GATConv(4, 8),
    "compiled": lambda: torch.compile(GIN(4, 8, 2)),
    "adjacency": lambda: Anything(lambda x, adj: None),
    "encoder": lambda: Anything(lambda x, edge_index, batch=None: None),
}
OTHER_CALLS = {
    "Linear": lambda: torch.nn.Linear(4, 5),
    "Sequential": lambda: torch.nn.Sequential(torch.nn.Linear(4, 5)),
    "data": lambda: Anything(lambda data: None),
    "nothing": lambda: Anything(lambda: None),
    "triplet": lambda: Anything(lambda anchor, positive, negative: None),
    "by name": lambda: Anything(lambda data1, data2, *, mode: None),
    "none": lambda: Anything(lambda *, pair: None),
}
PAIRS = {
    "two": lambda: Anything(lambda data1, data2: None),
    "further": lambda: Anything(lambda a, b, mode="x", **more: None),
    "any": lambda: Anything(lambda *graphs: None),
    "one and any": lambda: Anything(lambda first, *others: None),
    "default": lambda: Anything(lambda a, b=None: None),
}


@pytest.mark.parametrize("name", [*ONE_GRAPH, *OTHER_CALLS])
def test_what_takes_no_two_graphs_is_adapted_by_a_score(name):
    model = {**ONE_GRAPH, **OTHER_CALLS}[name]()
    message = "takes one graph: use SiameseGNN" if name in ONE_GRAPH else "is not: say how"
    with pytest.raises(
        ValueError, match=rf"model\(data1, data2\), and .*forward.*{message}"
    ) as told:
        adapt(model)
    assert "score=lambda" in str(told.value)
    assert adapt(model, lambda net, a, b: net(a)).encoder is model


@pytest.mark.parametrize("name", PAIRS)
def test_what_takes_two_graphs_is_adapted(name):
    assert adapt(PAIRS[name]())


@pytest.mark.parametrize("kind", [torch.nn.ModuleList, torch.nn.Module, torch.nn.ModuleDict])
def test_modules_without_forward_are_refused(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__} has no forward"):
        SiameseGNN(kind())
