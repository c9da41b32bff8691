"""An approximate index that follows its library."""

import pytest
import torch

from pyg_siamex.nn import (
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
)
from pyg_siamex.nn.neighbours import HNSWIndex, NeighbourIndex

pytest.importorskip("faiss")


@pytest.fixture
def entries():
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(8, 16, generator=generator)
    return centres.repeat(100, 1) + 0.5 * torch.randn(800, 16, generator=generator)


@pytest.mark.parametrize(
    "head", [CosineSimilarity(), DotSimilarity(), EuclideanSimilarity(), RBFSimilarity(0.1)]
)
def test_it_finds_what_all_entries_give(head, entries):
    index = HNSWIndex(head, entries)
    assert index.measure(entries) > 0.97 and index.recall == index.measure(entries)
    exact, own = NeighbourIndex(head, entries), NeighbourIndex(head, entries, index)
    hits = [
        len(set(exact.nearest(q, 5).position) & set(own.nearest(q, 5).position))
        for q in entries[:50]
    ]
    assert sum(hits) > 0.97 * 250
    found = own.nearest(entries[3], 4, {3})
    assert 3 not in found.position and found.similarity == sorted(found.similarity)[::-1]


def test_it_is_kept_in_a_file(entries, tmp_path):
    head = CosineSimilarity()
    index = HNSWIndex(head, entries, links=8, search_breadth=40)
    index.save(tmp_path / "i")
    again = HNSWIndex.load(tmp_path / "i", head)
    assert again.recall is None and again.search_breadth == 40
    index.measure(entries)
    index.save(tmp_path / "i")
    again = HNSWIndex.load(tmp_path / "i", head)
    assert again.recall == index.recall and len(again) == 800
    for q in entries[:20]:
        one, other = (NeighbourIndex(head, entries, i).nearest(q, 5) for i in (index, again))
        assert one == other
    with pytest.raises(ValueError, match="another head than DotSimilarity"):
        HNSWIndex.load(tmp_path / "i", DotSimilarity())
    content = bytearray((tmp_path / "i").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "i").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        HNSWIndex.load(tmp_path / "i", head)


def test_it_follows_a_library_that_changes(entries):
    head = EuclideanSimilarity()
    index = HNSWIndex(head, entries[:500])
    shuffled = entries[torch.randperm(800, generator=torch.Generator().manual_seed(1))]
    now = torch.cat([shuffled[:600], shuffled[:2]])  # entries gone, new, moved, and twice
    with pytest.raises(ValueError, match=r"lacks \d+ of 602 entries, the first at position"):
        NeighbourIndex(head, now, index)
    before = len(index)
    added = index.update(now)
    assert len(index) == before + added and index.update(now) == 0 and added > 2
    exact, own = NeighbourIndex(head, now), NeighbourIndex(head, now, index)
    same = [exact.nearest(q, 5) == own.nearest(q, 5) for q in now[:40]]
    assert sum(same) >= 38
    assert own.nearest(now[0], 2).position == [0, 600]


def test_all_entries_may_be_asked_for(entries):
    index = HNSWIndex(CosineSimilarity(), entries[:20])
    own = NeighbourIndex(CosineSimilarity(), entries[:20], index)
    usual = NeighbourIndex(CosineSimilarity(), entries[:20])
    assert own.nearest(entries[0], 20) == usual.nearest(entries[0], 20)


def test_what_it_cannot_index_is_named(entries):
    with pytest.raises(ValueError, match="no metric orders entries as MLPSimilarity does"):
        HNSWIndex(MLPSimilarity(16), entries)
    with pytest.raises(ValueError, match="by another head"):
        NeighbourIndex(DotSimilarity(), entries, HNSWIndex(CosineSimilarity(), entries))


@pytest.mark.parametrize("name", ["links", "breadth", "search_breadth"])
@pytest.mark.parametrize("value", [0, 10**9])
def test_sizes_that_exhaust_memory_are_refused(entries, name, value):
    with pytest.raises(ValueError, match=rf"{name} must be at (least|most)"):
        HNSWIndex(CosineSimilarity(), entries, **{name: value})


@pytest.mark.parametrize("name", ["queries", "k"])
@pytest.mark.parametrize("value", [0, -1, -30])
def test_shares_of_nothing_are_not_measured(entries, name, value):
    index = HNSWIndex(DotSimilarity(), entries)
    with pytest.raises(ValueError, match=rf"`{name}` must be at least 1 \(got {value}\)"):
        index.measure(entries, **{name: value})
    with pytest.raises(ValueError, match="there are no embeddings"):
        index.measure(entries[:0])


@pytest.mark.parametrize(
    "measured", [torch.ones(4), torch.ones(3, 2), torch.full((3, 4), torch.nan)]
)
def test_only_entries_are_measured(measured):
    index = HNSWIndex(CosineSimilarity(), torch.randn(9, 4))
    with pytest.raises(ValueError, match="embeddings"):
        index.measure(measured)
