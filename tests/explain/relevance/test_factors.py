from dataclasses import replace

import pytest
import torch
from explain.relevance.direct import SIZES

from pyg_siamex.explain.relevance import (
    Factors,
    all_pairs,
)
from pyg_siamex.nn import (
    DotSimilarity,
)


def test_groups_keep_the_sum(factors):
    groups = [[f"g{node % 3}" for node in range(n)] for n in SIZES]
    grouped, names = factors.group(groups)
    assert names[0] == ["g0", "g1", "g2"] and names[1] == ["g0"]
    whole, parts = (
        {frozenset((i, j)): m for b in all_pairs(f, DotSimilarity()) for i, j, m in b.matrices()}
        for f in (factors, grouped)
    )
    for pair, matrix in whole.items():
        assert parts[pair].numel() <= 9
        torch.testing.assert_close(parts[pair].sum(), matrix.sum())
    with pytest.raises(ValueError, match="each node"):
        factors.group(groups[:-1])


def test_factors_survive_saving(factors, tmp_path):
    factors.save(tmp_path / "factors")
    loaded = Factors.load(tmp_path / "factors")
    for name in ("node", "ptr", "embedding", "edge", "edge_ptr"):
        assert torch.equal(getattr(loaded, name), getattr(factors, name))
    assert loaded.parts.keys() == factors.parts.keys()
    with pytest.raises(FileNotFoundError):
        Factors.load(tmp_path / "none")
    (tmp_path / "else").write_text("x")
    with pytest.raises(ValueError, match="no factors"):
        Factors.load(tmp_path / "else")


@pytest.mark.parametrize("ptr", [torch.zeros(0).long(), torch.tensor(3), torch.zeros(2, 2).long()])
def test_pointers_of_another_shape_are_named(factors, tmp_path, ptr):
    replace(factors, ptr=ptr).save(tmp_path / "factors")
    with pytest.raises(ValueError, match=r"its 'ptr' is \[.*\], and must be \[graphs \+ 1\]"):
        Factors.load(tmp_path / "factors")


def test_factors_of_graphs_that_are_not_there_are_refused(factors):
    with pytest.raises(IndexError, match=f"no position 99 among {len(factors)}"):
        factors.select([0, 99])
