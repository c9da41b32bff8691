import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data import ListedPairs, SameLabel, WithinThreshold

pairs = st.dictionaries(
    st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: tuple(sorted(p))),
    st.sampled_from([0.0, 1.0, -2.5]),
    max_size=20,
)
positions = st.lists(st.integers(0, 12), max_size=6)


@given(listed=pairs, i=positions, j=positions)
@settings(max_examples=100, deadline=None)
def test_listed_pairs_against_a_dictionary(listed, i, j):
    index = torch.tensor(list(listed), dtype=torch.long).view(-1, 2)
    index[::2] = index[::2].flip(1)
    relation = ListedPairs(index, torch.tensor(list(listed.values())))
    matrix = relation.matrix(torch.tensor(i).long(), torch.tensor(j).long())
    assert matrix.shape == (len(i), len(j)) and matrix.dtype == torch.float
    for row, a in enumerate(i):
        for column, b in enumerate(j):
            score = listed.get((min(a, b), max(a, b)), math.nan)
            found = float(matrix[row, column])
            assert found == score or (math.isnan(found) and math.isnan(score))


def test_classes_and_thresholds_by_hand():
    i, j = torch.tensor([0, 1]), torch.tensor([1, 2, 0])
    labels = SameLabel(torch.tensor([4, 4, 7])).matrix(i, j)
    assert labels.tolist() == [[1, 0, 1], [1, 0, 1]]
    values = WithinThreshold(torch.tensor([0.0, 0.5, 2.0]), 0.5).matrix(i, j)
    assert values.tolist() == [[1, 0, 1], [1, 0, 1]]
