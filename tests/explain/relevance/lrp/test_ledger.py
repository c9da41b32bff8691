import torch
from explain.relevance.models import random_graph, siamese
from torch_geometric.data import Batch
from torch_geometric.nn import GCN

from pyg_siamex.explain.relevance.lrp.ledger import Ledger


def ledger_of(*sizes):
    graphs = [random_graph(k, nodes, edges) for k, (nodes, edges) in enumerate(sizes)]
    inputs = siamese(GCN(5, 4, 1)).inputs(Batch.from_data_list(graphs))
    return Ledger(inputs, torch.float64), inputs


def test_a_booking_keeps_the_value_and_gives_each_graph_its_amount():
    ledger, inputs = ledger_of((4, 5), (2, 3))
    for rows, graph in ((6, inputs.batch), (8, inputs.edge_graph), (2, torch.arange(2))):
        out, amount = torch.randn(2, rows, 3, dtype=torch.float64)
        booked = ledger.book(out, amount, "bias")
        assert torch.equal(booked, out)
        (found,) = torch.autograd.grad(booked.sum(), ledger.gates["bias"])
        expected = torch.stack([amount[graph == k].sum() for k in range(2)])
        torch.testing.assert_close(found, expected)
    assert ledger.complete


def test_each_absorber_has_its_own_account():
    ledger, _ = ledger_of((4, 5), (2, 3))
    out = torch.zeros(6, 3, dtype=torch.float64)
    booked = ledger.book(ledger.book(out, out + 2, "bias"), out + 3, "epsilon")
    bias, epsilon = torch.autograd.grad(booked[0, 0], list(ledger.gates.values()))
    assert bias.tolist() == [2.0, 0.0] and epsilon.tolist() == [3.0, 0.0]


def test_one_amount_for_all_rows_is_absorbed_by_each():
    ledger, _ = ledger_of((4, 5), (2, 3))
    out = torch.zeros(6, 3, dtype=torch.float64)
    booked = ledger.book(out, torch.ones(3, dtype=torch.float64), "bias")
    (found,) = torch.autograd.grad(booked.sum(), ledger.gates["bias"])
    assert found.tolist() == [12.0, 6.0]


def test_rows_of_another_kind_are_left_out_and_noted():
    ledger, _ = ledger_of((4, 5), (2, 3))
    out = torch.zeros(7, 3, dtype=torch.float64)
    assert ledger.book(out, out + 1, "bias") is out
    assert not ledger.complete


def test_edges_with_one_loop_for_each_node_are_rows_too():
    ledger, inputs = ledger_of((4, 5), (2, 3))
    out = torch.ones(int((~inputs.loops).sum()) + 6, 1, dtype=torch.float64)
    (found,) = torch.autograd.grad(ledger.book(out, out, "bias").sum(), ledger.gates["bias"])
    proper = torch.bincount(inputs.edge_graph[~inputs.loops], minlength=2)
    assert found.tolist() == (proper + torch.tensor([4, 2])).tolist() and ledger.complete


def test_one_graph_alone_books_whatever_the_rows():
    ledger, _ = ledger_of((4, 5))
    out = torch.ones(3, 2, dtype=torch.float64)
    (found,) = torch.autograd.grad(ledger.book(out, out, "bias").sum(), ledger.gates["bias"])
    assert found.tolist() == [6.0] and ledger.complete
