import pytest
import torch

from pyg_siamex.nn import BilinearSimilarity, MLPSimilarity, RBFSimilarity, similarity_resolver

NAMES = ["cosine", "dot", "euclidean", "rbf", "bilinear", "mlp"]


@pytest.mark.parametrize("name", NAMES)
def test_is_symmetric_and_broadcasts(name):
    head = similarity_resolver(name, 4)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    a, b = torch.randn(3, 4), torch.randn(5, 4)
    table = head(a[:, None], b[None])
    assert table.shape == (3, 5)
    assert torch.allclose(table, head(b[:, None], a[None]).T, atol=1e-6)
    assert torch.allclose(table[1, 2], head(a[1], b[2]), atol=1e-6)


def test_equals_its_formula():
    a, b = torch.tensor([[3.0, 4.0]]), torch.tensor([[1.0, 0.0]])
    assert similarity_resolver("cosine")(a, b).item() == pytest.approx(0.6)
    assert similarity_resolver("dot")(a, b).item() == pytest.approx(3)
    assert similarity_resolver("euclidean")(a, b).item() == pytest.approx(-20)
    assert RBFSimilarity(gamma=0.1)(a, b).item() == pytest.approx(2.718281828**-2)
    head = BilinearSimilarity(2)
    head.weight.data = torch.tensor([[1.0, 2.0], [0.0, 1.0]])
    assert head(a, b).item() == pytest.approx(3 * 1 + 4 * 1)  # W = [[1, 1], [1, 1]]


def test_zero_embedding_has_cosine_zero_and_a_finite_gradient():
    a = torch.zeros(1, 4, requires_grad=True)
    s = similarity_resolver("cosine")(a, torch.ones(1, 4))
    assert s.item() == 0
    assert torch.autograd.grad(s.sum(), a)[0].isfinite().all()


def test_unknown_names_and_missing_sizes_are_refused():
    with pytest.raises(ValueError, match=r"similarity must be one of .dot., .cosine."):
        similarity_resolver("manhattan")
    with pytest.raises(ValueError, match="embedding size"):
        similarity_resolver("bilinear")
    with pytest.raises(ValueError, match="gamma must be positive"):
        RBFSimilarity(0)


def test_instance_is_returned_as_it_is():
    head = MLPSimilarity(4, hidden=7)
    assert similarity_resolver(head) is head
