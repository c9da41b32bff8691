"""The group map against SciPy and scikit-learn on dense values, and its refusals."""

import numpy as np
import pytest
import torch
from scipy.stats import f_oneway, ttest_ind
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler
from torch_geometric.data import Data
from torch_geometric.nn import GCN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.metric import GroupMap, evaluate

NODES, FEATURES = 5, 3


def subject(seed: int, y: int) -> Data:
    """A weighted graph on common nodes; class 1 has a heavier first connection."""
    generator = torch.Generator().manual_seed(seed)
    upper = torch.rand(NODES, NODES, generator=generator).triu(1)
    upper[0, 1] += 1.0 + 2.0 * y
    matrix = upper * (torch.rand(NODES, NODES, generator=generator) < 0.8)
    matrix[0, 1] = upper[0, 1]
    matrix = matrix + matrix.T
    edges = matrix.nonzero().T
    x = torch.rand(NODES, FEATURES, generator=generator)
    x[2, 1] += 3 * y
    x[:, 0] = 1.0
    return Data(x=x, edge_index=edges, edge_weight=matrix[tuple(edges)], y=torch.tensor(y))


def subjects(classes: int = 2, count: int = 24) -> list[Data]:
    return [subject(seed, seed % classes) for seed in range(count)]


def dense(graphs: list[Data]) -> np.ndarray:
    out = np.zeros((len(graphs), NODES, NODES))
    for matrix, graph in zip(out, graphs, strict=True):
        matrix[tuple(graph.edge_index.numpy())] = graph.edge_weight.numpy()
    return out


def groups(values: np.ndarray, graphs: list[Data]) -> list[np.ndarray]:
    labels = np.array([int(graph.y) for graph in graphs])
    return [values[labels == one] for one in np.unique(labels)]


def test_t_values_are_welchs() -> None:
    graphs = subjects()
    found = GroupMap.of_t_values(graphs)
    i, j = np.triu_indices(NODES, 1)
    expected = ttest_ind(*groups(dense(graphs), graphs), equal_var=False).statistic
    np.testing.assert_allclose(found.edge[i, j], np.abs(expected)[i, j], rtol=1e-10)
    assert found.edge.argmax() == 1  # the connection of nodes 0 and 1
    nodes = np.stack([graph.x.double().numpy() for graph in graphs])
    expected = ttest_ind(*groups(nodes[:, :, 1:], graphs), equal_var=False).statistic
    np.testing.assert_allclose(found.node[:, 1:], np.abs(expected), rtol=1e-10)
    assert not found.node[:, 0].any()  # the same in all graphs


def test_three_classes_have_the_root_of_f() -> None:
    graphs = subjects(3)
    found = GroupMap.of_t_values(graphs)
    expected = f_oneway(*groups(dense(graphs), graphs)).statistic
    i, j = np.triu_indices(NODES, 1)
    np.testing.assert_allclose(found.edge[i, j], np.sqrt(expected[i, j]), rtol=1e-10)


def test_ridge_weights_are_scikit_learns() -> None:
    graphs = subjects()
    values = dense(graphs).reshape(len(graphs), -1)
    varies = np.ptp(values, axis=0) > 0
    scaled = StandardScaler().fit_transform(values[:, varies])
    labels = [int(graph.y) for graph in graphs]
    model = RidgeClassifierCV(alphas=np.logspace(-1, 6, 15)).fit(scaled, labels)
    expected = np.zeros(NODES * NODES)
    expected[varies] = np.abs(np.ravel(model.coef_))
    found = GroupMap.of_ridge_weights(graphs).edge
    np.testing.assert_allclose(found.flatten(), expected, rtol=1e-10)


def test_what_separates_the_classes_without_noise_is_largest() -> None:
    graphs = subjects()
    for graph in graphs:
        graph.x[4, 2] = float(graph.y)
    found = GroupMap.of_t_values(graphs).node
    assert found.argmax() == 4 * FEATURES + 2
    assert bool(found.isfinite().all())


def test_relations_of_negative_connections_count_with_their_sign() -> None:
    graphs = subjects()
    for graph in graphs:
        graph.edge_type = torch.zeros(graph.num_edges, dtype=torch.long)
    same = GroupMap.of_t_values(graphs).edge
    for graph in graphs:
        ends = graph.edge_index.sort(0).values
        graph.edge_type[(ends[0] == 2) & (ends[1] == 3) & (graph.y == 1)] = 1
    signed = GroupMap.of_t_values(graphs).edge
    assert signed[2, 3] > same[2, 3]
    others = torch.ones(NODES, NODES, dtype=torch.bool)
    others[2, 3] = others[3, 2] = False
    assert torch.equal(signed[others], same[others])


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_masks_are_looked_up(side: str) -> None:
    graphs = subjects()
    group_map, model = GroupMap.of_t_values(graphs), SiameseGNN(GCN(FEATURES, 4, 1))
    explainer = PairExplainer(
        model,
        group_map,
        node_mask_type="attributes",
        edge_mask_type="object",
        undirected=True,
        side=side,  # type: ignore[arg-type]
    )
    for explanation in explainer.explain(graphs[:3], graphs[3:6]):
        for name in ("query", "reference"):
            graph = getattr(explanation, name)
            if side in ("both", name):
                expected = group_map.edge[tuple(graph.edge_index)].float()
                torch.testing.assert_close(graph.edge_mask, expected)
                torch.testing.assert_close(graph.node_mask, group_map.node.float())
            else:
                assert "edge_mask" not in graph


def test_it_stands_in_tables() -> None:
    graphs = subjects()
    model = SiameseGNN(GCN(FEATURES, 4, 1))
    explainer = PairExplainer(model, GroupMap.of_t_values(graphs), edge_mask_type="object")
    frame = evaluate(
        {"group t": explainer.explain(graphs[:3], graphs[3:6])},
        graphs[:3],
        graphs[3:6],
        model=model,
        measures=["simplicity"],
    )
    assert "group t" in set(frame["method"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda g: [], "got none"),
        (lambda g: g[::2], "at least two classes"),
        (lambda g: [*g[::2], g[1]], "two graphs each"),
        (lambda g: [*g, Data(x=torch.ones(7, 3), edge_index=g[0].edge_index)], "5 to 7 nodes"),
        (lambda g: [Data(x=o.x, edge_index=o.edge_index) for o in g], "its class as y"),
    ],
)
def test_graphs_without_a_group_difference_are_refused(change, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GroupMap.of_t_values(change(subjects()))


def changed(key, value):
    """The subjects, the second with another attribute."""
    graphs = subjects()
    graphs[1][key] = value
    return graphs


BAD = {
    "a far edge": ("edge_index", torch.tensor([[0, 99], [99, 0]]), "graph 1 has an edge to node"),
    "an edge before 0": ("edge_index", torch.tensor([[0], [-1]]), "graph 1 has an edge to node -1"),
    "edges in a row": ("edge_index", torch.tensor([0, 1]), "edge_index"),
    "edges of truths": ("edge_index", torch.ones(2, 1, dtype=torch.bool), "edge_index"),
    "weights as a text": ("edge_weight", "heavy", "edge_weight of graph 1"),
    "a weight alone": ("edge_weight", torch.ones(1), "edge_weight of graph 1|'edge_weight'"),
    "infinite weights": ("edge_weight", torch.full((2,), torch.inf), "graph 1"),
    "types of other edges": ("edge_type", torch.ones(1), "edge_type of graph 1"),
    "another width": ("x", torch.ones(NODES, 2), "x of shapes"),
    "NaN": ("x", torch.full((NODES, FEATURES), torch.nan), "graph 1 has NaN"),
    "no class": ("y", torch.tensor(torch.nan), "class y"),
}


@pytest.mark.parametrize("kind", [GroupMap.of_t_values, GroupMap.of_ridge_weights])
@pytest.mark.parametrize("bad", BAD)
def test_graphs_that_are_not_whole_are_refused(bad, kind) -> None:
    key, value, message = BAD[bad]
    with pytest.raises((TypeError, ValueError), match=message):
        kind(changed(key, value))


def test_weights_of_edges_that_are_not_there_are_refused() -> None:
    graphs = subjects()
    del graphs[1].edge_index
    graphs[1].edge_weight = torch.ones(4)
    with pytest.raises(ValueError, match="graph 1 has edge_weight of 4 edges and no edge_index"):
        GroupMap.of_ridge_weights(graphs)


def test_graphs_without_edges_and_features_that_learn_count() -> None:
    graphs, known = subjects(), subjects()
    for graph in (*graphs[:2], *known[:2]):
        graph.edge_index, graph.edge_weight = torch.empty(2, 0, dtype=torch.long), torch.empty(0)
    for graph in graphs[:2]:
        graph.edge_index = graph.edge_weight = None
        graph.x.requires_grad_()
    found, expected = GroupMap.of_t_values(graphs), GroupMap.of_t_values(known)
    assert torch.equal(found.edge, expected.edge) and torch.equal(found.node, expected.node)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give a map"),
        ({"edge": torch.ones(2, 3)}, "must be square"),
        ({"edge": torch.full((2, 2), torch.nan)}, "finite matrix"),
        ({"node": torch.ones(3)}, "finite matrix"),
    ],
)
def test_maps_that_are_none_are_refused(arguments: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GroupMap(**arguments)


@pytest.mark.parametrize(
    ("group_map", "masks", "message"),
    [
        (GroupMap(node=torch.ones(5, 3)), {"edge_mask_type": "object"}, "no map of edges"),
        (GroupMap(torch.ones(5, 5)), {"node_mask_type": "attributes"}, "no map of node features"),
        (GroupMap(node=torch.ones(5, 3)), {"node_mask_type": "object"}, "'attributes'"),
        (GroupMap(torch.ones(4, 4)), {"edge_mask_type": "object"}, "a query has 5 nodes"),
        (GroupMap(node=torch.ones(5, 2)), {"node_mask_type": "attributes"}, "2 node features"),
    ],
)
def test_masks_without_a_map_are_refused(group_map: GroupMap, masks: dict, message: str) -> None:
    explainer = PairExplainer(SiameseGNN(GCN(FEATURES, 4, 1)), group_map, **masks)
    graphs = subjects()
    with pytest.raises(ValueError, match=message):
        explainer(graphs[0], graphs[1])


def test_maps_are_of_the_same_nodes():
    with pytest.raises(ValueError, match="edge is a map of 3 nodes, and node of 4"):
        GroupMap(edge=torch.rand(3, 3), node=torch.rand(4, 2))
