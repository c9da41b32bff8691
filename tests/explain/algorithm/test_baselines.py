"""What every baseline promises: the model untouched, the same result twice, nothing from names."""

import itertools

import pytest
import torch
from graphs import FEATURES, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.nn import GCN, GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain import GradCAM, GroupOcclusion, IntegratedGradients, ShapleySampling

BOTH = {"node_mask_type": "object", "edge_mask_type": "object"}
NODES = {"node_mask_type": "object"}
ALGORITHMS = {
    "integrated_gradients": (lambda: IntegratedGradients(4), BOTH),
    "grad_cam": (lambda: GradCAM(signed=True), NODES),
    "shapley": (lambda: ShapleySampling(1), BOTH),
    "leave_out": (lambda: GroupOcclusion("group"), BOTH),
    "keep": (lambda: GroupOcclusion("group", "keep"), BOTH),
}


@pytest.fixture(params=list(ALGORITHMS))
def case(request):
    build, masks = ALGORITHMS[request.param]
    return build(), masks


def pair(dtype=torch.float):
    graphs = random_graph(6, 1, dtype), random_graph(5, 2, dtype)
    for graph in graphs:
        graph.group = torch.arange(graph.num_nodes) % 3
    return graphs


def state(model):
    return (
        {name: value.clone() for name, value in model.state_dict().items()},
        [(p.requires_grad, p.grad) for p in model.parameters()],
        [(m.training, len(m._forward_hooks), sorted(vars(m))) for m in model.modules()],
        torch.random.get_rng_state(),
    )


def assert_same_state(one, other):
    assert one[0].keys() == other[0].keys()
    assert all(torch.equal(value, other[0][name]) for name, value in one[0].items())
    assert one[1:3] == other[1:3]
    assert torch.equal(one[3], other[3])


def mixed_model():
    model = SiameseGNN(GCN(FEATURES, 8, 2, norm="batch_norm", dropout=0.3), "add").train()
    model.encoder.norms[0].eval()
    model.encoder.convs[0].bias.requires_grad_(False)
    return model


def test_model_and_random_state_are_as_before(case):
    algorithm, masks = case
    model = mixed_model()
    before = state(model)
    PairExplainer(model, algorithm, **masks)(*pair())
    assert_same_state(before, state(model))


def test_model_and_random_state_are_as_before_after_an_exception(case, monkeypatch):
    algorithm, masks = case
    model = mixed_model()
    before = state(model)
    calls, pool = itertools.count(), type(model.pool).forward

    def failing(*args, **kwargs):
        if next(calls) >= 2:
            raise RuntimeError("out of memory")
        return pool(*args, **kwargs)

    monkeypatch.setattr(type(model.pool), "forward", failing)
    with pytest.raises(RuntimeError, match="out of memory"):
        PairExplainer(model, algorithm, **masks)(*pair())
    assert_same_state(before, state(model))


def test_the_same_result_twice(case):
    algorithm, masks = case
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2), "add"), algorithm, **masks)
    one, two = explainer(*pair()), explainer(*pair())
    for name in one.query.available_explanations:
        assert torch.equal(one.query[name], two.query[name])
        assert torch.equal(one.reference[name], two.reference[name])


def test_swapping_query_and_reference_swaps_masks(case):
    algorithm, masks = case
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2).double()), algorithm, **masks)
    a, b = pair(torch.double)
    one, other = explainer(a, b), explainer(b, a)
    for name in one.query.available_explanations:
        assert torch.allclose(one.query[name], other.reference[name], atol=1e-9)
        assert torch.allclose(one.reference[name], other.query[name], atol=1e-9)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
@pytest.mark.parametrize("name", [name for name in ALGORITHMS if name != "shapley"])
def test_permuting_nodes_and_edges_permutes_masks(name, seed):
    build, masks = ALGORITHMS[name]
    generator = torch.Generator().manual_seed(seed)
    query, reference = pair(torch.double)
    order = torch.randperm(6, generator=generator)
    edges = torch.randperm(query.num_edges, generator=generator)
    permuted = Data(
        x=query.x[order],
        edge_index=order.argsort()[query.edge_index][:, edges],
        group=query.group[order],
    )
    del query.edge_attr, reference.edge_attr
    explainer = PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2).double(), "add"), build(), **masks)
    one, other = explainer(query, reference), explainer(permuted, reference)
    assert torch.allclose(one.query.node_mask[order], other.query.node_mask, atol=1e-9)
    assert torch.allclose(one.reference.node_mask, other.reference.node_mask, atol=1e-9)
    if "edge_mask" in one.query:
        assert torch.allclose(one.query.edge_mask[edges], other.query.edge_mask, atol=1e-9)
