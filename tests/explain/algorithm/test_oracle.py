"""The oracle gives the stored truth, and nothing where there is none."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GIN

from pyg_siamex import PairExplainer, SiameseGNN
from pyg_siamex.datasets import FunctionalGroups
from pyg_siamex.datasets.alternatives import DataWithAlternatives
from pyg_siamex.explain import Oracle
from pyg_siamex.metric import ground_truth_auroc


def test_functional_groups_are_found_by_their_truth(tmp_path):
    (tmp_path / "few.smi").write_text("CCC(=O)O a\nCCOC(=O)C b\nCC[N+](=O)[O-] c\n")
    molecules = FunctionalGroups(path=tmp_path / "few.smi")
    few = list(molecules)
    model = SiameseGNN(GIN(molecules.features.num_node_features, 8, 2))
    explainer = PairExplainer(model, Oracle(), node_mask_type="object", edge_mask_type="object")
    batch = Batch.from_data_list(few)
    for graph, explanation in zip(few, explainer(batch, batch), strict=True):
        for side in (explanation.query, explanation.reference):
            assert torch.equal(side.edge_mask, graph.bond_truth.float())
            assert torch.equal(side.node_mask[:, 0], graph.atom_truth.float())
            assert ground_truth_auroc(side.edge_mask, graph.bond_truth) == 1


def graphs():
    query, reference = random_graph(4, 1), random_graph(3, 2)
    query.node_truth = torch.tensor([True, True, True, False])
    reference.node_truth = torch.tensor([False, True, True])
    return query, reference


def explained(*pair, node=None, edge=None, **options):
    masks = {"node_mask_type": "object", "edge_mask_type": "object", **options}
    return PairExplainer(SiameseGNN(GIN(FEATURES, 8, 2)), Oracle(node, edge), **masks)(*pair)


def test_an_edge_between_true_nodes_is_true():
    query, reference = graphs()
    mask = explained(query, reference).query.edge_mask
    assert mask.any() and not mask.all()
    row, col = query.edge_index
    assert torch.equal(mask.bool(), query.node_truth[row] & query.node_truth[col])


def test_a_node_with_a_true_edge_is_true():
    query, reference = graphs()
    for graph in (query, reference):
        del graph.node_truth
        graph.edge_truth = (graph.edge_index == 0).any(0)
    nodes = explained(query, reference).query.node_mask[:, 0].bool()
    expected = {0, *query.edge_index[:, query.edge_truth].flatten().tolist()}
    assert set(nodes.nonzero().flatten().tolist()) == expected


def test_undirected_takes_the_larger_direction():
    graph = Data(x=torch.ones(3, FEATURES), edge_index=torch.tensor([[0, 1, 1, 2], [1, 0, 1, 1]]))
    graph.edge_truth = torch.tensor([0.2, 0.7, 0.4, 0.0])
    mask = explained(graph, graph, undirected=True).query.edge_mask
    assert mask.tolist() == pytest.approx([0.7, 0.7, 0.0, 0.0])  # a self loop is not an element


def test_the_first_alternative_is_taken():
    graph = DataWithAlternatives(x=torch.ones(3, FEATURES), edge_index=torch.empty(2, 0).long())
    graph.atom_truth = torch.tensor([[True, False], [False, True], [False, False]])
    explanation = explained(graph, graph, edge_mask_type=None)
    assert explanation.query.node_mask[:, 0].tolist() == [1, 0, 0]


def test_one_side_needs_no_truth_on_the_other():
    query, reference = graphs()
    del reference.node_truth
    explanation = explained(query, reference, side="query")
    assert "node_mask" in explanation.query and "node_mask" not in explanation.reference


@pytest.mark.parametrize(
    ("change", "names", "options", "message"),
    [
        ({"node_truth": None}, {}, {}, "query 0 stores no truth .*data.bond_truth"),
        ({}, {"node": "truth"}, {}, "query 0 has no tensor data.truth"),
        ({"node_truth": torch.ones(3)}, {}, {}, r"query 0: data.node_truth is \[3\], expected 4"),
        (
            {"node_truth": torch.full((4,), torch.nan)},
            {},
            {},
            "NaN or infinite values in data.node",
        ),
        ({}, {}, {"node_mask_type": "attributes"}, "use node_mask_type='object'"),
    ],
)
def test_a_bad_truth_is_refused(change, names, options, message):
    query, reference = graphs()
    for name, value in change.items():
        query[name] = value
    with pytest.raises(ValueError, match=message):
        explained(query, reference, **names, **options)


def test_a_truth_of_the_whole_graph_is_of_no_element():
    graphs = [random_graph(5, seed) for seed in (1, 2)]
    for graph in graphs:
        graph.y = torch.tensor(1.0)
    explainer = PairExplainer(
        SiameseGNN(GIN(FEATURES, 4, 1)), Oracle(node="y"), node_mask_type="object"
    )
    with pytest.raises(ValueError, match=r"data\.y is \[\], expected 5 values"):
        explainer(*graphs)


@pytest.mark.parametrize("name", ["node", "edge"])
def test_names_that_are_empty_are_refused(name):
    with pytest.raises(ValueError, match=f"`{name}` is empty"):
        Oracle(**{name: ""})


@pytest.mark.parametrize("truth", [torch.ones(4, 1, 1), torch.ones(3), torch.ones(4) + 1j])
def test_truth_that_is_no_number_for_each_node_is_refused(truth):
    query, reference = graphs()
    query.node_truth = truth
    with pytest.raises(ValueError, match=r"query 0: data.node_truth is (\[|complex)"):
        explained(query, reference)
    query.node_truth = torch.ones(4, 1)
    explained(query, reference)
