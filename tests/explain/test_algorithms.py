"""Each algorithm against an independent way to compute the same."""

import pytest
import torch
from graphs import ENCODERS, FEATURES, edgeless_graph, random_graph
from torch_geometric.data import Data
from torch_geometric.explain.algorithm.utils import clear_masks, set_masks
from torch_geometric.nn import GCN, GIN

from pyg_siamex import (
    InputXGradient,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    RandomExplainer,
    Saliency,
    SiameseGNN,
)

D = torch.double


def similarity_with_mask(model, query, reference, mask):
    """Masked by PyG's own hooks, the reference encoded apart."""
    with torch.no_grad():
        other = model.embed(reference)
        set_masks(model.encoder, torch.nn.Parameter(mask), query.edge_index, apply_sigmoid=False)
        value = model.similarity(model.embed(query), other)
        clear_masks(model.encoder)
    return value.item()


@pytest.mark.parametrize("encoder", ["GCN", "GIN", "GraphSAGE", "GAT", "GATv2", "GINE"])
def test_edge_occlusion_equals_stock_masks_one_at_a_time(encoder):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    mask = PairExplainer(model, Occlusion(), edge_mask_type="object")(query, reference)
    whole = model(query, reference).item()
    for edge in range(query.num_edges):
        ones = torch.ones(query.num_edges, dtype=D)
        ones[edge] = 0
        lost = whole - similarity_with_mask(model, query, reference, ones)
        assert mask.query.edge_mask[edge].item() == pytest.approx(lost, abs=1e-10)


def test_node_and_feature_occlusion_by_hand():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    query.x[2, 3] = 0
    whole = model(query, reference).item()
    for kind in ("object", "attributes", "common_attributes"):
        explainer = PairExplainer(model, Occlusion(), node_mask_type=kind)
        mask = explainer(query, reference).query.node_mask
        for i in range(5):
            for f in range(FEATURES):
                changed = query.clone()
                rows = slice(None) if kind == "common_attributes" else i
                columns = slice(None) if kind == "object" else f
                changed.x[rows, columns] = 0
                lost = whole - model(changed, reference).item()
                row = 0 if kind == "common_attributes" else i
                column = 0 if kind == "object" else f
                assert mask[row, column].item() == pytest.approx(lost, abs=1e-10)
    explainer = PairExplainer(model, Occlusion(), node_mask_type="attributes")
    assert explainer(query, reference).query.node_mask[2, 3] == 0


def test_input_x_gradient_is_the_derivative_of_the_mask():
    model = SiameseGNN(ENCODERS["GAT"]().double(), "mean").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    mask = PairExplainer(model, InputXGradient(), edge_mask_type="object")(query, reference)
    step = 1e-6
    for edge in range(query.num_edges):
        up, down = (torch.ones(query.num_edges, dtype=D) for _ in range(2))
        up[edge] += step
        down[edge] -= step
        slope = (
            similarity_with_mask(model, query, reference, up)
            - similarity_with_mask(model, query, reference, down)
        ) / (2 * step)
        assert mask.query.edge_mask[edge].item() == pytest.approx(slope, abs=1e-6)


def test_feature_gradients_equal_autograd_on_the_features():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(5, 1, D), random_graph(4, 2, D)
    x = query.x.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(
        model(Data(x=x, edge_index=query.edge_index), reference).sum(), x
    )
    expected = {"attributes": gradient, "object": gradient, "common_attributes": gradient}
    reduce = {
        "attributes": lambda g: g,
        "object": lambda g: g.sum(1, keepdim=True),
        "common_attributes": lambda g: g.sum(0, keepdim=True),
    }
    for kind, g in expected.items():
        saliency = PairExplainer(model, Saliency(), node_mask_type=kind)(query, reference)
        product = PairExplainer(model, InputXGradient(), node_mask_type=kind)(query, reference)
        assert torch.allclose(saliency.query.node_mask, reduce[kind](g.abs()), atol=1e-10)
        assert torch.allclose(product.query.node_mask, reduce[kind](g * query.x), atol=1e-10)


def test_random_is_seeded_and_knows_nothing_of_the_batch():
    model = SiameseGNN(GIN(FEATURES, 8, 2))
    queries, others = [random_graph(6, k) for k in (1, 2)], [random_graph(5, k) for k in (3, 4)]
    one, two = PairExplainer(model, RandomExplainer(1), edge_mask_type="object").explain(
        queries, others
    )
    other = PairExplainer(model, RandomExplainer(2), edge_mask_type="object")(queries[0], others[0])
    assert not torch.equal(one.query.edge_mask, other.query.edge_mask)
    assert not torch.equal(one.query.edge_mask[:4], two.query.edge_mask[:4])
    assert ((one.query.edge_mask >= 0) & (one.query.edge_mask < 1)).all()


def motif_model():
    """Counts, exactly, the nodes of kind 0 that have a neighbour of kind 1."""

    class Count(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = GCN(2, 2, 1)  # a MessagePassing layer to mask
            self.conv.convs[0].lin.weight.data = torch.eye(2)
            self.conv.convs[0].bias.data.zero_()

        def forward(self, x, edge_index):
            edges = torch.ones(edge_index.size(1), dtype=x.dtype)
            near = self.conv(x, edge_index, edge_weight=edges)[:, 1:] * x[:, :1]
            return torch.cat([near, 0.2 * x[:, 1:]], dim=1)

    return SiameseGNN(Count(), "add", "dot").double().eval()


def chain(kinds):
    n = len(kinds)
    path = torch.stack([torch.arange(n - 1), torch.arange(1, n)])
    x = torch.nn.functional.one_hot(torch.tensor(kinds), 3)[:, :2].double()
    return Data(x=x, edge_index=torch.cat([path, path.flip(0)], dim=1))


def test_masks_find_the_only_bond_that_matters():
    query, reference = chain([2, 2, 0, 1, 2, 2, 2]), chain([1, 0, 2, 2])
    explainer = PairExplainer(
        motif_model(), MaskOptimization(), edge_mask_type="object", undirected=True
    )
    explanation = explainer(query, reference)
    for side, bond in ((explanation.query, {2, 3}), (explanation.reference, {0, 1})):
        inside = torch.tensor([set(edge) == bond for edge in side.edge_index.T.tolist()])
        assert side.edge_mask[inside].min() > 0.3
        assert side.edge_mask[~inside].max() < 0.25
        assert side.edge_mask[inside].min() > 2 * side.edge_mask[~inside].max()


def test_a_larger_price_keeps_less():
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").double()
    pair = random_graph(8, 1, D), random_graph(8, 2, D)
    sizes = [
        PairExplainer(model, MaskOptimization(size=size), edge_mask_type="object")(*pair)
        .query.edge_mask.mean()
        .item()
        for size in (0.0, 0.5, 2.0, 20.0)
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.1


@pytest.mark.parametrize("options", [{"sufficiency": 1.0}, {"entropy": 0.5}, {"epochs": 1}])
def test_masks_stay_in_range(options):
    model = SiameseGNN(ENCODERS["GCN"]())
    explainer = PairExplainer(
        model, MaskOptimization(**options), node_mask_type="attributes", edge_mask_type="object"
    )
    explanation = explainer(random_graph(7, 1), random_graph(6, 2))
    for mask in (explanation.query.edge_mask, explanation.reference.node_mask):
        assert ((mask >= 0) & (mask <= 1)).all()


def test_nothing_to_explain_gives_a_flat_mask():
    model = SiameseGNN(ENCODERS["GIN"](), "add")
    explainer = PairExplainer(
        model, MaskOptimization(), node_mask_type="object", edge_mask_type="object"
    )
    blank = edgeless_graph(3)
    blank.x.zero_()
    explanation = explainer(blank, blank)
    assert explanation.query.edge_mask.numel() == 0
    assert explanation.query.node_mask.unique().numel() == 1
    assert explanation.query.node_mask.isfinite().all()


def test_deterministic():
    model = SiameseGNN(ENCODERS["GAT"]())
    explainer = PairExplainer(model, MaskOptimization(30), edge_mask_type="object")
    pair = random_graph(7, 1), random_graph(6, 2)
    torch.manual_seed(1)
    one = explainer(*pair)
    torch.manual_seed(2)
    assert torch.equal(one.query.edge_mask, explainer(*pair).query.edge_mask)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"lr": 0}, "lr must be positive"),
        ({"size": -1}, "size must not be negative"),
        ({"necessity": 0}, "there is no objective"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        MaskOptimization(**options)


def test_common_attributes_of_a_row():
    row = Data(x=torch.tensor([[1.0, 0.0, 2.0, 0.0, 1.0]]))
    other = Data(x=torch.ones(1, FEATURES))
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 8, 2)), Occlusion(), node_mask_type="attributes"
    )
    mask = explainer(row, other).query.node_mask
    assert mask.shape == (1, FEATURES)
    assert (mask[0, [1, 3]] == 0).all() and (mask[0, [0, 2, 4]] != 0).all()


def test_another_reference_gives_other_random_values():
    model = SiameseGNN(ENCODERS["GCN"](), "mean").eval()
    explainer = PairExplainer(model, RandomExplainer(), edge_mask_type="object")
    query, a, b = random_graph(8, 1), random_graph(7, 2), random_graph(7, 3)
    one, other = explainer(query, a).query.edge_mask, explainer(query, b).query.edge_mask
    assert not torch.equal(one, other)
    assert torch.equal(one, explainer(query, a).query.edge_mask)
    assert torch.equal(one, explainer(a, query).reference.edge_mask)


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_occlusion_of_repeated_graphs_is_that_of_each_pair(side):
    model = SiameseGNN(ENCODERS["GCN"](), "mean").eval()
    a, b, c = random_graph(8, 1), random_graph(7, 2), random_graph(6, 3)
    masks = {"edge_mask_type": "object", "node_mask_type": "attributes", "undirected": True}
    explainer = PairExplainer(model, Occlusion(), side=side, **masks)
    queries, references = [a, a, b, a], [b, c, a, b]
    for found, query, reference in zip(
        explainer.explain(queries, references), queries, references, strict=True
    ):
        alone = explainer(query, reference)
        for one, other in ((found.query, alone.query), (found.reference, alone.reference)):
            for name in ("edge_mask", "node_mask"):
                if name in other:
                    assert torch.allclose(one[name], other[name], atol=1e-6)
