import pytest
import torch
from graphs import ENCODERS, FEATURES, random_graph
from metric.planted import explained, planted_graph, planted_model
from torch_geometric.data import Data
from torch_geometric.explain.algorithm.utils import clear_masks, set_masks
from torch_geometric.nn import GAT, global_add_pool

from pyg_siamex import SiameseGNN
from pyg_siamex.metric import FeatureMean, removal_curves, removal_resolver

D = torch.double


def pair(mask, kind, model):
    query, reference = random_graph(6, 1, D), random_graph(5, 2, D)
    return query, reference, [explained(query, reference, **{kind: mask(query)}, model=model)]


def test_message_masks_equal_stock_masks():
    model = SiameseGNN(ENCODERS["GCN"]().double(), "mean").eval()
    query, reference, explanations = pair(
        lambda q: torch.rand(q.num_edges, dtype=D), "edge_mask", model
    )
    curves = removal_curves(model, explanations, shares=[0.5], removal="message")
    mask = explanations[0].query.edge_mask
    half = mask.argsort(descending=True)[: -(-len(mask) // 2)]
    for value, kept in ((curves.kept, 1.0), (curves.removed, 0.0)):
        hard = torch.full_like(mask, 1 - kept)
        hard[half] = kept
        with torch.no_grad():
            other = model.embed(reference)
            set_masks(model.encoder, torch.nn.Parameter(hard), query.edge_index, False)
            expected = model.similarity(model.embed(query), other)
            clear_masks(model.encoder)
        assert value.item() == pytest.approx(expected.item(), abs=1e-9)


def test_deletion_recomputes_normalisation_and_masks_do_not():
    for encoder, equal in (("GIN", True), ("GCN", False), ("GraphSAGE", False), ("GAT", False)):
        model = SiameseGNN(ENCODERS[encoder]().double(), "add").eval()
        _, _, explanations = pair(lambda q: torch.rand(q.num_edges, dtype=D), "edge_mask", model)
        cut, masked = (
            removal_curves(model, explanations, removal=removal).removed
            for removal in ("deletion", "message")
        )
        assert torch.allclose(cut, masked, atol=1e-9) == equal


def test_an_emptied_graph_is_edgeless():
    model = SiameseGNN(ENCODERS["GCN"]().double(), "mean").eval()
    query, reference, explanations = pair(
        lambda q: torch.rand(q.num_edges, dtype=D), "edge_mask", model
    )
    bare = Data(x=query.x, edge_index=query.edge_index[:, :0])
    curves = removal_curves(model, explanations)
    assert curves.empty.item() == pytest.approx(model(bare, reference).item(), abs=1e-9)
    assert curves.kept[0, 0] == curves.removed[0, -1] == curves.empty[0]
    assert curves.whole.item() == pytest.approx(model(query, reference).item(), abs=1e-9)


def test_deleted_nodes_go_with_their_edges():
    model = SiameseGNN(ENCODERS["GINE"]().double(), "mean").eval()
    query, reference, explanations = pair(lambda q: torch.rand(6, 1, dtype=D), "node_mask", model)
    curves = removal_curves(model, explanations, shares=[0.5, 1.0])
    order = explanations[0].query.node_mask.flatten().argsort(descending=True)
    for values, nodes in ((curves.kept, order[:3]), (curves.removed, order[3:])):
        expected = model(query.subgraph(nodes.sort().values), reference).item()
        assert values[0, 0].item() == pytest.approx(expected, abs=1e-9)
    # No node is left: the mean of nothing is 0, and so is its cosine.
    assert curves.empty.item() == curves.removed[0, 1].item() == 0


def test_deleting_every_node_of_the_batch_is_no_error():
    model = SiameseGNN(GAT(FEATURES, 8, 2, norm="batch_norm").double(), "max").eval()
    _, _, explanations = pair(lambda q: torch.rand(6, 1, dtype=D), "node_mask", model)
    assert removal_curves(model, explanations, shares=[1.0]).removed.isfinite().all()


class AsItIs(torch.nn.Module):
    def forward(self, x, edge_index):
        return x


class PoolsItself(torch.nn.Module):
    def forward(self, x, edge_index, batch):
        return global_add_pool(x, batch)


class PoolsAsTold(torch.nn.Module):
    def forward(self, x, edge_index, batch, batch_size):
        return global_add_pool(x, batch, batch_size)


def test_encoders_that_pool_themselves_must_know_of_emptied_graphs():
    sums = SiameseGNN(AsItIs(), "add")
    _, _, explanations = pair(lambda q: torch.rand(6, 1, dtype=D), "node_mask", sums)
    expected = removal_curves(sums, explanations).kept
    told = removal_curves(SiameseGNN(PoolsAsTold(), None), explanations).kept
    assert torch.allclose(told, expected)
    with pytest.raises(ValueError, match="take batch_size, or use removal='message'"):
        removal_curves(SiameseGNN(PoolsItself(), None), explanations)
    message = removal_curves(SiameseGNN(PoolsItself(), None), explanations, removal="message")
    assert torch.allclose(message.kept, expected)  # a sum does not see nodes of zeros


@pytest.mark.parametrize("kind", ["feature", "common_feature"])
def test_features_go_to_zero_or_to_the_mean(kind):
    model = SiameseGNN(ENCODERS["GCN"]().double(), "mean").eval()
    rows = 6 if kind == "feature" else 1
    query, reference, explanations = pair(
        lambda q: torch.rand(rows, FEATURES, dtype=D), "node_mask", model
    )
    mask = explanations[0].query.node_mask
    top = (mask >= mask.flatten().sort(descending=True).values[mask.numel() // 5 - 1]).expand(6, -1)
    given = torch.arange(FEATURES, dtype=D)
    backgrounds = {
        "deletion": torch.zeros(FEATURES, dtype=D),
        "feature_mean": query.x.mean(0),
        FeatureMean(given): given,
    }
    for removal, background in backgrounds.items():
        curves = removal_curves(model, explanations, shares=[0.2], removal=removal)
        for values, gone in ((curves.kept, ~top), (curves.removed, top)):
            changed = Data(x=query.x.where(~gone, background), edge_index=query.edge_index)
            expected = model(changed, reference).item()
            assert values.item() == pytest.approx(expected, abs=1e-9)


def test_absent_features_are_neither_ranked_nor_counted():
    query = planted_graph(2, 4)  # one-hot in column 0: two of four nodes
    mask = torch.tensor([[1.0, 0], [1, 0], [5, 0], [5, 0]], dtype=D)
    curves = removal_curves(
        planted_model(), [explained(query, planted_graph(3), node_mask=mask)], shares=[1 / 3]
    )
    # Six features are there; a third of them are the two that matter, whatever absent ones score.
    assert curves.fidelity_plus.item() == 1
    assert curves.selected.item() == pytest.approx(1 / 3)


def test_pairs_do_not_share_a_mean():
    model = SiameseGNN(ENCODERS["GCN"]().double(), "mean")
    graphs = [random_graph(6, k, D) for k in (1, 2)]
    explanations = [
        explained(g, graphs[0], node_mask=torch.rand(6, 1, dtype=D), model=model) for g in graphs
    ]
    together = removal_curves(model, explanations, removal="feature_mean").removed
    for k, explanation in enumerate(explanations):
        alone = removal_curves(model, [explanation], removal="feature_mean").removed[0]
        assert torch.allclose(alone, together[k], atol=1e-9)


def test_names_resolve_and_errors_say_what_to_do(model, perfect):
    assert removal_resolver("feature-mean").mean is None
    assert removal_resolver("message_mask").__class__ is removal_resolver("message").__class__
    with pytest.raises(ValueError, match=r"removal must be one of .*'burn'"):
        removal_curves(model, perfect, removal="burn")
    with pytest.raises(ValueError, match="cannot remove edges"):
        removal_curves(model, perfect, removal="feature_mean")
    with pytest.raises(ValueError, match="a mean of shape \\[3\\] for nodes with 2 features"):
        removal_curves(model, perfect, removal=FeatureMean(torch.ones(3)), elements="node")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_mean_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="`mean` of FeatureMean"):
        FeatureMean(torch.tensor([1.0, value]))


@pytest.mark.parametrize("shape", [(), (0,), (1, 3)])
def test_a_mean_is_a_vector(shape):
    with pytest.raises(ValueError, match="`mean` of FeatureMean must be a vector"):
        FeatureMean(torch.zeros(shape))
