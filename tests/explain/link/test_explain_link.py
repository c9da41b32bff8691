"""One mask on the graph around both nodes of a link, against the whole graph without each edge."""

import copy

import pytest
import torch
from linked_graphs import ENCODERS, LINKS, large_graph, scores, without_edge
from torch_geometric.data import Data
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GIN

from pyg_siamex import (
    BiLRP,
    GroupOcclusion,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    NeighbourhoodOcclusion,
    NodePairs,
    Occlusion,
    PairExplainer,
    PairExplanation,
    RandomExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
    explain_link,
    explain_links,
)
from pyg_siamex.explain import FromPyG, ShapleySampling
from pyg_siamex.metric import fidelity, trust
from pyg_siamex.metric.other_model import OtherModelError

EDGES, NODES = {"edge_mask_type": "object"}, {"node_mask_type": "object"}
ALGORITHMS = {
    "Occlusion": Occlusion,
    "NeighbourhoodOcclusion": NeighbourhoodOcclusion,
    "IntegratedGradients": IntegratedGradients,
    "InputXGradient": InputXGradient,
    "Saliency": Saliency,
    "MaskOptimization": lambda: MaskOptimization(epochs=5),
    "SelfLearned": lambda: SelfLearned(solver="kl"),
    "ShapleySampling": lambda: ShapleySampling(2),
    "FromPyG": lambda: FromPyG(GNNExplainer(epochs=3)),
    "RandomExplainer": RandomExplainer,
}


def model_of(name, similarity="dot"):
    torch.manual_seed(1)
    return SiameseGNN(ENCODERS[name]().double(), pool="root", similarity=similarity)


def linked(data):
    """Links that are edges, and links that are not."""
    edges = [tuple(data.edge_index[:, k].tolist()) for k in (0, 17)]
    return [*edges, *LINKS]


@pytest.mark.parametrize("remove", [False, True])
@pytest.mark.parametrize(("name", "mode"), [("GIN", "message"), ("GCN", "weight")])
def test_a_mask_is_what_the_whole_graph_loses_without_an_edge(name, mode, remove):
    model, data = model_of(name), large_graph(dtype=torch.double)
    links = linked(data)
    found = explain_links(
        model,
        data,
        links,
        Occlusion(),
        remove_link=remove,
        mask_mode=mode,
        undirected=True,
        **EDGES,
    )
    data.edge_attr = None
    for link, explanation in zip(links, found, strict=True):
        graph = without_edge(data, *link) if remove else data
        (score,) = scores(model, graph, [link]).tolist()
        assert explanation.prediction == pytest.approx(score, abs=1e-12)
        mask = explanation.on(data).edge_mask
        for e, (u, v) in enumerate(data.edge_index.T.tolist()):
            (without,) = scores(model, without_edge(graph, u, v), [link]).tolist()
            assert float(mask[e]) == pytest.approx(score - without, abs=1e-10)


def test_node_masks_are_what_the_whole_graph_loses_without_a_node_s_features():
    model, data = model_of("GCN"), large_graph(dtype=torch.double)
    for link in linked(data)[:4]:
        explanation = explain_link(model, data, link, Occlusion(), **NODES)
        mask = explanation.on(data).node_mask[:, 0]
        (score,) = scores(model, data, [link]).tolist()
        for node in range(data.num_nodes):
            part = data.clone()
            part.x[node] = 0
            (without,) = scores(model, part, [link]).tolist()
            assert float(mask[node]) == pytest.approx(score - without, abs=1e-10)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_explainers_give_one_mask_alone_and_together(name):
    model, data = model_of("GIN", "cosine"), large_graph(dtype=torch.double)
    masks = {**EDGES, **NODES}
    found = explain_links(model, data, LINKS, ALGORITHMS[name](), **masks)
    for k, score in enumerate(scores(model, data).tolist()):
        assert found[k].prediction == pytest.approx(score, abs=1e-12)
        assert found[k].link == LINKS[k] and found[k].num_hops == 2
        alone = explain_link(model, data, LINKS[k], ALGORITHMS[name](), **masks)
        for mask in ("edge_mask", "node_mask"):
            torch.testing.assert_close(found[k].graph[mask], alone.graph[mask], atol=1e-6, rtol=0)


def test_groups_of_nodes():
    model, data = model_of("GIN"), large_graph(dtype=torch.double)
    explanation = explain_link(model, data, (0, 5), GroupOcclusion("train_mask"), **NODES)
    part = data.clone()
    part.x[data.train_mask] = 0
    full, without = (scores(model, graph, [(0, 5)]) for graph in (data, part))
    assert explanation.info["groups_query"]["True"] == pytest.approx(float(full - without))


def test_the_gradient_of_the_shared_mask_is_the_sum_of_both_ends():
    model, data = model_of("GCN"), large_graph(dtype=torch.double)
    shared = explain_link(model, data, (0, 5), InputXGradient(), **EDGES, **NODES).on(data)
    pair = NodePairs(data, [(0, 5)], 3)[0]
    ends = PairExplainer(model, InputXGradient(), **EDGES, **NODES)(*pair[:2])
    edges, nodes = torch.zeros(data.num_edges), torch.zeros(data.num_nodes, 1)
    for side in (ends.query, ends.reference):
        edges = edges.double().index_add(0, side.e_id, side.edge_mask)
        nodes = nodes.double().index_add(0, side.n_id, side.node_mask)
    torch.testing.assert_close(shared.edge_mask, edges)
    torch.testing.assert_close(shared.node_mask, nodes)


def test_integrated_gradients_sum_to_the_effect_of_the_shared_part():
    torch.manual_seed(1)
    model = SiameseGNN(GIN(5, 8, 2, act="tanh").double(), pool="root", similarity="dot")
    data = large_graph(dtype=torch.double)
    explanation = explain_link(model, data, (0, 5), IntegratedGradients(64), **EDGES)
    bare = data.clone()
    bare.edge_index = data.edge_index[:, :0]
    full, empty = (float(scores(model, graph, [(0, 5)])) for graph in (data, bare))
    assert float(explanation.graph.edge_mask.sum()) == pytest.approx(full - empty, rel=1e-6)


def test_measures_take_the_pair():
    model, data = model_of("GIN"), large_graph(dtype=torch.double)
    found = explain_links(model, data, LINKS[:3], Occlusion(), **EDGES)
    assert fidelity(found[0].pair.model, [e.pair for e in found]).plus.isfinite().all()


def test_strongest_edges_and_nodes_have_numbers_of_the_whole_graph():
    model, data = model_of("GIN"), large_graph(dtype=torch.double)
    explanation = explain_link(model, data, (3, 4), Occlusion(), **EDGES, **NODES, undirected=True)
    whole = explanation.on(data)
    low, high, value = explanation.top_edges(1)[0]
    (at,) = ((data.edge_index[0] == low) & (data.edge_index[1] == high)).nonzero().flatten()
    assert whole.edge_mask.abs().max() == abs(value) == whole.edge_mask[at].abs()
    node, value = explanation.top_nodes(1)[0]
    assert whole.node_mask.abs().max() == abs(value) == whole.node_mask[node].abs()
    with pytest.raises(ValueError, match="whole graph"):
        explanation.on(data.subgraph(torch.arange(3)))


@pytest.mark.parametrize("k", [0, -1])
def test_the_number_of_parts_is_at_least_one(k):
    explanation = explain_link(model_of("GIN"), large_graph(), (3, 4), Occlusion(), **EDGES)
    for strongest in (explanation.top_edges, explanation.top_nodes):
        with pytest.raises(ValueError, match="k must be at least 1"):
            strongest(k)


@pytest.mark.parametrize("remove_link", [False, True])
def test_masks_go_on_the_graph_that_was_explained_alone(remove_link):
    data = large_graph()
    explanation = explain_link(
        model_of("GIN"), data, (3, 4), Occlusion(), **EDGES, remove_link=remove_link
    )
    assert explanation.on(data).edge_mask.any()
    turned = Data(x=data.x, edge_index=data.edge_index.flip(1))
    with pytest.raises(ValueError, match="other edges than the one that was explained"):
        explanation.on(turned)


def test_options_that_explainers_do_not_have_are_refused():
    with pytest.raises(TypeError, match=r"has no option `edges`: choose from .*edge_mask_type"):
        explain_link(model_of("GIN"), large_graph(), (3, 4), Occlusion(), edges="object")


def test_the_users_model_is_shared_and_stays():
    model, data = model_of("GIN").train(), large_graph(dtype=torch.double)
    explanation = explain_link(model, data, (0, 5), Occlusion(), **EDGES)
    assert explanation.pair.model.encoder is model.encoder and model.training
    assert all(p.requires_grad for p in model.parameters())


def test_few_hops_and_other_pools_are_refused():
    model, data = model_of("GCN"), large_graph(dtype=torch.double)
    with pytest.raises(ValueError, match="num_hops=2 is too small"):
        explain_link(model, data, (0, 5), Occlusion(), num_hops=2, **EDGES)
    with pytest.raises(ValueError, match="pool='root'"):
        explain_link(SiameseGNN(model.encoder), data, (0, 5), Occlusion(), **EDGES)
    for algorithm in (BiLRP(), IntegratedJacobians()):
        with pytest.raises(ValueError, match="NodePairs"):
            explain_link(model, data, (0, 5), algorithm, **NODES)
    with pytest.raises(ValueError, match="no sides"):
        explain_link(model, data, (0, 5), Occlusion(), side="query", **NODES)


def test_features_of_the_graph_are_a_tensor():
    data = Data(x=[[1.0], [2.0]], edge_index=torch.tensor([[0, 1], [1, 0]]))
    model = SiameseGNN(GIN(1, 4, 1), pool="root", similarity="dot")
    with pytest.raises(TypeError, match="x of data is a list: it must be a tensor"):
        explain_links(model, data, [(0, 1)], Occlusion(), **EDGES)


def test_measures_take_the_model_that_was_explained(tmp_path):
    torch.manual_seed(0)
    edges = torch.tensor([[0, 1, 1, 2, 2, 3, 3, 4], [1, 0, 2, 1, 3, 2, 4, 3]])
    data = Data(x=torch.randn(5, 4), edge_index=edges)
    model = SiameseGNN(GIN(4, 8, 2), "root", "dot").eval()
    found = explain_link(model, data, (0, 4), Occlusion(), edge_mask_type="object")
    found.pair.save(tmp_path / "pair.safetensors")
    read = PairExplanation.load(tmp_path / "pair.safetensors")
    expected = fidelity(found.pair.model, [found.pair])
    assert not expected.undefined
    for given, pair in ((model, found.pair), (model, read), (copy.deepcopy(model), read)):
        assert torch.equal(fidelity(given, [pair]).plus, expected.plus)
    assert trust(read, model=model)[0]["curves"]["query"]["count"] == 4
    other = SiameseGNN(GIN(4, 8, 2), "root", "dot").eval()
    with pytest.raises(OtherModelError):
        fidelity(other, [read])
    with pytest.raises(ValueError, match="a link compares two nodes"):
        fidelity(SiameseGNN(model.encoder, "add", "dot"), [read])


def test_a_link_without_edges_selects_none():
    data = Data(x=torch.eye(4), edge_index=torch.tensor([[0, 1], [1, 0]]))
    model = SiameseGNN(GIN(4, 8, 2), "root", "dot").eval()
    found = explain_link(model, data, (2, 3), Occlusion(), edge_mask_type="object")
    assert set(trust(found.pair, model=model)[0]["curves"]["query"]["selected"]) == {0}


def test_masks_that_the_graph_brings_along_are_left_out():
    data = large_graph(dtype=torch.double)
    found = explain_link(model_of("GIN"), data, linked(data)[0], Occlusion(), **NODES)
    marked = data.clone()
    marked.edge_mask = torch.ones(data.num_edges)
    assert "edge_mask" not in found.on(marked)
    torch.testing.assert_close(found.on(marked).node_mask, found.on(data).node_mask)
