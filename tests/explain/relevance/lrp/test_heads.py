"""Maps by attention head against one map per head."""

import torch
from explain.relevance.models import random_graph, siamese
from torch import nn
from torch_geometric.nn import MessagePassing

from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.explain.relevance.lrp.aggregation import aggregated
from pyg_siamex.explain.relevance.lrp.heads import by_head
from pyg_siamex.explain.relevance.lrp.layer_rules import register_rule


class ByHead(MessagePassing):
    """Two heads of 3 channels, which collect neighbours and map them."""

    def __init__(self):
        super().__init__(aggr="sum")
        self.lin = nn.Linear(5, 6, bias=False)

    def forward(self, x, edge_index):
        collected = self.propagate(edge_index, x=x)
        return self.lin(collected)


class Each(ByHead):
    """The same as two layers side by side."""


def with_heads(lrp, conv, value, x, edge_index):
    def send(part):
        return conv.propagate(edge_index, x=part).unsqueeze(1).expand(-1, 2, -1)

    signal = aggregated(lrp, conv, x, send)
    return lrp.emit(by_head(lrp, signal, conv.lin.weight, 2).flattened(), value)


def as_one(lrp, conv, value, x, edge_index):
    signal = aggregated(lrp, conv, x, lambda part: conv.propagate(edge_index, x=part))
    return lrp.emit(lrp.step(signal, conv.lin.weight, None), value)


def test_heads_that_collect_the_same_are_one_map():
    one, other = siamese(ByHead()), siamese(Each())
    other.load_state_dict(one.state_dict())
    graph = random_graph(0)
    with register_rule(ByHead, with_heads), register_rule(Each, as_one):
        for rule in (GammaRule(0.0), GammaRule(0.3)):
            found = lrp_factors(one, one.inputs(graph), rule)[0]
            expected = lrp_factors(other, other.inputs(graph), rule)[0]
            torch.testing.assert_close(found.node, expected.node)
