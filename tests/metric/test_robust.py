import pytest
import torch
from graphs import ENCODERS, random_graph
from metric.planted import explained, planted_graph, planted_truth
from torch_geometric.data import Data

from pyg_siamex import Occlusion, PairExplainer, SiameseGNN
from pyg_siamex.metric import fidelity, robust_fidelity
from pyg_siamex.metric.rank import uniform

D = torch.double


def test_ends_where_elements_add_up(model, perfect, inverted):
    best = robust_fidelity(model, perfect, draws=4000)
    worst = robust_fidelity(model, inverted, draws=4000)
    assert best.plus.item() == pytest.approx(0.1, abs=0.02)
    assert best.minus.item() == 0  # the whole selection stays
    assert worst.plus.item() == 0  # none of the removed elements matters
    assert worst.minus.item() == pytest.approx(0.1, abs=0.02)


def test_whole_removals_are_plain_fidelity():
    model = SiameseGNN(ENCODERS["GCN"](), "add")
    graphs = [random_graph(6, k) for k in range(4)]
    pairs = PairExplainer(model, Occlusion(), edge_mask_type="object").explain(
        graphs[:2], graphs[2:]
    )
    plain = fidelity(model, pairs, share=0.3)
    robust = robust_fidelity(model, pairs, share=0.3, alpha_plus=1, alpha_minus=0, draws=2)
    assert torch.allclose(plain.plus, robust.plus) and torch.allclose(plain.minus, robust.minus)


def test_every_draw_by_hand():
    """The graphs of fidelity- keep the selection and lose others, not the other way round."""
    model = SiameseGNN(ENCODERS["GIN"]().double(), "add").eval()
    query, reference = random_graph(6, 1, D), random_graph(5, 2, D)
    mask = torch.rand(query.num_edges, dtype=D)
    out = robust_fidelity(
        model,
        [explained(query, reference, mask, model=model)],
        share=0.3,
        alpha_plus=0.4,
        alpha_minus=0.5,
        draws=7,
        seed=5,
    )
    selected = torch.zeros(len(mask), dtype=torch.bool)
    selected[mask.argsort(descending=True)[: -(-len(mask) * 3 // 10)]] = True
    chance = uniform(torch.zeros(len(mask), dtype=torch.long), 1, 7, 5)
    whole = model(query, reference).item()
    empty = model(cut(query, torch.zeros_like(selected)), reference).item()
    plus = [model(cut(query, ~(selected & (c < 0.4))), reference).item() for c in chance]
    minus = [model(cut(query, selected | (c < 0.5)), reference).item() for c in chance]
    assert out.plus.item() == pytest.approx((whole - sum(plus) / 7) / (whole - empty), abs=1e-9)
    assert out.minus.item() == pytest.approx((whole - sum(minus) / 7) / (whole - empty), abs=1e-9)


def cut(graph, keep):
    return Data(x=graph.x, edge_index=graph.edge_index[:, keep])


def test_seeded_and_the_same_in_any_batch(model, perfect, inverted):
    flat = [explained(planted_graph(6), planted_graph(3), torch.rand(10))]
    one = robust_fidelity(model, flat, seed=1)
    assert torch.equal(one.plus, robust_fidelity(model, flat, seed=1).plus)
    assert not torch.equal(one.plus, robust_fidelity(model, flat, seed=2).plus)
    together = robust_fidelity(model, [*perfect, *flat, *inverted], seed=1)
    assert together.plus[1] == one.plus[0] and together.minus[1] == one.minus[0]


def test_undefined_and_bad_arguments(model, perfect):
    query = planted_graph()
    nothing = explained(query, planted_graph(0), planted_truth(query).double())
    assert robust_fidelity(model, [nothing]).undefined == 1
    for arguments, message in (
        ({"share": 1}, "share must be"),
        ({"alpha_plus": 0}, "alpha_plus must be in"),
        ({"alpha_minus": 1}, "alpha_minus must be in"),
        ({"draws": 0}, "draws must be at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            robust_fidelity(model, perfect, **arguments)
