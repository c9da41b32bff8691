"""Sets of elements left out for all references at once, against explaining pairs one by one."""

import pytest
import torch
from graphs import FEATURES, edgeless_graph, odd_graphs, random_graph
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import NeighbourhoodOcclusion, Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.explain.engine import leave_outs
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.leave_outs import LeaveOuts
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs

D = torch.double
MASKS = [
    {"edge_mask_type": "object"},
    {"edge_mask_type": "object", "undirected": True},
    {"node_mask_type": "object"},
    {"node_mask_type": "attributes"},
    {"node_mask_type": "common_attributes"},
    {"node_mask_type": "object", "edge_mask_type": "object", "undirected": True},
]


@pytest.fixture
def graphs() -> list[Data]:
    """One twice, one with a node without features."""
    graphs = [*odd_graphs(D), odd_graphs(D)[1]]
    graphs[0].x[2] = 0
    return graphs


def against(
    model: SiameseGNN, algorithm: Occlusion, graphs: list[Data], references: list[Data], masks: dict
) -> tuple[MaskedGraphs, dict[str, torch.Tensor]]:
    with untouched(model):
        masked = MaskedGraphs(model, model.inputs_of(graphs), MaskKinds.of(masks))
        embeddings = torch.cat([model.embed(reference) for reference in references])
        losses = LeaveOuts(masked, algorithm.sets).against(embeddings)
        return masked, algorithm.share(masked, losses)


@pytest.mark.parametrize("algorithm", [Occlusion(), NeighbourhoodOcclusion()])
@pytest.mark.parametrize("head", ["dot", "cosine", "mlp"])
@pytest.mark.parametrize("masks", MASKS)
def test_losses_against_references_are_explanations_one_by_one(
    graphs: list[Data], algorithm: Occlusion, head: str, masks: dict
) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", head).double().eval()
    references = [random_graph(5, 30, D), edgeless_graph(2, D), random_graph(7, 31, D)]
    masked, found = against(model, algorithm, graphs, references, masks)
    explainer = PairExplainer(model, algorithm, side="query", **masks)
    for k, reference in enumerate(references):
        alone = [explainer(graph, reference).query for graph in graphs]
        for name, loss in found.items():
            expected = torch.cat([one[f"{name}_mask"] for one in alone])
            expected = masked.elements(name, expected)
            torch.testing.assert_close(loss[:, k], expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("budget", [1, 7, 2**30])
def test_the_size_of_batches_changes_nothing(
    graphs: list[Data], budget: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    masks = {"node_mask_type": "object", "edge_mask_type": "object"}
    references = [random_graph(5, 30, D), random_graph(7, 31, D)]
    _, expected = against(model, NeighbourhoodOcclusion(), graphs, references, masks)
    monkeypatch.setattr(leave_outs, "COPY_BUDGET", budget)
    monkeypatch.setattr(leave_outs, "_EMBEDDING_BUDGET", budget)
    _, found = against(model, NeighbourhoodOcclusion(), graphs, references, masks)
    for name in expected:
        torch.testing.assert_close(found[name], expected[name], atol=1e-10, rtol=0)


def test_equal_graphs_are_encoded_once(graphs: list[Data]) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    rows = 0

    def count(module: torch.nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        nonlocal rows
        rows += len(output)

    encoded = []
    for copies in (1, 1, 5):  # the first also tries what holds of the encoder
        with untouched(model):
            masked = MaskedGraphs(model, model.inputs_of(graphs[:1] * copies), MaskKinds.of({}))
            handle, rows = model.encoder.register_forward_hook(count), 0
            LeaveOuts(masked, Occlusion.sets)
            handle.remove()
        encoded.append(rows)
    assert encoded[1] == encoded[2] > 0


def test_elements_of_an_empty_set_lose_nothing() -> None:
    """Features of 0 are not there to be left out."""
    model = SiameseGNN(GIN(FEATURES, 8, 2).double(), "add").eval()
    graph = random_graph(5, 1, D)
    graph.x[:, 1] = 0
    _, found = against(
        model, Occlusion(), [graph], [random_graph(5, 2, D)], {"node_mask_type": "attributes"}
    )
    loss = found["node"].view(5, FEATURES)
    assert (loss[:, 1] == 0).all()
    assert (loss[:, [0, 2, 3, 4]] != 0).all()
