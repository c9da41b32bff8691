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


@pytest.mark.parametrize("order", ["upper", "lower"])
@pytest.mark.parametrize("value", [1, 0, np.nan, np.inf, 18.7], ids=str)
@pytest.mark.parametrize("size", [3, 4, 8])
def test_a_diagonal_among_the_numbers_is_asked_about(order, value, size):
    [matrix] = matrices(1, size)
    np.fill_diagonal(matrix, value)
    row, column = np.triu_indices(size) if order == "upper" else np.tril_indices(size)
    with pytest.raises(ValueError, match=f"of {size + 1} regions, .* {size} regions has its diag"):
        from_triangle(matrix[row, column], order)
    assert np.array_equal(from_triangle(matrix[row, column], order, size), matrix, equal_nan=True)
    other = {"upper": "lower", "lower": "upper"}[order]
    with pytest.raises(ValueError, match=f"leave the diagonal out(, and .* '{order}' tri.*)?$"):
        from_triangle(matrix[row, column], other)


@pytest.mark.parametrize("order", ["upper", "lower"])
@pytest.mark.parametrize("kind", ["links", "counts", "same", "sparse"])
@given(size=st.integers(3, 12), seed=st.integers(0, 99))
def test_triangles_without_a_diagonal_are_read(order, size, kind, seed):
    rng = np.random.default_rng(seed)
    length = size * (size - 1) // 2
    values = {
        "links": rng.integers(0, 2, length) * (size > 6),
        "counts": rng.integers(0, 9, length) if size > 6 else np.arange(length),
        "same": np.full(length, 0.3),
        "sparse": np.where(np.arange(length) % 2, 0, rng.normal(size=length)),
    }[kind]
    found = from_triangle(values, order)
    assert found.shape == (size, size) and np.count_nonzero(found) >= size
