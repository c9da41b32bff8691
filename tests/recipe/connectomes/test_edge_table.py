import numpy as np
import torch
from small_study import study

from pyg_siamex.nn.roi_profiles import profile_graphs
from pyg_siamex.recipe.connectomes.advised import bare
from pyg_siamex.recipe.connectomes.edge_table import edge_table, full_matrices, matrix_table


def test_columns_are_the_upper_triangle_and_absent_edges_are_zero():
    graphs = study(3)
    data = bare(graphs)
    keep = data[0].edge_index.sum(0) > 3
    data[0].edge_index, data[0].edge_weight = data[0].edge_index[:, keep], data[0].edge_weight[keep]
    table = edge_table(data)
    row, col = np.triu_indices(8, 1)
    expected = graphs.matrices[:, row, col].numpy()
    expected[0, (row + col) <= 3] = 0
    assert np.allclose(table, expected)
    assert torch.equal(torch.tensor(edge_table(profile_graphs(data))), torch.tensor(table))


def test_full_matrices_are_the_inverse():
    graphs = study(3)
    assert np.allclose(
        full_matrices(edge_table(bare(graphs))), graphs.matrices.numpy() * (1 - np.eye(8))
    )


def test_whole_matrices_keep_what_is_no_edge():
    matrices = torch.randn(3, 4, 4)
    matrices = matrices + matrices.mT
    found = matrix_table(matrices)
    assert np.allclose(full_matrices(found), matrices * (1 - torch.eye(4)))
