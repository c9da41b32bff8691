"""Attributes of many graphs as one tensor, against PyG's batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data.joined import Joined, join


def rows(seed, count, dim, shifted):
    """The rows of one graph, with values that PyG would shift by ``seed``."""
    shape = (count, 2) if dim == 0 else (2, count)
    values = torch.arange(2 * count).view(shape) + 10 * seed
    return Joined(values, torch.tensor([count]), torch.tensor([seed]) if shifted else None, dim)


graphs = st.tuples(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=4),
    st.sampled_from([0, 1]),
    st.booleans(),
)


@given(graphs)
@settings(deadline=None)
def test_parts_come_back_from_what_they_were_joined_to(drawn):
    sizes, dim, shifted = drawn
    parts = [rows(seed, count, dim, shifted) for seed, count in sizes]
    for part, found in zip(parts, join(parts).split(), strict=True):
        assert torch.equal(part.value, found.value)
        assert found.sizes.tolist() == part.sizes.tolist()


@given(graphs)
@settings(deadline=None)
def test_values_are_shifted_by_the_increments_of_the_graphs_before(drawn):
    sizes, dim, shifted = drawn
    parts = [rows(seed, count, dim, shifted) for seed, count in sizes]
    offset, expected = 0, []
    for part, (seed, _) in zip(parts, sizes, strict=True):
        expected.append(part.value + (offset if shifted else 0))
        offset += seed
    assert torch.equal(join(parts).value, torch.cat(expected, dim=dim))


@given(graphs, st.integers(1, 3))
@settings(deadline=None)
def test_copies_and_chosen_graphs_are_joined_again(drawn, times):
    sizes, dim, shifted = drawn
    parts = [rows(seed, count, dim, shifted) for seed, count in sizes]
    union = join(parts)
    assert torch.equal(union.repeat(times).value, join(parts * times).value)
    chosen = list(range(len(parts)))[::-1]
    expected = join([parts[k] for k in chosen])
    assert torch.equal(union.select_graphs(chosen).value, expected.value)


def test_what_cannot_be_joined_is_refused():
    one, other = rows(0, 2, 0, False), rows(0, 2, 1, False)
    with pytest.raises(ValueError, match="joined along dimension 0 against"):
        join([one, other])
