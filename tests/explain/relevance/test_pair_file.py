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
