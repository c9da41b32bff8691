"""Similarities of masked pairs against the model on graphs masked by hand."""

import pytest
import torch
from graphs import FEATURES, edgeless_graph, odd_graphs, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import SiameseGNN
from pyg_siamex.explain import MaskedPairs, PairProblem
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_objective import MaskObjective
from pyg_siamex.nn import WeightedGCN

D = torch.double


@pytest.fixture
def model():
    return SiameseGNN(GIN(FEATURES, 8, 2).double(), "add", "dot").eval()


@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_features_are_scaled_on_the_masked_sides_alone(model, side):
    graphs = {"query": [random_graph(4 + k, k, D) for k in range(3)]}
    graphs["reference"] = [random_graph(5 + k, 9 + k, D) for k in range(3)]
    kinds = MaskKinds.of({"node_mask_type": "attributes"})
    with untouched(model):
        unions = [model.inputs_of(own) for own in graphs.values()]
        pairs = MaskedPairs(PairProblem(model, *unions, kinds, side))
        values = {"node": torch.rand(len(pairs.spaces["node"]), dtype=D)}
        masks = dict(zip(graphs, pairs.split(values), strict=True))
        with torch.no_grad(), pairs.encoding() as encode:
            found = pairs.similarity(encode(values))[0]
        with pytest.raises(RuntimeError, match="the gates are closed"):
            encode(values)
        embedded = []
        for name, own in graphs.items():
            mask = masks[name].node
            assert (mask is None) == (side not in ("both", name))
            parts = [torch.ones(1, dtype=D)] * 3
            if mask is not None:
                parts = mask.split([graph.num_nodes for graph in own])
            changed = [graph.clone() for graph in own]
            for graph, part in zip(changed, parts, strict=True):
                graph.x = graph.x * part
            embedded.append(torch.cat([model.embed(graph) for graph in changed]))
    torch.testing.assert_close(found, (embedded[0] * embedded[1]).sum(1))
    assert pairs.num_pairs == 3 and set(pairs.pairs["node"].tolist()) == {0, 1, 2}


@pytest.mark.parametrize("mode", ["message", "weight"])
@pytest.mark.parametrize("side", ["both", "query", "reference"])
def test_some_of_the_pairs_are_masked_as_among_all(side, mode):
    model = SiameseGNN(WeightedGCN(FEATURES, 8, 2).double(), "add", "dot").eval()
    graphs = [[*odd_graphs(D), edgeless_graph(2, D), random_graph(7, 4, D)] for _ in range(2)]
    for graph in (one for own in graphs for one in own):
        del graph.edge_attr
        graph.edge_weight = torch.linspace(0.5, 1.5, graph.num_edges, dtype=D)
    kinds = MaskKinds("attributes", "object", undirected=True, mask_mode=mode)
    chosen = torch.tensor([0, 2, len(graphs[0]) - 1])
    with untouched(model), torch.no_grad():
        unions = [model.inputs_of(own) for own in (graphs[0], graphs[1][::-1])]
        pairs = MaskedPairs(PairProblem(model, *unions, kinds, side))
        values = {name: torch.rand(len(s), dtype=D) for name, s in pairs.spaces.items()}
        part = pairs.only(chosen)
        own = {name: values[name][torch.isin(pairs.pairs[name], chosen)] for name in values}
        with pairs.encoding() as encode:
            among_all = pairs.similarity(encode(values))[0]
            alone = part.similarity(encode.of(part)(own))[0]
            objective = MaskObjective(pairs, encode, 0.5, 1.0)
            expected, value = objective.gradient(values)
            found, of_chosen = objective.only(chosen).gradient(own)
            later = encode.of(part)
        with pytest.raises(RuntimeError, match="the gates are closed"):
            later(own)
    torch.testing.assert_close(alone, among_all[chosen])
    torch.testing.assert_close(of_chosen, value[chosen])
    for name, gradient in expected.items():
        kept = gradient[torch.isin(pairs.pairs[name], chosen)]
        torch.testing.assert_close(found[name], kept)
        assert bool(kept.abs().max() > 1e-3)
