"""Values of elements as masks of edges and nodes, and back."""

import pytest
import torch
from graphs import FEATURES, odd_graphs
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.masked_graphs import MaskedGraphs

MASKS = [
    {"edge_mask_type": "object"},
    {"edge_mask_type": "object", "undirected": True},
    {"node_mask_type": "object"},
    {"node_mask_type": "attributes"},
    {"node_mask_type": "common_attributes"},
    {"node_mask_type": "object", "edge_mask_type": "object", "undirected": True},
]


def one_way() -> Data:
    """As many unordered pairs as edges, in another order than the pairs'."""
    edges = torch.tensor([[3, 0, 2, 1], [2, 3, 0, 3]])
    return Data(x=torch.randn(4, FEATURES), edge_index=edges)


@pytest.mark.parametrize("masks", MASKS)
@pytest.mark.parametrize("graphs", [odd_graphs(), [one_way()], odd_graphs()[3:] * 2])
def test_elements_come_back_from_their_masks(graphs: list[Data], masks: dict) -> None:
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    with untouched(model):
        masked = MaskedGraphs(model, model.inputs_of(graphs), MaskKinds.of(masks))
        values = {name: torch.randn(len(space)) for name, space in masked.spaces.items()}
        spread = masked.masks(values)
        for name, value in values.items():
            mask = spread.edge if name == "edge" else spread.node
            assert torch.equal(masked.elements(name, mask), value)
