"""Local explanations against references and in pairs, against explaining them one by one."""

import pytest
import torch
from graphs import FEATURES, edgeless_graph, odd_graphs, random_graph
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GIN

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain import (
    BiLRP,
    FromPyG,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    PairAlgorithm,
    Saliency,
    ShapleySampling,
)
from pyg_siamex.explain.algorithm.gradient import InputXGradient
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import PairProblem
from pyg_siamex.explain.self_learned.invariance.evidence import Effect, Evidence, gather

D = torch.double
NODES = {"node_mask_type": "object"}
EDGES = {"edge_mask_type": "object"}
BONDS = {"edge_mask_type": "object", "undirected": True}
ALGORITHMS = [
    (Occlusion(), {**NODES, **BONDS}),
    (NeighbourhoodOcclusion(), {**NODES, **EDGES}),
    (IntegratedGradients(4), BONDS),
    (IntegratedGradients(4), {"node_mask_type": "common_attributes"}),
    (InputXGradient(), NODES),
    (InputXGradient(), {"node_mask_type": "attributes"}),
    (Saliency(), {**NODES, **BONDS}),
    (ShapleySampling(2), NODES),
    (MaskOptimization(5), EDGES),
]


def one_way() -> Data:
    """As many unordered pairs as edges, in another order than the pairs'."""
    edges = torch.tensor([[3, 0, 2, 1], [2, 3, 0, 3]])
    return Data(x=random_graph(4, 8, D).x, edge_index=edges)


def gathered(
    model: SiameseGNN,
    algorithm: PairAlgorithm,
    pairs: tuple[list[Data], list[Data]],
    references: Tensor,
    masks: dict,
    side: str = "both",
) -> tuple[MaskedPairs, Evidence]:
    with untouched(model):
        query, reference = (model.inputs_of(graphs) for graphs in pairs)
        masked = MaskedPairs(PairProblem(model, query, reference, MaskKinds.of(masks), side))
        return masked, gather(algorithm, masked, references, masked)


@pytest.mark.parametrize(("algorithm", "masks"), ALGORITHMS)
@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_evidence_is_the_explanation_of_each_pair(
    algorithm: PairAlgorithm, masks: dict, side: str
) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()
    queries = [random_graph(6, 1, D), random_graph(5, 2, D), random_graph(6, 1, D)]
    references = [random_graph(5, 3, D), random_graph(6, 1, D), random_graph(7, 4, D)]
    others = [random_graph(5, 30, D), random_graph(7, 31, D)]
    with untouched(model):
        embeddings = torch.cat([model.embed(other) for other in others]).detach()
    pairs, found = gathered(model, algorithm, (queries, references), embeddings, masks, side)
    both = {"both": ("query", "reference")}.get(side, (side,))
    graphs = [g for s in both for g in (queries if s == "query" else references)]
    explainer = PairExplainer(model, algorithm, **masks, side=side)
    own = explainer.explain(queries, references)
    alone = PairExplainer(model, algorithm, **masks, side="query")
    assert found.own.keys() == found.shared.keys() == pairs.spaces.keys()
    for name in pairs.spaces:
        mask = torch.cat([getattr(one, s)[f"{name}_mask"] for s in both for one in own])
        expected = pairs.elements(name, mask)
        torch.testing.assert_close(found.own[name].to(D), expected, atol=1e-9, rtol=0)
        for k, other in enumerate(others):
            each = [alone(graph, other).query[f"{name}_mask"] for graph in graphs]
            expected = pairs.elements(name, torch.cat(each))
            torch.testing.assert_close(found.shared[name][:, k].to(D), expected, atol=1e-9, rtol=0)


@pytest.mark.parametrize("algorithm", [InputXGradient(), IntegratedGradients(4), Occlusion()])
def test_bonds_that_go_one_way_keep_their_values(algorithm: PairAlgorithm) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()
    other = random_graph(5, 3, D)
    with untouched(model):
        embedding = model.embed(other).detach()
    pairs, found = gathered(
        model, algorithm, ([one_way()], [other]), embedding, BONDS, side="query"
    )
    expected = PairExplainer(model, algorithm, **BONDS, side="query")(one_way(), other)
    for value in (found.own["edge"], found.shared["edge"][:, 0]):
        mask = pairs.masks({"edge": value}).edge
        torch.testing.assert_close(mask.to(D), expected.query.edge_mask, atol=1e-9, rtol=0)


@pytest.mark.parametrize("algorithm", [Occlusion(), NeighbourhoodOcclusion(), InputXGradient()])
def test_without_references_there_is_only_the_own_evidence(algorithm: PairAlgorithm) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()
    pairs, found = gathered(
        model, algorithm, (odd_graphs(D), odd_graphs(D)), torch.empty(0, 8), NODES
    )
    nodes = len(pairs.spaces["node"])
    assert found.shared["node"].shape == (nodes, 0)
    assert found.own["node"].shape == (nodes,)


def test_graphs_without_elements_have_no_evidence() -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()
    graphs = [edgeless_graph(2, D)]
    for algorithm in (Occlusion(), NeighbourhoodOcclusion(), IntegratedGradients(4)):
        _, found = gathered(model, algorithm, (graphs, graphs), torch.rand(3, 8).double(), BONDS)
        assert found.shared["edge"].shape == (0, 3)
        assert found.own["edge"].shape == (0,)


@pytest.mark.parametrize(
    "algorithm", [BiLRP(), IntegratedJacobians(2), FromPyG(GNNExplainer(epochs=2))]
)
def test_explainers_that_read_reference_graphs_are_refused(algorithm: PairAlgorithm) -> None:
    """Only embeddings of references are known; the graphs of a pair may be read."""
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()
    pair = [random_graph(5, 1, D)], [random_graph(6, 2, D)]
    with pytest.raises(ValueError, match="of the reference graphs, and only their embeddings"):
        gathered(model, algorithm, pair, torch.rand(2, 8).double(), NODES)
    _, found = gathered(model, algorithm, pair, torch.empty(0, 8), NODES)
    expected = PairExplainer(model, algorithm, **NODES)(pair[0][0], pair[1][0])
    masks = torch.cat([expected.query.node_mask, expected.reference.node_mask])
    torch.testing.assert_close(found.own["node"].to(D), masks[:, 0].to(D), atol=1e-6, rtol=0)


class TestEffect:
    def test_the_sign_is_negative_where_the_whole_graph_is_less_alike(self) -> None:
        whole = torch.tensor([[1.0, -1.0, 0.5]], dtype=D)
        empty = torch.tensor([[0.5, 0.5, 0.5]], dtype=D)
        assert Effect.of(whole, empty, D).sign.tolist() == [[1, -1, 1]]

    def test_differences_within_rounding_are_no_effect(self) -> None:
        whole, eps = torch.ones(1, 2, dtype=D), torch.finfo(torch.float).eps
        empty = torch.tensor([[1 + 15 * eps, 1 + 17 * eps]], dtype=D)
        found = Effect.of(whole, empty, torch.float)
        assert found.sign.tolist() == [[1, -1]]
        torch.testing.assert_close(found.rounding, torch.tensor([16 * eps], dtype=D))

    def test_no_references_have_no_effect(self) -> None:
        found = Effect.of(torch.empty(3, 0), torch.empty(3, 0), torch.float)
        assert found.sign.shape == (3, 0)
        assert found.rounding.tolist() == [0, 0, 0]
