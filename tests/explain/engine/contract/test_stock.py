"""Which encoders need no trial of gates and gradients, and that the trials would find nothing."""

from dataclasses import replace

import pytest
import torch
import torch_geometric.nn as pyg
from graphs import FEATURES, random_graph
from torch import nn

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine import encoder as engine
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.contract.stock import is_stock
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.like import mask_like

STOCK = {
    "GIN": lambda: pyg.GIN(FEATURES, 8, 2),
    "GIN with batch norm": lambda: pyg.GIN(FEATURES, 8, 3, norm="batch_norm"),
    "GCN": lambda: pyg.GCN(FEATURES, 8, 3, jk="cat", act="gelu"),
    "GraphSAGE": lambda: pyg.GraphSAGE(FEATURES, 8, 2, aggr="max", dropout=0.5),
    "GAT": lambda: pyg.GAT(FEATURES, 8, 2, heads=2, v2=True),
}


def changed(change):
    encoder = pyg.GCN(FEATURES, 8, 2)
    change(encoder)
    return encoder


class Derived(pyg.GCN):
    def forward(self, x, edge_index):
        return super().forward(x, edge_index).detach()


OTHERS = {
    "derived": lambda: Derived(FEATURES, 8, 2),
    "in a module": lambda: nn.Sequential(pyg.Linear(FEATURES, 8)),
    "graph norm": lambda: pyg.GIN(FEATURES, 8, 2, norm="GraphNorm"),
    "function as activation": lambda: pyg.GIN(FEATURES, 8, 2, act=lambda x: x.detach()),
    "lstm": lambda: pyg.GCN(FEATURES, 8, 2, jk="lstm"),
    "hook": lambda: changed(lambda e: e.convs[0].register_forward_hook(lambda m, i, o: o * 2)),
    "message hook": lambda: changed(
        lambda e: e.convs[0].register_message_forward_hook(lambda m, i, o: o.detach())
    ),
    "own forward": lambda: changed(lambda e: setattr(e, "forward", lambda x, edge_index: x)),
    "own message": lambda: changed(
        lambda e: setattr(e.convs[1], "message", lambda x_j, edge_weight: x_j.detach())
    ),
}


@pytest.mark.parametrize("name", STOCK)
def test_models_as_they_come_are_stock(name):
    assert is_stock(STOCK[name]())


@pytest.mark.parametrize("name", OTHERS)
def test_models_with_something_else_are_not(name):
    assert not is_stock(OTHERS[name]())


@pytest.mark.parametrize("name", STOCK)
def test_the_trials_that_stock_models_skip_find_nothing(name):
    torch.manual_seed(0)
    model = SiameseGNN(STOCK[name]().double(), "add")
    inputs = model.inputs_of([random_graph(7, 0, torch.double), random_graph(6, 1, torch.double)])
    with untouched(model):
        contract = contract_of(model, inputs)
        assert contract.stock
        with engine.encoder_of(model, inputs, edges=True, nodes=True) as encoder:
            encoder = replace(encoder, contract=replace(contract, stock=False))
            assert encoder._leak() is None
            graph = contract.graph
            gap = engine.gradient_gap(
                lambda gate: encoder(graph, None, gate),
                (len(graph.x), 1),
                mask_like(model, graph),
            )
            assert gap < 0.2
