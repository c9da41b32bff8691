import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
    RoiSimilarity,
)
from pyg_siamex.nn.neighbours import NeighbourIndex, neighbour_index


def heads(size=6):
    torch.manual_seed(1)
    return [
        CosineSimilarity(),
        DotSimilarity(),
        EuclideanSimilarity(),
        RBFSimilarity(0.2),
        BilinearSimilarity(size),
        MLPSimilarity(size),
        RoiSimilarity(3),
    ]


def brute(head, entries, query, k, exclude=()):
    """All entries scored by the head, in order."""
    with torch.no_grad():
        scores = head(query.unsqueeze(0), entries).tolist()
    order = sorted((-float(f"{s:.6g}"), p) for p, s in enumerate(scores) if p not in exclude)
    return [position for _, position in order[:k]]


@pytest.mark.parametrize("head", heads(), ids=lambda h: type(h).__name__)
@pytest.mark.parametrize("k", [1, 7, 60])
def test_every_head_finds_what_scoring_all_entries_finds(head, k):
    generator = torch.Generator().manual_seed(0)
    entries = 3 * torch.randn(60, 6, generator=generator)
    entries *= torch.rand(60, 1, generator=generator)  # norms differ: a dot product needs that
    index = NeighbourIndex(head, entries)
    for query in (entries[3], torch.randn(6, generator=generator)):
        found = index.nearest(query, k)
        assert found.position == brute(head, entries, query, k)
        with torch.no_grad():
            own = head(query.unsqueeze(0), entries[found.position])
        torch.testing.assert_close(torch.tensor(found.similarity), own)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10_000),
    st.integers(1, 4),
    st.integers(1, 10),
    st.sets(st.integers(0, 29), max_size=9),
    st.sampled_from(range(4)),
)
def test_ties_are_broken_by_position_and_excluded_entries_never_come(seed, values, k, left, head):
    generator = torch.Generator().manual_seed(seed)
    entries = torch.randint(0, values, (30, 2), generator=generator).float()  # many are equal
    query = torch.randint(0, values, (2,), generator=generator).float()
    chosen = heads(2)[head]
    found = NeighbourIndex(chosen, entries).nearest(query, k, left)
    assert found.position == brute(chosen, entries, query, k, left)


@pytest.mark.parametrize("head", heads()[:4], ids=lambda h: type(h).__name__)
@pytest.mark.parametrize("equal", [True, False])
def test_without_faiss_the_same_is_found(head, equal, monkeypatch):
    generator = torch.Generator().manual_seed(0)
    entries = torch.randn(60, 6, generator=generator) * torch.rand(60, 1, generator=generator)
    entries = entries.round() if equal else entries
    monkeypatch.setattr(neighbour_index, "faiss_there", lambda: False)
    index = NeighbourIndex(head, entries)
    for query in (entries[3], torch.randn(6, generator=generator)):
        for k in (1, 7, 50):
            assert index.nearest(query, k, [3, 8]).position == brute(
                head, entries, query, k, [3, 8]
            )


def test_a_zero_embedding_is_neither_near_nor_hides_what_is():
    entries = torch.cat([torch.zeros(40, 2), torch.tensor([[1.0, 3.0], [-1.0, 0.1]])])
    found = NeighbourIndex(CosineSimilarity(), entries).nearest(torch.tensor([1.0, 0.0]), 2)
    assert found.position == [40, 0]
    assert found.similarity == pytest.approx([10**-0.5, 0])


def test_another_estimator_is_used():
    class Counting(NearestNeighbors):
        asked = 0

        def kneighbors(self, *args, **kwargs):
            Counting.asked += 1
            return super().kneighbors(*args, **kwargs)

    entries = torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    usual = NeighbourIndex(CosineSimilarity(), entries)
    own = NeighbourIndex(CosineSimilarity(), entries, Counting(algorithm="ball_tree"))
    assert own.nearest(entries[0], 5) == usual.nearest(entries[0], 5) and Counting.asked
    with pytest.raises(ValueError, match="no metric orders entries as MLPSimilarity"):
        NeighbourIndex(MLPSimilarity(4), entries, NearestNeighbors())


@pytest.mark.parametrize("k", [0, -1, 4])
def test_more_neighbours_than_entries_are_refused(k):
    index = NeighbourIndex(DotSimilarity(), torch.eye(4))
    with pytest.raises(ValueError, match="the library has 3 entries besides the query"):
        index.nearest(torch.ones(4), k, exclude=[2])
    with pytest.raises(ValueError, match="k must be from 1 to 4"):
        index.nearest(torch.ones(4), 5)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_query_that_is_near_to_nothing_is_refused(value):
    for head in heads():
        index = NeighbourIndex(head, torch.randn(5, 6))
        with pytest.raises(ValueError, match="query has NaN or infinite"):
            index.nearest(torch.tensor([0.0] * 5 + [value]), 2)


@pytest.mark.parametrize("place", [30, -1])
def test_positions_that_are_not_there_are_not_left_out(place):
    index = NeighbourIndex(DotSimilarity(), torch.eye(30))
    with pytest.raises(IndexError, match=f"exclude has {place}, and the library has 30"):
        index.nearest(torch.ones(30), 3, exclude=[2, place])


def test_an_estimator_is_an_instance():
    with pytest.raises(TypeError, match=r"give an instance, NearestNeighbors\(\)"):
        NeighbourIndex(DotSimilarity(), torch.rand(3, 2), NearestNeighbors)
