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
    edited = replace(factors)
    object.__setattr__(edited, "ptr", ptr)
    edited.save(tmp_path / "factors")
    with pytest.raises(ValueError, match=r"damaged: `ptr` is \[.*\], and must be \[graphs \+ 1\]"):
        Factors.load(tmp_path / "factors")


def test_factors_of_graphs_that_are_not_there_are_refused(factors):
    with pytest.raises(IndexError, match=f"no position 99 among {len(factors)}"):
        factors.select([0, 99])


WRONG = {
    "pointers that end early": {"ptr": lambda f: f.ptr - (f.ptr == f.ptr[-1]).long()},
    "pointers that fall": {"ptr": lambda f: f.ptr[[0, 2, 1, *range(3, len(f.ptr))]]},
    "pointers of fewer graphs": {"ptr": lambda f: f.ptr[[0, *range(2, len(f.ptr))]]},
    "pointers of floats": {"ptr": lambda f: f.ptr.float()},
    "pointers in two rows": {"edge_ptr": lambda f: torch.stack([f.ptr, f.ptr])},
    "pointers of edges": {"edge_ptr": lambda f: f.edge_ptr[:-1]},
    "nodes turned": {"node": lambda f: f.node.T},
    "nodes in a row": {"node": lambda f: f.node[0]},
    "edges of another width": {"edge": lambda f: f.edge[:-1]},
    "edges without pointers": {"edge_ptr": lambda f: None},
    "embeddings of fewer graphs": {"embedding": lambda f: f.embedding[:-1]},
    "embeddings of another width": {"embedding": lambda f: f.embedding[:, :-1]},
    "a part of fewer graphs": {"parts": lambda f: {"bias": f.embedding[:-1]}},
}


@pytest.mark.parametrize("name", WRONG)
def test_parts_that_do_not_fit_are_refused(factors, name):
    edited = {part: change(factors) for part, change in WRONG[name].items()}
    with pytest.raises(ValueError, match=r"and must be \[|must be the first|without"):
        replace(factors, **edited)


@pytest.mark.parametrize("graph", [99, -99, 0.5, "a", None])
def test_a_graph_that_is_not_there_has_no_factor(factors, graph):
    with pytest.raises(IndexError, match=r"no position|a position is"):
        factors[graph]
    with pytest.raises(IndexError, match=r"no position|a position is"):
        factors.edges(graph)


def test_the_last_graph_is_counted_from_the_end(factors):
    assert torch.equal(factors[-1], factors[len(factors) - 1])
    assert torch.equal(factors[-1], list(factors)[-1])
    assert torch.equal(factors.edges(-1), factors.edges(len(factors) - 1))


@pytest.mark.parametrize("graph", [True, 1.0, "a", None, slice(2), [0]], ids=repr)
def test_what_is_no_position_is_told(factors, graph):
    with pytest.raises(IndexError, match="a position is a whole number"):
        factors[graph]
