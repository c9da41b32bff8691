import pytest
import torch

from pyg_siamex.explain.relevance.lrp.account import account, carried
from pyg_siamex.nn.similarity import Form

NAMES = ("node", "edge", "bias", "epsilon")


def side(seed):
    rows = torch.randn(4, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return {**dict(zip(NAMES, rows, strict=True)), "embedding": rows.sum(0)}


FORMS = {
    "dot": Form(1.0),
    "distance": Form(2.0, self_scale=-1.0),
    "learned": Form(1.0, linear=torch.tensor([1.0, -2.0, 0.5]), constant=0.7),
}


@pytest.mark.parametrize("name", FORMS)
def test_terms_sum_to_what_is_explained(name):
    form, (q, r) = FORMS[name], (side(0), side(1))
    terms = account(form, q, r)
    explained = terms.pop("explained")
    assert explained == pytest.approx(float(form.value(q["embedding"], r["embedding"])))
    assert sum(terms.values()) == pytest.approx(explained)
    assert abs(terms["remainder"]) < 1e-12


def test_nodes_and_edges_carry_their_own_products():
    q, r = side(0), side(1)
    terms = account(FORMS["dot"], q, r)
    assert terms["nodes"] == pytest.approx(float(q["node"] @ r["node"]))
    both = (q["node"] + q["edge"]) @ (r["node"] + r["edge"])
    assert carried(terms) == pytest.approx(float(both))
    assert carried(terms, ["biases"]) == pytest.approx(float(both) + terms["biases"])
