"""Grad-CAM against finite differences and Captum's layer attributions."""

import pytest
import torch
from captum.attr import LayerGradCam
from graphs import ENCODERS, FEATURES, odd_graphs, random_graph
from torch_geometric.data import Data, HeteroData
from torch_geometric.nn import GCN, GIN, GINConv, GraphNorm, GraphSAGE, to_hetero

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.explain import GradCAM, edge_importance
from pyg_siamex.nn import HeteroEncoder, TwoTowerGNN

D = torch.double


def explained(model, *pair, side="both", **options):
    return PairExplainer(model, GradCAM(**options), node_mask_type="object", side=side)(*pair)


@pytest.mark.parametrize("layer", [None, "convs.0", "convs.1", "act"])
def test_equals_finite_differences_of_the_layer(layer):
    """alpha_k is 1/n of the change of the similarity when channel k rises at all nodes."""
    model = SiameseGNN(GCN(FEATURES, 4, 3).double(), "add").eval()
    query, reference = random_graph(6, 1, D), random_graph(5, 2, D)
    score = explained(model, query, reference, layer=layer, signed=True).query.node_mask
    module = model.encoder.get_submodule(layer or "convs.2")
    nudge, seen, calls = torch.zeros(4, dtype=D), [], []
    last = 2 if layer == "act" else 1  # the shared activation runs twice: the last time counts

    def nudged(_, __, output):
        calls.append(1)
        if len(calls) == last:
            seen.append(output)
            return output + nudge
        return output

    other = model.embed(reference)
    handle = module.register_forward_hook(nudged)
    alpha = torch.zeros(4, dtype=D)
    for channel in range(4):
        slopes = []
        for step in (1e-6, -1e-6):
            nudge.zero_()
            nudge[channel] = step
            calls.clear()
            slopes.append(model.similarity(model.embed(query), other).item())
        alpha[channel] = (slopes[0] - slopes[1]) / 2e-6 / 6
    handle.remove()
    assert torch.allclose(score[:, 0], seen[0] @ alpha, atol=1e-7)


def test_equals_captum():
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "mean").eval()
    query, reference = random_graph(6, 1, D), random_graph(6, 2, D)
    view = model.against(reference)

    def forward(x):
        return view(x[0], query.edge_index)

    class Channels(torch.nn.Module):
        """The layer's output as Captum wants it: batch, channels, positions."""

        def forward(self, h):
            return h.T.unsqueeze(0)

    # Captum averages over positions and sums over channels, as a batch of one picture.
    probe = Channels()
    last = model.encoder.convs[1]
    handle = last.register_forward_hook(lambda _, __, h: probe(h)[0].T)
    theirs = LayerGradCam(forward, probe).attribute(query.x.unsqueeze(0).requires_grad_())
    handle.remove()
    ours = explained(model, query, reference).query.node_mask
    assert torch.allclose(ours[:, 0], theirs[0, 0].relu(), atol=1e-10)


@pytest.mark.parametrize("encoder", ["GCN", "GATv2", "PNA", "GINjk"])
@pytest.mark.parametrize("side", ["both", "reference"])
def test_batched_equals_one_by_one(encoder, side):
    model = SiameseGNN(ENCODERS[encoder]().double(), "add")
    explainer = PairExplainer(model, GradCAM(signed=True), node_mask_type="object", side=side)
    queries, others = odd_graphs(D), [*odd_graphs(D)[1:], random_graph(6, 9, D)]
    for k, together in enumerate(explainer.explain(queries, others)):
        alone = explainer(queries[k], others[k])
        assert torch.allclose(together.reference.node_mask, alone.reference.node_mask, atol=1e-10)


def test_only_what_pulls_the_pair_together_is_kept():
    model = SiameseGNN(GCN(FEATURES, 8, 2).double(), "add")
    pair = random_graph(8, 1, D), random_graph(7, 2, D)
    signed, kept = (explained(model, *pair, signed=s).query.node_mask for s in (True, False))
    assert (signed < 0).any()
    assert torch.equal(kept, signed.relu())


def test_edges_take_the_mean_of_their_ends():
    model = SiameseGNN(GCN(FEATURES, 8, 2))
    query = explained(model, random_graph(6, 1), random_graph(5, 2)).query
    row, col = query.edge_index
    mean = (query.node_mask[row, 0] + query.node_mask[col, 0]) / 2
    assert torch.allclose(edge_importance(query), mean)


def test_hooks_are_gone_after_an_error():
    model = SiameseGNN(GCN(FEATURES, 8, 2))
    with pytest.raises(ValueError, match=r"one row per node, and its output is \[2, 8\]"):

        class Pooled(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.gnn, self.top = GCN(FEATURES, 8, 2), torch.nn.Linear(8, 8)

            def forward(self, x, edge_index, batch):
                h = torch.zeros(int(batch.max()) + 1, 8).index_add(
                    0, batch, self.gnn(x, edge_index)
                )
                return self.top(h)

        model = SiameseGNN(Pooled(), None)
        explained(model, random_graph(6, 1), random_graph(5, 2), layer="top")
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(
    ("options", "masks", "message"),
    [
        ({}, {"edge_mask_type": "object"}, "GradCAM scores nodes"),
        ({}, {"node_mask_type": "attributes"}, "GradCAM scores nodes"),
        ({"layer": "conv"}, {"node_mask_type": "object"}, "no layer 'conv': it has .*convs.0"),
        ({"layer": "spare"}, {"node_mask_type": "object"}, "'spare' did not run"),
    ],
)
def test_what_it_cannot_do_is_refused(options, masks, message):
    model = SiameseGNN(GCN(FEATURES, 8, 2))
    model.encoder.register_module("spare", torch.nn.Identity())
    with pytest.raises(ValueError, match=message):
        PairExplainer(model, GradCAM(**options), **masks)(random_graph(6, 1), random_graph(5, 2))


class Mixing(torch.nn.Module):
    """An encoder that needs its graphs one by one."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = GINConv(torch.nn.Linear(3, 8)), GraphNorm(8)

    def forward(self, x, edge_index):
        return self.norm(self.conv(x, edge_index)).tanh()


def target(nodes, seed):
    graph = random_graph(nodes, seed, D)
    return Data(x=graph.x[:, :3].contiguous(), edge_index=graph.edge_index)


@pytest.mark.parametrize("make", [lambda: GCN(3, 8, 2), Mixing], ids=["GCN", "one by one"])
def test_two_encoders_give_the_masks_of_each_side(make):
    torch.manual_seed(0)
    model = TwoTowerGNN(GIN(FEATURES, 8, 2), make(), pool="add", similarity="dot").double()
    queries = [random_graph(4 + k, k, D) for k in range(3)]
    references = [target(6 - k, 9 + k) for k in range(3)]
    found = {
        side: PairExplainer(model, GradCAM(signed=True), node_mask_type="object", side=side)
        for side in ("both", "query", "reference")
    }
    together = found["both"].explain(queries, references)
    for query, reference, both in zip(queries, references, together, strict=True):
        for side in ("query", "reference"):
            alone = getattr(found[side](query, reference), side).node_mask
            assert alone.any()
            torch.testing.assert_close(getattr(both, side).node_mask, alone)
    h = make_leaf(model.query_tower.encoder(queries[0].x, queries[0].edge_index))
    other = model.reference_tower.embed(references[0])
    model.similarity(h.sum(0, keepdim=True), other).sum().backward()
    expected = (h.grad.mean(0) * h).sum(1).detach()
    torch.testing.assert_close(together[0].query.node_mask[:, 0], expected)


def make_leaf(values):
    return values.detach().requires_grad_()


def test_a_layer_of_one_encoder_is_looked_for_in_its_side():
    model = TwoTowerGNN(GIN(FEATURES, 8, 2), GCN(3, 8, 2), "add", "dot").double()
    pair = random_graph(6, 1, D), target(5, 2)
    assert explained(model, *pair, layer="convs.0").reference.node_mask.shape == (5, 1)
    assert explained(model, *pair, layer="convs.0.nn", side="query").query.node_mask.shape == (6, 1)
    with pytest.raises(ValueError, match="of side='reference' has no layer"):
        explained(model, *pair, layer="convs.0.nn")


def of_types(pool):
    torch.manual_seed(0)
    data = HeteroData()
    data["user"].x, data["movie"].x = torch.randn(4, 3), torch.randn(6, 2)
    ends = torch.tensor([[0, 1, 2, 3, 3, 0], [0, 1, 2, 3, 4, 5]])
    data["user", "rates", "movie"].edge_index = ends
    data["movie", "rated_by", "user"].edge_index = ends.flip(0)
    net = to_hetero(GraphSAGE((-1, -1), 8, 2), data.metadata())
    encoder = HeteroEncoder(net, data, pool=pool)
    graph = encoder.to_homogeneous(data)
    model = SiameseGNN(encoder, None if pool else "add", "dot").eval()
    model.embed(graph)  # lazy layers run once
    return model, graph


def test_encoders_of_types_give_the_embeddings_of_nodes():
    model, graph = of_types(None)
    other = graph.clone()
    other.x = other.x.flip(0)
    found = explained(model, graph, other, signed=True).query.node_mask[:, 0]
    h, g = (model.node_embeddings(model.inputs_of([one])).detach() for one in (graph, other))
    torch.testing.assert_close(found, h @ g.sum(0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("pool", [None, "mean"])
@pytest.mark.parametrize(
    ("layer", "output"),
    [
        ("encoder", "a dict"),
        ("encoder._trim.user__rates__movie", "a tuple"),
        ("encoder.convs.0.user__rates__movie", r"\[12, 8\] for 20 nodes"),
    ],
)
def test_layers_of_types_are_refused_with_the_way_out(pool, layer, output):
    model, graph = of_types(pool)
    way = "leave `layer` out" if pool is None else "leave `layer` and the encoder's `pool` out"
    with pytest.raises(ValueError, match=f"its output is {output}: {way}"):
        explained(model, graph, graph, layer=layer)
