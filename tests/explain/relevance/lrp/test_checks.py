import pytest
import torch

from pyg_siamex.explain.relevance import GammaRule
from pyg_siamex.explain.relevance.lrp.checks import check_embedding, check_sum, warn_of_signs
from pyg_siamex.explain.relevance.lrp.propagation import Propagation


@pytest.mark.parametrize(("dtype", "rounding"), [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_embeddings_may_differ_by_rounding(dtype, rounding):
    true = torch.tensor([[1.0, -2.0]], dtype=dtype)
    check_embedding(true * (1 + rounding), true)
    with pytest.raises(ValueError, match="computes something else"):
        check_embedding(true * 1.01, true)


def test_what_nodes_and_parts_carry_must_be_the_embedding():
    nodes, bias = torch.tensor([[3.0, 1.0]]), torch.tensor([[0.5, 0.0]])
    check_sum(torch.tensor([[3.5, 1.0]]), [nodes, bias])
    with pytest.raises(ValueError, match=r"12\.5% of the relevance ends nowhere"):
        check_sum(torch.tensor([[4.0, 1.0]]), [nodes, bias])


def test_negative_inputs_are_warned_of(caplog):
    lrp = Propagation(GammaRule(kind="source"))
    warn_of_signs(lrp)
    assert not caplog.records
    lrp.signed = True
    warn_of_signs(lrp)
    assert "negative inputs" in caplog.text
