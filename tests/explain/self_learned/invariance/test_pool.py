"""Graphs are drawn once each, and embedded as the model embeds them."""

import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.self_learned.invariance.pool import check_kinds, draw, embed

POOL = [random_graph(4 + k, k) for k in range(6)]


def test_a_draw_has_no_graph_twice_and_goes_by_its_seed():
    numbers = [[POOL.index(graph) for graph in draw(POOL, 4, seed)] for seed in (0, 0, 1)]
    assert numbers[0] == numbers[1] != numbers[2] and len(set(numbers[0])) == 4
    assert len(draw(POOL, 100, 0)) == 6
    with pytest.raises(ValueError, match="the pool is empty"):
        draw([], 3, 0)
    with pytest.raises(ValueError, match="at least 1 graph"):
        draw(POOL, 0, 0)


def test_embeddings_are_the_models_and_leave_it_in_training():
    model = SiameseGNN(GIN(FEATURES, 8, 2, norm="batch_norm", dropout=0.5), "add")
    found = embed(model, POOL)
    assert model.training and not found.requires_grad
    model.eval()
    expected = torch.cat([model.embed(graph) for graph in POOL])
    torch.testing.assert_close(found, expected.detach())


def test_other_masks_than_learned_are_refused():
    edges, nodes = (MaskKinds.of({f"{kind}_mask_type": "object"}) for kind in ("edge", "node"))
    check_kinds(edges, edges)
    with pytest.raises(ValueError, match="learn another one"):
        check_kinds(edges, nodes)
