import base64

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from pyg_siamex.visualize.report.pair.group_table import MOST_GROUPS, group_table, packed

NAMES = st.lists(st.integers(0, 40).map(str), min_size=1, max_size=60)


@given(NAMES, NAMES)
def test_groups_keep_the_sum_and_every_node(query, reference):
    generator = torch.Generator().manual_seed(len(query))
    matrix = torch.randn(len(query), len(reference), generator=generator, dtype=torch.double)
    table = group_table(matrix, (query, reference))
    assert torch.isclose(table.values.sum(), matrix.sum())
    assert max(len(table.rows), len(table.columns)) <= MOST_GROUPS
    for members, names in zip(table.members, (query, reference), strict=True):
        assert sorted(node for group in members for node in group) == list(range(len(names)))


def test_groups_agree_with_the_explanation(alike):
    from pyg_siamex.explain import functional_groups

    groups = functional_groups(alike.query), functional_groups(alike.reference)
    found, expected = group_table(alike.relevance.double(), groups), alike.group(*groups)
    assert (found.rows, found.columns) == (expected.query_groups, expected.reference_groups)
    assert torch.allclose(found.values, expected.matrix.double(), atol=1e-6)


def test_the_weakest_groups_are_one():
    matrix = torch.diag(torch.arange(30.0))
    table = group_table(matrix, ([str(k) for k in range(30)], ["all"] * 30))
    assert table.rows[-1] == "all others (11 groups)"
    assert table.members[0][-1] == list(range(11))


def test_numbers_show_two_digits_of_the_largest():
    table = group_table(
        torch.tensor([[0.07123, -0.0004], [-0.0311, 0.0]]), (["a", "b"], ["c", "d"])
    )
    cells = [table.text(i, j) for i in range(2) for j in range(2)]
    assert cells == ["0.071", "0", "\u22120.031", "0"]
    assert group_table(torch.zeros(1, 1), (["a"], ["b"])).text(0, 0) == "0"


def test_numbers_survive_their_packing():
    values = [1.5, -2.25, 1e-20, 3e8]
    found = np.frombuffer(base64.b64decode(packed(values)), dtype="<f4")
    assert np.array_equal(found, np.array(values, dtype=np.float32))
    assert packed(torch.eye(2)) == packed([1.0, 0, 0, 1.0])
