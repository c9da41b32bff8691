"""Pairs and models as settings ask for them."""

import torch
from graphs import random_graph

from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.plain_training import EPOCHS, fitted, paired


def graphs(values):
    made = [random_graph(4, k) for k in range(len(values))]
    for graph, value in zip(made, values, strict=True):
        graph.y = torch.tensor(value)
    return made


def test_classes_or_values_make_pairs():
    for query, reference, alike in paired(graphs([0, 1] * 6), None, 0):
        assert bool(alike) == (int(query.y) == int(reference.y))
    near = paired(graphs(torch.linspace(0, 1, 12).tolist()), 0.3, 0)
    found = [(abs(float(a.y) - float(b.y)) <= 0.3, bool(alike)) for a, b, alike in near]
    assert all(close == alike for close, alike in found) and len(set(found)) == 2


def test_settings_stand_over_defaults():
    pairs = paired(graphs([0, 1] * 6), None, 0)
    model, report = fitted(pairs, pairs, Settings(hidden=8, epochs=2), 2)
    again, _ = fitted(pairs, pairs, Settings(hidden=8, epochs=2), 2)
    assert model.encoder.num_layers == 2 and model.encoder.hidden_channels == 8
    assert all(map(torch.equal, model.state_dict().values(), again.state_dict().values()))
    chosen, more = fitted(pairs, pairs, Settings(hidden=8, encoder="GCN", layers=1), 2)
    assert chosen.encoder.num_layers == 1 and type(chosen.encoder).__name__ == "GCN"
    assert len(report.history) == 2 and len(more.history) <= EPOCHS


def test_the_random_state_stays_as_it_was():
    pairs = paired(graphs([0, 1] * 6), None, 0)
    torch.manual_seed(5)
    before = torch.get_rng_state()
    fitted(pairs, pairs, Settings(hidden=8, epochs=1), 2)
    assert torch.equal(torch.get_rng_state(), before)
