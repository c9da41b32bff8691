"""Graphs of near entries in files: only those that FAISS can search reach it."""

import struct

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pyg_siamex.data.content import content_digest
from pyg_siamex.nn import CosineSimilarity, EuclideanSimilarity
from pyg_siamex.nn.neighbours import HNSWIndex, NeighbourIndex
from pyg_siamex.nn.neighbours.hnsw_content import check_content

faiss = pytest.importorskip("faiss")
safetensors = pytest.importorskip("safetensors")

SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
ENTRIES = torch.randn(60, 5, generator=torch.Generator().manual_seed(0))
HEAD = CosineSimilarity()


def serialised(count=60, kind=None):
    graph = faiss.IndexHNSWFlat(5, 4, faiss.METRIC_INNER_PRODUCT if kind is None else kind)
    graph.add(torch.nn.functional.normalize(ENTRIES[:count]).numpy())
    return faiss.serialize_index(graph).tobytes()


CONTENT = serialised()


@pytest.mark.parametrize("count", [0, 1, 60])
def test_what_faiss_writes_is_accepted(count):
    assert check_content(serialised(count), by_product=True).shape == (count, 5)
    assert len(check_content(serialised(count, faiss.METRIC_L2), by_product=False)) == count
    with pytest.raises(ValueError, match="another metric"):
        check_content(serialised(count, faiss.METRIC_L2), by_product=True)


def resealed(path, **changes):
    """The file with other tensors or texts, and a digest that fits them."""
    HNSWIndex(HEAD, ENTRIES, links=4).save(path)
    with safetensors.safe_open(str(path), framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        header = {n: text for n, text in file.metadata().items() if n != "digest"}
    for name, value in changes.items():
        (tensors if isinstance(value, torch.Tensor) else header)[name] = value
    header["digest"] = content_digest(tensors, header)
    path.write_bytes(safetensors.torch.save(tensors, metadata=header))
    return path


def as_tensor(content):
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


@settings(deadline=None, max_examples=200, suppress_health_check=SHARED)
@given(st.integers(0, len(CONTENT) - 4), st.sampled_from([-1, 0, 1, 3, 59, 60, 2**31 - 1]))
def test_any_changed_number_is_refused_or_gives_right_similarities(tmp_path, place, value):
    changed = bytearray(CONTENT)
    struct.pack_into("<i", changed, place, value)
    path = resealed(tmp_path / "i", graph=as_tensor(changed))
    exact = NeighbourIndex(HEAD, ENTRIES).nearest(ENTRIES[7], 60)
    by_place = dict(zip(exact.position, exact.similarity, strict=True))
    try:
        index = HNSWIndex.load(path, HEAD)
        found = NeighbourIndex(HEAD, ENTRIES, index).nearest(ENTRIES[7], 3)
    except ValueError as error:
        assert f"{path} is damaged" in str(error) and len(str(error)) < 300
    else:  # numbers that only say how new entries are linked, or links that are missing
        for at, similarity in zip(found.position, found.similarity, strict=True):
            assert similarity == pytest.approx(by_place[at], rel=1e-6)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(CONTENT) - 1))
def test_parts_of_a_graph_are_refused(size):
    with pytest.raises(ValueError, match="its graph"):
        check_content(CONTENT[:size], by_product=True)
    with pytest.raises(ValueError, match=r"its (graph|vectors)"):
        check_content(CONTENT + CONTENT[: size + 1], by_product=True)


def test_vectors_of_other_entries_are_noticed(tmp_path):
    changed = bytearray(CONTENT)
    changed[-40:] = changed[-80:-40]
    index = HNSWIndex.load(resealed(tmp_path / "i", graph=as_tensor(changed)), HEAD)
    with pytest.raises(ValueError, match=r"i is damaged: its vectors are not those of its entries"):
        NeighbourIndex(HEAD, ENTRIES, index)


@pytest.mark.parametrize(
    "changes",
    [
        {"search_breadth": "0"},
        {"search_breadth": "[" * 20_000},
        {"search_breadth": "1" * 20_000},
        {"recall": "nan"},
        {"recall": "NaN"},
        {"recall": "2.0"},
        {"recall": "[" * 20_000},
        {"metric": "x" * 20_000},
        {"graph": torch.zeros(3, dtype=torch.bool)},
        {"graph": torch.zeros(3)},
        {"graph": torch.zeros(0, dtype=torch.uint8)},
        {"keys": torch.zeros(3, dtype=torch.long)},
        {"keys": torch.zeros(60)},
    ],
)
def test_wrong_entries_are_named_in_one_line(tmp_path, changes):
    path = resealed(tmp_path / "i", **changes)
    with pytest.raises(ValueError, match="is damaged") as error:
        HNSWIndex.load(path, HEAD)
    assert str(path) in str(error.value) and len(str(error.value)) < 400


def test_breadths_beyond_the_entries_take_no_memory(tmp_path):
    path = resealed(tmp_path / "i", search_breadth=str(2**31 - 1))
    index = HNSWIndex.load(path, HEAD)
    assert NeighbourIndex(HEAD, ENTRIES, index).nearest(ENTRIES[7], 1).position == [7]
    with pytest.raises(ValueError, match="i is of another head than EuclideanSimilarity") as found:
        HNSWIndex.load(path, EuclideanSimilarity())
    assert "damaged" not in str(found.value)
