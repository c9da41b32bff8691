import json

import pytest
import torch
from explain.relevance.direct import direct

from pyg_siamex.explain.relevance import (
    PairFile,
    write_pairs,
)
from pyg_siamex.nn import (
    CosineSimilarity,
)


def test_all_pairs_on_disk(factors, tmp_path):
    write_pairs(factors, CosineSimilarity(), tmp_path / "pairs", dtype="float64")
    stored = PairFile(tmp_path / "pairs")
    assert len(list(stored)) == 15
    for i, j in stored:
        torch.testing.assert_close(stored[i, j], direct(factors, CosineSimilarity(), i, j))
        torch.testing.assert_close(stored[j, i], stored[i, j].T)
    with pytest.raises(KeyError):
        stored[2, 2]
    (tmp_path / "else").write_text("{}\n")
    with pytest.raises(ValueError, match="no pair matrices"):
        PairFile(tmp_path / "else")


def test_a_changed_matrix_is_noticed_when_it_is_read(factors, tmp_path):
    path = tmp_path / "pairs"
    write_pairs(factors, CosineSimilarity(), path)
    whole = path.read_bytes()
    start = whole.index(b"\n") + 1
    changed = bytearray(whole)
    changed[start + 3] ^= 1
    path.write_bytes(changed)
    stored = PairFile(path)
    with pytest.raises(ValueError, match=r"pair \(0, 1\) in .* has changed since it was written"):
        stored[1, 0]
    assert torch.isfinite(stored[2, 3]).all()
    for other in (whole[:-1], whole + b"1", whole.replace(b"float32", b"float16", 1)):
        path.write_bytes(other)
        with pytest.raises(ValueError, match="no pair matrices of this library"):
            PairFile(path)


@pytest.mark.parametrize("sizes", [[10**9, 10**9], [1] * 300_000, [-1, 2], [0.5, 2], "ab"])
def test_claims_beyond_the_file_take_no_memory(tmp_path, sizes):
    header = {"format": "pyg_siamex pair matrices 1", "sizes": sizes, "dtype": "float32"}
    (tmp_path / "pairs").write_text(json.dumps(header) + "\n")
    with pytest.raises(ValueError, match="no pair matrices of this library"):
        PairFile(tmp_path / "pairs")


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [("", ValueError, "is empty"), ("n" * 300, ValueError, "a name in it has 300 bytes")],
)
def test_names_of_no_file_are_refused_in_words(factors, name, error, message):
    with pytest.raises(error, match=message):
        write_pairs(factors, CosineSimilarity(), name)


@pytest.mark.parametrize(
    "pair", [0, None, (0,), (0, 1, 2), (True, 0), (0.0, 1), ("a", 1), "01", slice(2)], ids=repr
)
def test_what_is_no_pair_of_positions_is_told(factors, tmp_path, pair):
    write_pairs(factors, CosineSimilarity(), tmp_path / "pairs")
    stored = PairFile(tmp_path / "pairs")
    with pytest.raises(TypeError, match=r"positions of two graphs, such as pairs\[0, 1\]"):
        stored[pair]
    assert torch.equal(stored[torch.tensor(1), 0], stored[[1, 0]])
