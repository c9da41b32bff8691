import torch
from torch.autograd.function import once_differentiable

from pyg_siamex.explain.relevance.tape import Leaf, Tape

GRAPH = torch.tensor([0, 0, 1, 2, 2])


def drawn(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Once(torch.autograd.Function):
    """Tangent without a second derivative."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad):
        return grad * ctx.saved_tensors[0].cos()


class Broken(torch.autograd.Function):
    """A backward pass that autograd cannot follow."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin()

    @staticmethod
    def backward(ctx, grad):
        return (grad.detach() + 0 * grad) * ctx.saved_tensors[0].cos()


def tape(function):
    x, scale = drawn(5, 3).requires_grad_(), torch.ones(3, dtype=torch.double).requires_grad_()
    rows = function(x @ drawn(3, 4, seed=1))
    h = torch.zeros(3, 4, dtype=torch.double).index_add(0, GRAPH, rows) * scale[:, None]
    return Tape(h, {"x": Leaf(x, GRAPH), "scale": Leaf(scale, torch.arange(3))})


def whole(own, name):
    """The Jacobian, by coordinates."""
    leaf = own.leaves[name].value
    rows = [
        torch.autograd.grad(own.h[:, k].sum(), leaf, retain_graph=True)[0]
        for k in range(own.h.size(1))
    ]
    return torch.stack(rows)


def test_pulled_is_the_weighted_sum_of_all_coordinates():
    own, seeds = tape(torch.sin), drawn(3, 4, seed=2)
    found = own.pulled(seeds, ["x", "scale"])
    torch.testing.assert_close(
        found["x"], torch.einsum("ik,kif->if", seeds[GRAPH], whole(own, "x"))
    )
    torch.testing.assert_close(found["scale"], (seeds * whole(own, "scale").T).sum(1))


def test_carried_is_the_sum_over_elements_however_it_is_computed():
    for function in (torch.sin, Once.apply, Broken.apply):
        own = tape(function)
        found = own.carried(["x", "scale"])
        expected = torch.zeros(3, 4, dtype=torch.double)
        expected.index_add_(0, GRAPH, whole(own, "x").sum(2).T)
        torch.testing.assert_close(found["x"], expected)
        torch.testing.assert_close(found["scale"], whole(own, "scale").T)


def test_a_backward_pass_that_cannot_be_followed_is_noticed():
    assert tape(torch.sin)._forward(["x"]) is not None
    assert tape(Once.apply)._forward(["x"]) is None
    assert tape(Broken.apply)._forward(["x"]) is None


def test_what_depends_on_nothing_carries_nothing():
    leaf = Leaf(torch.zeros(5, requires_grad=True), GRAPH)
    constant = Tape(torch.ones(3, 4), {"x": leaf})
    assert not constant.carried(["x"])["x"].any()
    assert not constant.pulled(torch.ones(3, 4), ["x"])["x"].any()
    apart = Tape(tape(torch.sin).h.float(), {"x": leaf})
    assert not apart.carried(["x"])["x"].any()


def test_leaves_of_another_precision_than_the_embedding_are_followed():
    x = drawn(5, 4).float().requires_grad_()
    h = torch.zeros(3, 4, dtype=torch.double).index_add(0, GRAPH, x.double())
    assert Tape(h, {"x": Leaf(x, GRAPH)})._forward(["x"]) is not None
