"""What a head says of its forward holds for that forward alone."""

import pytest
import torch
from graphs import FEATURES, random_graph
from pytorch_metric_learning import losses
from sklearn.neighbors import NearestNeighbors
from torch_geometric.nn import GCN

from pyg_siamex import BiLRP, IntegratedJacobians, PairExplainer, SiameseGNN
from pyg_siamex.nn import (
    BilinearSimilarity,
    CosineSimilarity,
    DotSimilarity,
    EuclideanSimilarity,
    MLPSimilarity,
    RBFSimilarity,
    RoiSimilarity,
    Similarity,
)
from pyg_siamex.nn.neighbours import NeighbourIndex
from pyg_siamex.nn.similarity import Distance, ProductForm
from pyg_siamex.nn.similarity.base import OF_FORWARD, compare
from pyg_siamex.nn.training import loss_resolver

KINDS = {
    CosineSimilarity: (),
    DotSimilarity: (),
    EuclideanSimilarity: (),
    RBFSimilarity: (0.1,),
    BilinearSimilarity: (4,),
    MLPSimilarity: (4,),
    RoiSimilarity: (2,),
}


def said(kind):
    return {name: getattr(kind, name) for name in OF_FORWARD}


def cubed(kind):
    class Cubed(kind):
        def forward(self, a, b):
            return super().forward(a, b) ** 3

    return Cubed


@pytest.mark.parametrize("kind", KINDS)
def test_another_forward_inherits_nothing_that_was_said_of_the_first(kind):
    assert said(cubed(kind)) == said(Similarity) != said(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_forward_from_beside_the_family_counts_as_another(kind):
    class Halved:
        def forward(self, a, b):
            return super().forward(a, b) / 2

    class Mixed(Halved, kind):
        pass

    assert said(Mixed) == said(Similarity)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_forward_keeps_what_was_said(kind):
    class Named(kind):
        pass

    class Deeper(Named):
        def extra_repr(self):
            return "deeper"

    assert said(Named) == said(Deeper) == said(kind)


def test_what_a_subclass_says_of_its_own_forward_holds_for_its_subclasses():
    class Doubled(DotSimilarity):
        def forward(self, a, b):
            return 2 * super().forward(a, b)

        def product_form(self):
            return ProductForm(2.0)

    class Named(Doubled):
        pass

    assert Named().product_form() == ProductForm(2.0)
    assert Named().order_metric() is None and not Named.broadcasts


@pytest.mark.parametrize("kind", [k for k in KINDS if k is not RoiSimilarity])
def test_no_closed_form_of_the_parent_is_used_for_another_forward(kind):
    head = cubed(kind)(*KINDS[kind])
    pair = random_graph(5, 0, torch.double), random_graph(4, 1, torch.double)
    model = SiameseGNN(GCN(FEATURES, 4, 2, act="tanh"), similarity=head).double()
    model.similarity = head.double()
    with pytest.raises(ValueError, match="head Cubed"):
        PairExplainer(model, BiLRP(), node_mask_type="object")(*pair)
    with pytest.raises(ValueError, match=r"Cubed .* untrained"):
        loss_resolver("triplet", head)
    assert loss_resolver(losses.TripletMarginLoss(), head)
    with pytest.raises(ValueError, match="no metric orders entries as Cubed"):
        NeighbourIndex(head, torch.eye(4), NearestNeighbors())
    with pytest.raises(ValueError, match="not products of factors"):
        IntegratedJacobians(4).factors(model, pair)


@pytest.mark.parametrize("kind", [DotSimilarity, RBFSimilarity, MLPSimilarity])
def test_curvature_of_another_forward_is_its_own(kind):
    head = cubed(kind)(*KINDS[kind]).double()
    model = SiameseGNN(GCN(FEATURES, 4, 2, act="tanh").double(), similarity=head)
    explainer = PairExplainer(model, IntegratedJacobians(30), node_mask_type="object")
    found = explainer(random_graph(5, 0, torch.double), random_graph(4, 1, torch.double))
    corners = [found.terms[name] for name in ("f_qr", "f_0r", "f_q0", "f_00")]
    expected = corners[0] - corners[1] - corners[2] + corners[3]
    assert float(found.relevance.sum()) == pytest.approx(expected, rel=1e-5)
    assert corners[0] == pytest.approx(found.prediction)


def test_a_metric_that_a_subclass_gives_is_used():
    class Quartic(EuclideanSimilarity):
        def forward(self, a, b):
            return -super().forward(a, b).square()

        def order_metric(self):
            return Distance()

    entries = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    own = NeighbourIndex(Quartic(), entries, NearestNeighbors(algorithm="ball_tree"))
    usual = NeighbourIndex(EuclideanSimilarity(), entries)
    assert own.nearest(entries[0], 5).position == usual.nearest(entries[0], 5).position
    assert loss_resolver("triplet", Quartic()).loss.distance.is_inverted is False


ILL = {
    "widths": (torch.rand(2, 4), torch.rand(2, 1)),
    "rows": (torch.rand(3, 4), torch.rand(2, 4)),
    "integers": (torch.ones(2, 4).long(), torch.ones(2, 4).long()),
    "yes and no": (torch.ones(2, 4).bool(), torch.ones(2, 4).bool()),
    "single numbers": (torch.tensor(1.0), torch.tensor(1.0)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ill", ILL)
def test_embeddings_that_do_not_fit_each_other_are_refused(kind, ill):
    head = kind(*KINDS[kind])
    for call in (head, lambda a, b: compare(head, a, b)):
        with pytest.raises(ValueError, match=r"equal width and of floats|3 embeddings on one side"):
            call(*ILL[ill])


@pytest.mark.parametrize("kind", KINDS)
def test_embeddings_are_tensors(kind):
    with pytest.raises(TypeError, match=r"two tensors are compared \(got .*, list, Tensor\)"):
        kind(*KINDS[kind])([[1.0]], torch.rand(1, 1))


@pytest.mark.parametrize("kind", [BilinearSimilarity, MLPSimilarity])
def test_embeddings_that_do_not_fit_the_weights_are_refused(kind):
    head = kind(4)
    with pytest.raises(ValueError, match=rf"{kind.__name__} is of another width.* takes 4 and"):
        head(torch.rand(2, 5), torch.rand(2, 5))
    with pytest.raises(ValueError, match=r"computes in torch.float32, and the .* torch.float64"):
        head(torch.rand(2, 4).double(), torch.rand(2, 4).double())


def test_a_bound_of_norms_is_above_0():
    with pytest.raises(ValueError, match=r"eps must be above 0.*\(got 0.0\)"):
        CosineSimilarity(eps=0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_embeddings_and_weights_are_on_one_device(kind):
    head, here, there = kind(*KINDS[kind]), torch.rand(2, 4), torch.rand(2, 4, device="meta")
    with pytest.raises(ValueError, match="embeddings on cpu and on meta: move them to one device"):
        head(here, there)
    if kind in (MLPSimilarity, RoiSimilarity):
        with pytest.raises(ValueError, match=f"{kind.__name__} is on cpu, and the embeddings are"):
            head(there, there)


@pytest.mark.parametrize("make", [torch.Tensor.to_sparse, torch.Tensor.to_sparse_csr])
@pytest.mark.parametrize("both", [False, True])
def test_sparse_embeddings_are_refused(make, both):
    sparse = make(torch.eye(3))
    for head in (CosineSimilarity(), DotSimilarity()):
        for a, b in (
            [(sparse, sparse)] if both else [(sparse, torch.eye(3)), (torch.eye(3), sparse)]
        ):
            with pytest.raises(TypeError, match=r"dense embeddings are compared .*to_dense"):
                compare(head, a, b)


class _OwnWeight(Similarity):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, a, b):
        if isinstance(self.layer, torch.nn.Linear):
            return self.layer(a * b).squeeze(-1)
        return (self.layer * a * b).sum(-1)


@pytest.mark.parametrize("layer", ["a vector", "a layer"])
def test_a_head_of_ones_own_of_another_width_names_both(layer):
    own = torch.nn.Linear(4, 1) if layer == "a layer" else torch.nn.Parameter(torch.ones(4))
    with pytest.raises(ValueError, match=r"it takes 4 and gets 5; give the head as many") as caught:
        _OwnWeight(own)(torch.rand(2, 5), torch.rand(2, 5))
    assert not any(word in str(caught.value) for word in ("mat1", "tensor a"))


def test_numbers_of_embeddings_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="3 embeddings on one side and 2 on the other"):
        compare(DotSimilarity(), torch.ones(3, 4), torch.ones(2, 4))
