"""A difference that equals the limit up to rounding is at the limit, however values are held."""

from decimal import Decimal
from itertools import combinations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data

from pyg_siamex.data import PairDataset
from pyg_siamex.data.difference_limit import DifferenceLimit
from pyg_siamex.data.relation import WithinDifference

DECIMALS = st.integers(-3000, 3000).map(lambda k: Decimal(k) / 100)


@pytest.mark.parametrize("dtype", [torch.float, torch.double], ids=str)
@settings(deadline=None, max_examples=60)
@given(
    values=st.lists(DECIMALS, min_size=2, max_size=8),
    limit=st.integers(0, 900).map(lambda k: Decimal(k) / 100),
)
def test_decimals_are_compared_as_they_are_written(dtype, values, limit):
    held = torch.tensor([float(one) for one in values], dtype=dtype)
    relation = WithinDifference(held, float(limit))
    everyone = torch.arange(len(values))
    target = relation.matrix(everyone, everyone)
    for i, j in combinations(range(len(values)), 2):
        assert target[i, j] == target[j, i] == float(abs(values[i] - values[j]) <= limit)
    part = torch.arange(1, len(values))
    places = torch.arange(len(part))
    assert relation.among(part).matrix(places, places).equal(target[1:, 1:])


@pytest.mark.parametrize(
    ("values", "limit", "alike"),
    [
        pytest.param([1.7e9, 1.7e9 + 2], 1, False, id="whole numbers are exact, also as floats"),
        pytest.param([1.7e9, 1.7e9 + 1], 1, True, id="at the limit"),
        pytest.param([0.0, 3.0], 0.1 + 0.2 - 1e-9 + 2.7, False, id="a limit just below"),
        pytest.param([0.0, 3.0], 0.3 / 0.1, True, id="a limit that is rounded down"),
        pytest.param([0.1, 0.4 + 1e-9], 0.3, False, id="double precision tells them apart"),
        pytest.param([0.5, 0.5], 0.0, True, id="equal"),
        pytest.param([0.1, 0.1 + 1e-9], 0.0, False, id="not equal"),
    ],
)
def test_only_rounding_is_forgiven(values, limit, alike):
    one, other = torch.tensor(values, dtype=torch.double)
    assert bool(DifferenceLimit.of(torch.stack([one, other]), limit).holds(one, other)) is alike


@pytest.mark.parametrize("own", [True, False], ids=["y of the graphs", "values="])
def test_drawn_pairs_agree_with_the_rule(own):
    values = [0.1, 0.4, 0.7, 1.0, 5.0, 5.3]
    graphs = [Data(x=torch.ones(1, 1), y=torch.tensor([value])) for value in values]
    pairs = PairDataset.from_difference(graphs, 0.3, values=None if own else values)
    drawn = {tuple(sorted(p)): t for p, t in zip(pairs.index.tolist(), pairs.target, strict=True)}
    assert {pair for pair, target in drawn.items() if target} == {(0, 1), (1, 2), (2, 3), (4, 5)}
