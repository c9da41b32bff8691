import numpy as np
import pytest
from connectomes import matrices
from hypothesis import given
from hypothesis import strategies as st
from nilearn.connectome import sym_matrix_to_vec
from scipy.spatial.distance import squareform

from pyg_siamex.datasets.connectome.triangle import from_triangle


@given(st.integers(2, 30))
def test_vectors_of_scipy_and_nilearn_give_back_their_matrix(size):
    [matrix] = matrices(1, size)
    upper = squareform(matrix - np.eye(size))
    assert np.array_equal(from_triangle(upper, "upper"), matrix)
    lower = sym_matrix_to_vec(matrix, discard_diagonal=True)
    assert np.allclose(from_triangle(lower, "lower"), matrix)
    with_diagonal = matrix[np.triu_indices(size)]
    assert np.array_equal(from_triangle(with_diagonal, "upper", size), matrix)


def test_what_is_no_triangle_is_named():
    with pytest.raises(ValueError, match="7 numbers is no triangle of any number"):
        from_triangle(np.ones(7), "upper")
    with pytest.raises(ValueError, match="6 numbers is no triangle of 5 regions"):
        from_triangle(np.ones(6), "upper", 5)
    with pytest.raises(ValueError, match="must be 'upper' or 'lower'"):
        from_triangle(np.ones(6), "both")
