import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer, SiameseGNN
from pyg_siamex.explain.relevance import all_pairs
from pyg_siamex.explain.relevance.forms import exact_form, factor_form
from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
    Similarity,
)
from pyg_siamex.nn.similarity import ProductForm


def test_a_form_is_exact_if_it_is_the_similarity_itself():
    assert exact_form(DotSimilarity()) is not None
    assert exact_form(CosineSimilarity()) is not None
    assert exact_form(RBFSimilarity(0.3)) is None  # its form is its logarithm
    assert exact_form(MLPSimilarity(4)) is None


def test_heads_without_a_form_are_refused_by_name():
    assert factor_form(RBFSimilarity(0.3)).self_scale != 0
    with pytest.raises(ValueError, match="MLPSimilarity"):
        factor_form(MLPSimilarity(4))


class Own(Similarity):
    """A dot product, with any form."""

    def __init__(self, form):
        super().__init__()
        self.form = form

    def forward(self, a, b):
        return (a * b).sum(-1)

    def product_form(self):
        return self.form


def norms(h):
    return h.norm(dim=-1)


WRONG = {
    "scale": (ProductForm(scale=3.0), ValueError, "product_form of Own gives a pair"),
    "norm": (ProductForm(norm=norms), ValueError, "product_form of Own gives a pair"),
    "own terms": (ProductForm(self_scale=-1.0), ValueError, "product_form of Own gives a pair"),
    "metric": (ProductForm(metric=torch.arange(8.0)), ValueError, "gives a pair .*, and its forw"),
    "width": (ProductForm(metric=torch.ones(5)), ValueError, r"is \[5\], and embeddings have 8"),
    "square": (ProductForm(metric=torch.ones(5, 8)), ValueError, r"give \[8\] or \[8, 8\]"),
    "text": ("dot", TypeError, "must give a ProductForm or None"),
    "list": (ProductForm(metric=[1.0] * 8), TypeError, "the metric of product_form of Own must be"),
}
RIGHT = {
    "plain": ProductForm(),
    "diagonal": ProductForm(metric=torch.ones(8)),
    "whole": ProductForm(scale=0.5, metric=2 * torch.eye(8)),
    "increasing": ProductForm(scale=3.0, exact=False),
}


def pairwise(algorithm):
    def use(model, graphs):
        explainer = PairExplainer(model, algorithm, node_mask_type="object")
        return explainer.explain(graphs[:2], graphs[2:4])

    return use


USES = {
    "BiLRP": pairwise(BiLRP()),
    "IJ": pairwise(IntegratedJacobians()),
    "all pairs": lambda model, graphs: list(
        all_pairs(BiLRP().factors(model, graphs), model.similarity)
    ),
}


def with_head(head):
    torch.manual_seed(1)
    return SiameseGNN(GIN(FEATURES, 8, 2), "add", head).eval()


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_form_that_is_not_the_forward_of_its_head_is_refused(wrong, use):
    form, error, message = WRONG[wrong]
    with pytest.raises(error, match=message):
        USES[use](with_head(Own(form)), [random_graph(4 + k, k) for k in range(4)])


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("right", RIGHT)
def test_a_form_that_is_its_head_is_taken(right, use):
    assert USES[use](with_head(Own(RIGHT[right])), [random_graph(4 + k, k) for k in range(4)])


@pytest.mark.parametrize("dtype", [torch.float, torch.double, torch.half, torch.bfloat16], ids=str)
@pytest.mark.parametrize(
    "head", [CosineSimilarity, DotSimilarity, EuclideanSimilarity, BilinearSimilarity]
)
def test_heads_of_the_package_are_their_forms_in_any_precision(head, dtype):
    torch.manual_seed(2)
    one = head(6) if head.sized else head()
    h = torch.randn(9, 6, dtype=dtype)
    for a, b in ((h, h.flip(0)), (h, h), (h, h + 1e-4), (0 * h, h), (10 * h, h)):
        assert exact_form(one.to(dtype), a, b) is not None
        assert factor_form(one.float(), a.double(), b.double()).exact
