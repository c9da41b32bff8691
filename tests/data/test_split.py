import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.data.split import split_graphs, split_in_order


@given(
    keys=st.lists(st.integers(0, 12), min_size=12, max_size=60),
    kind=st.sampled_from([list, torch.tensor, np.array, lambda k: [str(x) for x in k]]),
    seed=st.integers(0, 20),
)
@settings(max_examples=60, deadline=None)
def test_every_graph_in_one_part_and_no_group_in_two(keys, kind, seed):
    try:
        parts = split_graphs(len(keys), (0.5, 0.5), seed, together=kind(keys))
    except ValueError as error:
        assert "too few" in str(error) and len(set(keys)) < 4
        return
    assert sorted(torch.cat(parts).tolist()) == list(range(len(keys)))
    first, second = ({keys[k] for k in part.tolist()} for part in parts)
    assert not first & second


@given(sizes=st.lists(st.integers(20, 60), min_size=1, max_size=4), seed=st.integers(0, 20))
@settings(max_examples=30, deadline=None)
def test_classes_keep_their_shares(sizes, seed):
    labels = torch.tensor([c for c, size in enumerate(sizes) for _ in range(size)])
    parts = split_graphs(len(labels), (0.6, 0.4), seed, labels)
    for share, part in zip((0.6, 0.4), parts, strict=True):
        for c, size in enumerate(sizes):
            assert abs(int((labels[part] == c).sum()) - share * size) <= 1


@pytest.mark.parametrize(
    ("groups", "error", "message"),
    [
        ([1, 2], ValueError, "`together` has 2 keys for 4 graphs"),
        ([1, 2, None, 1], ValueError, r"together\[2\] is None"),
        ([1.0, float("nan"), 1.0, 2.0], ValueError, r"together\[1\] is nan"),
        ([[1], [2], [1], [2]], TypeError, r"together\[0\] is a list"),
        ([torch.tensor(1)] * 4, TypeError, r"together\[0\] is a Tensor"),
    ],
)
def test_bad_groups_are_named(groups, error, message):
    with pytest.raises(error, match=message):
        split_graphs(4, (0.5, 0.5), 0, together=groups)


def test_a_large_set_goes_where_there_is_room_for_it():
    keys = [0] * 30 + list(range(1, 71))
    for seed in range(10):
        train, validation, test = split_graphs(100, (0.8, 0.1, 0.1), seed, together=keys)
        assert set(range(30)) <= set(train.tolist())
        assert len(validation) == len(test) == 10


@given(
    times=st.lists(st.integers(0, 30), min_size=12, max_size=60),
    keys=st.lists(st.integers(0, 30), min_size=60, max_size=60),
)
@settings(max_examples=60, deadline=None)
def test_later_parts_are_later_and_have_nothing_that_was_known(times, keys):
    keys = keys[: len(times)]
    try:
        parts = split_in_order(times, (0.5, 0.25, 0.25), keys)
    except ValueError as error:
        assert "too few" in str(error)
        return
    assert sorted(torch.cat(parts).tolist()) == list(range(len(times)))
    sets = [{keys[k] for k in part.tolist()} for part in parts]
    assert not sets[0] & sets[1] and not sets[1] & sets[2] and not sets[0] & sets[2]
    first = {key: min(t for t, k in zip(times, keys, strict=True) if k == key) for key in keys}
    ages = [[first[key] for key in found] for found in sets]
    assert max(ages[0]) < min(ages[1]) and max(ages[1]) < min(ages[2])


def test_a_split_in_order_has_the_shares():
    parts = split_in_order(list(range(100))[::-1], (0.8, 0.1, 0.1))
    assert [len(part) for part in parts] == [80, 10, 10]
    assert parts[0].tolist() == list(range(20, 100))
    with pytest.raises(ValueError, match="graph 1 has no time"):
        split_in_order([0.0, float("nan")], (0.5, 0.5))


def test_a_large_set_does_not_shift_the_other_classes():
    labels = torch.cat([torch.zeros(20_000), torch.ones(100)]).long()
    together = [0] * 20_000 + [*range(1, 101)]
    parts = split_graphs(len(labels), (0.5, 0.5), 0, labels, together)
    assert [int(labels[part].sum()) for part in parts] == [50, 50]
