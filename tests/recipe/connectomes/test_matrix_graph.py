"""Graphs whose edges are differentiable in a matrix."""

import torch
from small_study import noise, study

from pyg_siamex.recipe.connectomes.matrix_graph import graph_of_edges


def test_graphs_are_those_of_the_data_set_and_differentiable():
    graphs = study(3)
    matrices = graphs.matrices * (1 - torch.eye(8))
    data = graph_of_edges(matrices)(matrices[1])
    dense = torch.zeros(8, 8)
    dense[data.edge_index[0], data.edge_index[1]] = data.edge_weight
    assert torch.equal(dense, matrices[1]) and torch.equal(data.x, torch.eye(8))
    matrix = torch.from_numpy(noise(1)[0]).requires_grad_()
    graph_of_edges(matrix.detach()[None])(matrix).edge_weight.sum().backward()
    assert torch.equal(matrix.grad, (matrix != 0).double())
