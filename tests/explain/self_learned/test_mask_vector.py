"""Masks of all kinds as one vector, and back."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import MaskedPairs, PairProblem
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.self_learned.mask_vector import MaskElements


@pytest.mark.parametrize("node", [None, "object", "attributes"])
def test_shares_give_the_mean_of_each_mask_of_a_pair(node):
    model = SiameseGNN(GIN(FEATURES, 8, 2), "add").eval()
    queries, references = ([random_graph(4 + k, k + s) for k in range(3)] for s in (0, 9))
    kinds = MaskKinds.of({"edge_mask_type": "object", "node_mask_type": node})
    with untouched(model):
        unions = model.inputs_of(queries), model.inputs_of(references)
        pairs = MaskedPairs(PairProblem(model, *unions, kinds))
        elements = MaskElements(pairs)
        masks = {name: torch.rand(len(space)) for name, space in pairs.spaces.items()}
    vector = elements.join(masks)
    back = elements.split(vector)
    assert all(torch.equal(back[name], mask) for name, mask in masks.items())
    for pair in range(3):
        means = [mask[pairs.pairs[name] == pair].mean() for name, mask in masks.items()]
        weighted = (vector * elements.share)[elements.pair == pair].sum()
        torch.testing.assert_close(weighted, torch.stack(means).sum())
    members = {(int(g), name) for name, space in pairs.spaces.items() for g in space.graph}
    assert len(elements.group.unique()) == len(members)
