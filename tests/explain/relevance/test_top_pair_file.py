"""What is streamed to Parquet is what would be held in memory."""

import pyarrow.parquet as pq
import pytest
import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import (
    all_pairs,
    nearest_pairs,
    top_pair_file,
    top_pairs,
    write_top_pairs,
)
from pyg_siamex.nn import CosineSimilarity, DotSimilarity


@pytest.mark.parametrize("rows", [4, 65_536])
@pytest.mark.parametrize("head", [DotSimilarity(), CosineSimilarity()])
def test_rows_are_the_strongest_pairs(factors, head, rows, tmp_path, monkeypatch):
    monkeypatch.setattr(top_pair_file, "_ROWS", rows)
    path = tmp_path / "p.parquet"
    assert write_top_pairs(all_pairs(factors, head, block_numbers=200), head, path, k=12) == 15
    found = pq.read_table(path).to_pylist()
    assert len({(row["query"], row["reference"]) for row in found}) == 15
    for row in found:
        query, reference = row["query"], row["reference"]
        matrix = direct(factors, head, query, reference)
        own = torch.tensor(row["relevance"])
        assert len(own) == min(12, int((matrix != 0).sum()))
        at = matrix[row["query_node"], row["reference_node"]].float()
        torch.testing.assert_close(own, at)
        torch.testing.assert_close(own.abs(), matrix.flatten().abs().topk(len(own)).values.float())
        assert row["explained"] == pytest.approx(float(matrix.sum()), abs=1e-5)
        value = head(factors.embedding[query], factors.embedding[reference])
        assert row["similarity"] == pytest.approx(float(value), abs=1e-6)


def test_neighbours_are_in_order(factors, tmp_path):
    head, path = CosineSimilarity(), tmp_path / "p.parquet"
    write_top_pairs(nearest_pairs(factors, head, k=4), head, path, k=2)
    frame = pq.read_table(path).to_pandas()
    assert frame["query"].tolist() == [k for k in range(6) for _ in range(4)]
    falls = frame.groupby("query")["similarity"].apply(lambda s: s.is_monotonic_decreasing)
    assert falls.all() and (frame["relevance"].map(len) == 2).all()


def test_a_file_is_whole_or_not_there(factors, tmp_path):
    def broken():
        yield next(all_pairs(factors, DotSimilarity()))
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_top_pairs(broken(), DotSimilarity(), tmp_path / "p.parquet")
    with pytest.raises(ValueError, match="k must be at least 1"):
        write_top_pairs([], DotSimilarity(), tmp_path / "p.parquet", k=0)
    assert not list(tmp_path.iterdir())
    assert write_top_pairs([], DotSimilarity(), tmp_path / "p.parquet") == 0
    assert top_pairs(all_pairs(factors, DotSimilarity())).graphs.shape == (15, 2)


def test_files_are_parquet_by_their_names_which_may_be_no_utf_8(factors, tmp_path):
    head = DotSimilarity()
    with pytest.raises(ValueError, match=r"`path` must end in .parquet or .pq \(got .*a.siamex"):
        write_top_pairs(all_pairs(factors, head), head, tmp_path / "a.siamex")
    write_top_pairs(all_pairs(factors, head), head, tmp_path / "\udcff.parquet")
    with (tmp_path / "\udcff.parquet").open("rb") as file:
        assert pq.read_table(file).num_rows == 15


@pytest.mark.parametrize("k", [10**6, 2**62])
def test_more_pairs_than_there_are_cost_nothing(factors, tmp_path, k):
    head = DotSimilarity()
    write_top_pairs(all_pairs(factors, head), head, tmp_path / "most.parquet", k)
    write_top_pairs(all_pairs(factors, head), head, tmp_path / "all.parquet", 1000)
    assert pq.read_table(tmp_path / "most.parquet") == pq.read_table(tmp_path / "all.parquet")
    found = top_pairs(all_pairs(factors, head), k)
    largest = int(factors.sizes.max())
    assert found.nodes.size(1) == found.relevance.size(1) <= largest**2
