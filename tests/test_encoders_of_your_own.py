"""What docs/encoders_of_your_own.md shows is what runs, and explains what its encoders compute."""

import copy
import re
import threading
from functools import lru_cache
from pathlib import Path

import pytest
import torch
from torch.utils.checkpoint import checkpoint
from torch_geometric import seed_everything
from torch_geometric.data import Batch, Data
from torch_geometric.datasets import FakeDataset
from torch_geometric.nn import (
    GIN,
    GCNConv,
    GINConv,
    GraphConv,
    SchNet,
    TopKPooling,
    global_add_pool,
    global_mean_pool,
)
from torch_geometric.utils import coalesce, from_smiles, scatter, to_torch_csr_tensor

from pyg_siamex import (
    BiLRP,
    InputXGradient,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairExplainer,
    Saliency,
    SelfLearned,
    SiameseGNN,
)
from pyg_siamex.explain import ShapleySampling
from pyg_siamex.explain.relevance import GammaRule, lrp_factors
from pyg_siamex.metric import fidelity

PAGE = Path(__file__).parents[1] / "docs" / "encoders_of_your_own.md"
TEXT = PAGE.read_text()
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE))
BLOCKS = {
    name: re.findall(r"```python\n(.*?)```", text, re.DOTALL) for name, text in SECTIONS.items()
}
RECIPES = [(name, k) for name, blocks in BLOCKS.items() for k in range(len(blocks))]

DATA = "It takes the whole `Data`"
TUPLE = "It returns a tuple"
SIAMESE = "It sits in a Siamese or triplet model"
PAIR = "It compares two graphs at once"
HEAD = "A similarity head of your own"
TABLES = "Types in embedding tables"
SCHNET = "SchNet and other models that make their edges"
GPS = "GPS and global attention"
RULE = "A relevance rule of your own"
REARRANGED = "Layers that rearrange edges"
REFUSED = "Layers that no edge mask fits"
NORMS = "Norms over the whole batch"
INDICES = "Node indices and values of the graph"


@lru_cache
def recipe(name, k=0):
    """Everything that one block defines, run by itself."""
    seed_everything(0)
    out: dict = {}
    exec(BLOCKS[name][k], out)
    return out


def explanations_of(names):
    found = [v for k, v in names.items() if k in ("explanation", "slow", "fast")]
    found += list(names.get("explanations", {}).values())
    return [one for e in found for one in (e if isinstance(e, list) else [e])]


def double(graph):
    return Data(x=graph.x.double(), edge_index=graph.edge_index)


def zeros(graph):
    return torch.zeros(graph.num_nodes, dtype=torch.long)


def cosine(a, b):
    return torch.cosine_similarity(a.double(), b.double())


def without(graph, edge):
    keep = torch.arange(graph.num_edges) != edge
    rows = {k: v[keep] for k, v in graph if k.startswith("edge_") and k != "edge_index"}
    return type(graph)(**{**graph.to_dict(), "edge_index": graph.edge_index[:, keep], **rows})


@torch.no_grad()
def removed(similarity, query, reference):
    """Similarity lost by each graph's edges, each really deleted."""
    whole = similarity(query, reference)
    of_query = [whole - similarity(without(query, e), reference) for e in range(query.num_edges)]
    of_reference = [
        whole - similarity(query, without(reference, e)) for e in range(reference.num_edges)
    ]
    return torch.cat(of_query), torch.cat(of_reference)


def check_edges(explanation, similarity, query, reference):
    """The explanation is that of the user's own computation, edge by edge."""
    with torch.no_grad():
        by_hand = float(similarity(query, reference))
    assert explanation.prediction == pytest.approx(by_hand, rel=1e-5)
    wanted = removed(similarity, query, reference)
    for side, loss in zip((explanation.query, explanation.reference), wanted, strict=True):
        close(side.edge_mask, loss, by_hand)
        assert side.edge_mask.abs().max() > 1e-4


def close(mask, loss, scale):
    gap = (mask.flatten().double() - loss.double()).abs().max()
    assert gap < 2e-6 * max(1, abs(scale)), float(gap)


@pytest.mark.parametrize(("name", "k"), RECIPES)
def test_a_block_runs_by_itself_and_gives_masks(name, k):
    explanations = explanations_of(recipe(name, k))
    assert explanations
    for explanation in explanations:
        for side in (explanation.query, explanation.reference):
            assert side.edge_mask.shape == (side.num_edges,)
            assert side.edge_mask.abs().max() > 1e-5


def test_every_section_with_a_recipe_is_tested():
    used = {DATA, TUPLE, SIAMESE, HEAD, TABLES, SCHNET, GPS, RULE, REARRANGED, REFUSED, NORMS}
    used |= {INDICES, PAIR}
    assert {name for name, blocks in BLOCKS.items() if blocks} == used


def test_links_lead_to_sections():
    anchors = {re.sub(r"[^\w -]", "", name.lower()).replace(" ", "-") for name in SECTIONS}
    targets = re.findall(r"\]\(#([^)]+)\)", TEXT)
    assert targets and set(targets) <= anchors
    for target in re.findall(r"\]\((?!http|#)([^)#]+)\)", TEXT):
        assert (PAGE.parent / target).exists(), target


def test_check_model_prints_what_was_found(capsys):
    (block,) = re.findall(r"```(?:python)?\n(.*?)```", TEXT[: TEXT.index("\n## ")], re.DOTALL)
    names = recipe(DATA)
    exec(block, {"model": names["model"], "graph": names["query"], "other": names["reference"]})
    printed = capsys.readouterr().out
    for found in ("edge_attr", "net.conv", "edge masks", "node masks"):  # inputs, layers, masks
        assert found in printed


def test_whole_data():
    names = recipe(DATA)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return cosine(*(net(Data(**{**g.to_dict(), "batch": zeros(g)})) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)
    with pytest.raises(ValueError, match="takes a whole graph"):
        SiameseGNN(net, pool=None)


def test_sizes_are_there_to_be_named():
    class Sizes(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = GIN(5, 8, 2)

        def forward(self, x, edge_index, batch, ptr, batch_size, num_graphs, num_nodes):
            assert len(ptr) == num_graphs + 1 == batch_size + 1 and len(batch) == num_nodes
            data = Data(x=x, edge_index=edge_index, batch=batch, num_graphs=num_graphs)
            h = self.gnn(data.x, data.edge_index)
            return global_add_pool(h, data.batch, data.num_graphs)

    query, reference = graphs()
    assert explained(SiameseGNN(Sizes(), None), query, reference).query.edge_mask.any()


def test_tuple():
    names = recipe(TUPLE)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return cosine(*(net(g.x, g.edge_index)[0].mean(0, keepdim=True) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)
    with pytest.raises(ValueError, match="returned a tuple"):
        SiameseGNN(net)(query, reference)


def test_triplet():
    names = recipe(SIAMESE)
    net, anchor, other = names["net"], names["anchor"], names["other"]

    def similarity(a, b):
        embeddings = net(*(Batch.from_data_list([g]) for g in (a, b, b)))
        return -(embeddings[0].double() - embeddings[1].double()).norm(dim=1).square()

    check_edges(names["explanation"], similarity, anchor, other)
    assert names["model"].encoder is net.gnn
    with pytest.raises(ValueError, match="the encoder they share"):
        SiameseGNN(net)


def test_siamese():
    names = recipe(SIAMESE, 1)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return net(*(Batch.from_data_list([g]) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)
    with pytest.raises(ValueError, match="the encoder they share"):
        SiameseGNN(net)


def test_heads():
    names = recipe(HEAD)
    gnn, query, reference = names["gnn"], names["query"], names["reference"]
    heads = {"torch": cosine, "head": names["head"], "function": names["manhattan"]}
    for name, head in heads.items():

        def similarity(a, b, head=head):
            return head(*(gnn(g.x, g.edge_index).sum(0, keepdim=True) for g in (a, b)))

        check_edges(names["explanations"][name], similarity, query, reference)


def test_a_head_that_gives_its_form_is_explained_by_bilrp():
    names = recipe(HEAD, 1)
    model, explanation = names["model"], names["explanation"]
    query, reference = names["query"], names["reference"]
    assert explanation.prediction == pytest.approx(
        float(model(query, reference).detach()), rel=1e-5
    )
    left, right = BiLRP().factors(model, [query, reference])
    torch.testing.assert_close(explanation.relevance, left.T @ right)  # all weights are 1


def test_a_head_with_weights_is_part_of_the_model_and_one_over_the_batch_is_refused():
    names = recipe(HEAD)
    model = SiameseGNN(names["gnn"], "add", names["head"])
    assert {*names["head"].parameters()} <= {*model.parameters()}
    model = SiameseGNN(names["gnn"], "add", lambda a, b: (a * b).sum(1).softmax(0))
    with pytest.raises(ValueError, match="each row separately"):
        explained(model, names["query"], names["reference"])


def faded(tables, node, encode):
    """Encode with the rows that one node looks up scaled to zero."""

    def fade(table, inputs, output):
        out = output.clone()
        out[node] = 0
        return out

    handles = [table.register_forward_hook(fade) for table in tables]
    try:
        return encode()
    finally:
        for handle in handles:
            handle.remove()


@torch.no_grad()
def check_nodes(explanation, tables, embed, query, reference):
    """The node mask is what fading all of a node's tables by hand costs."""
    h = embed(query), embed(reference)
    whole = cosine(*h)
    for side, graph, other in (
        (explanation.query, query, h[1]),
        (explanation.reference, reference, h[0]),
    ):
        loss = [
            whole - cosine(faded(tables, node, lambda g=graph: embed(g)), other)
            for node in range(graph.num_nodes)
        ]
        close(side.node_mask, torch.cat(loss), 1)
        assert side.node_mask.abs().max() > 1e-4


def of_types():
    names = recipe(TABLES)

    def embed(g):
        return names["net"](g.x, g.edge_index, g.edge_attr).sum(0, keepdim=True)

    return names, embed


def test_types_edge_masks():
    names, embed = of_types()

    def similarity(a, b):
        return cosine(embed(a), embed(b))

    check_edges(names["explanation"], similarity, names["query"], names["reference"])


def test_types_node_masks_fade_all_tables():
    names, embed = of_types()
    tables = names["net"].atoms.tables
    check_nodes(names["explanation"], tables, embed, names["query"], names["reference"])


def test_types_node_masks_do_not_depend_on_graphs_explained_before():
    names, _ = of_types()
    other = SiameseGNN(copy.deepcopy(names["net"]), "add")
    explained(other, *map(from_smiles, ("CCO", "CCN")), node_mask_type="object")
    after = explained(other, names["query"], names["reference"], node_mask_type="object")
    close(after.query.node_mask, names["explanation"].query.node_mask.flatten(), 1)


ALGORITHMS = [
    IntegratedGradients(),
    InputXGradient(),
    Saliency(),
    MaskOptimization(),
    SelfLearned("gda"),
    ShapleySampling(2),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [TABLES, SCHNET])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda a: a.name)
def test_types_take_edge_and_node_masks_of_every_algorithm(name, algorithm):
    names = recipe(name)
    masks = {"edge_mask_type": "object", "node_mask_type": "object"}
    explainer = PairExplainer(names["model"], algorithm, **masks)
    explanation = explainer(names["query"], names["reference"])
    assert explanation.query.edge_mask.any() and explanation.query.node_mask.any()
    with pytest.raises(ValueError, match="needs float features"):
        PairExplainer(names["model"], algorithm, node_mask_type="attributes")(
            names["query"], names["reference"]
        )


def test_schnet_is_that_with_a_search_of_its_own():
    names = recipe(SCHNET)

    def search(pos, batch):
        near = (torch.cdist(pos, pos) < 3.0) & (batch == batch[:, None])
        row, col = edge_index = near.fill_diagonal_(False).nonzero().t()
        return edge_index, (pos[row] - pos[col]).norm(dim=-1)

    searching = SchNet(32, 32, 2, cutoff=3.0, interaction_graph=search)
    searching.lin2 = torch.nn.Identity()
    searching.load_state_dict(names["net"].state_dict())
    query, reference = names["query"], names["reference"]
    with torch.no_grad():
        h = [searching(g.x, g.pos) for g in (query, reference)]
        assert h[0].shape == (1, 16)
        both = Batch.from_data_list([query, reference])
        together = searching(both.x, both.pos, both.batch)
    torch.testing.assert_close(names["model"].embed(both), together)
    assert names["explanation"].prediction == pytest.approx(float(cosine(*h)), rel=1e-5)


def test_schnet_masks():
    names = recipe(SCHNET)
    query, reference = names["query"], names["reference"]
    encoder = names["model"].encoder

    def embed(g):
        return encoder(g.x, g.edge_index, g.pos, zeros(g))

    def similarity(a, b):
        return cosine(embed(a), embed(b))

    check_edges(names["explanation"], similarity, query, reference)
    tables = [names["net"].embedding]
    check_nodes(names["explanation"], tables, embed, query, reference)
    jacobians = PairExplainer(names["model"], IntegratedJacobians(), node_mask_type="object")
    assert jacobians(query, reference).relevance.any()


def test_gps():
    names = recipe(GPS)
    net, query, reference = names["net"].eval(), names["query"], names["reference"]

    def similarity(a, b):
        return cosine(*(net(g.x, g.edge_index, zeros(g)).mean(0, keepdim=True) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)
    both = explained(names["model"], *(Batch.from_data_list([query, reference]) for _ in "ab"))
    alone = explained(names["model"], query, query)
    torch.testing.assert_close(both[0].query.edge_mask, alone.query.edge_mask, atol=1e-6, rtol=0)


def test_a_rule_of_ones_own():
    """At gamma 0 relevance is gradient times input with the weights frozen."""
    names = recipe(RULE)
    model, layer = names["model"].double(), names["model"].encoder
    inputs = model.inputs(double(names["query"]))
    with pytest.raises(ValueError, match=r"operation 'pow'"):
        lrp_factors(model, inputs)
    handle = names["register_rule"](names["Similar"], names["similar"])
    found, _ = lrp_factors(model, inputs, GammaRule(0.0, 1e-12), messages=True)
    carried, _ = lrp_factors(model, inputs)
    handle.remove()
    x = inputs.x.clone().requires_grad_()
    weights = layer.weights(inputs.x, inputs.edge_index)
    row, col = inputs.edge_index
    h = layer.lin(torch.zeros_like(x).index_add(0, col, weights * x[row])).mean(0)
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in h]
    expected = torch.stack([(r * x).sum(1) for r in rows]).detach()
    torch.testing.assert_close(found[0], expected, rtol=1e-6, atol=1e-9)
    torch.testing.assert_close(found.edges(0).sum(1), found.sums()[0])
    total = carried.sums() + sum(carried.parts.values())
    torch.testing.assert_close(total, carried.embedding)
    terms = names["explanation"].terms
    parts = [terms[name] for name in ("nodes", "edges", "biases", "epsilon")]
    assert sum(parts) == pytest.approx(terms["explained"], abs=1e-5)


def test_schnet_under_bilrp():
    names = recipe(SCHNET)
    explainer = PairExplainer(names["model"], BiLRP(), edge_mask_type="object")
    terms = explainer(names["query"], names["reference"]).terms
    assert abs(terms["remainder"]) < 1e-5 * abs(terms["explained"])


def test_rearranged_edges():
    names = recipe(REARRANGED)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return cosine(*(net(g.x, g.edge_index, g.edge_type).sum(0, keepdim=True) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)


def test_a_layer_left_unmasked_keeps_its_edges():
    names = recipe(REFUSED)
    net, query, reference = names["net"], names["query"], names["reference"]

    def embed(g, edges):
        h = net.lin(g.x).tanh()
        h = h + net.sum(h, edges)
        h, pooled, _, batch, *_ = net.pool(h, g.edge_index, batch=zeros(g))
        return global_add_pool(net.coarse(h, pooled), batch, 1)

    with torch.no_grad():
        h = [embed(g, g.edge_index) for g in (query, reference)]
        losses = [
            cosine(*h) - cosine(embed(query, without(query, e).edge_index), h[1])
            for e in range(query.num_edges)
        ]
    explanation = names["explanation"]
    assert explanation.prediction == pytest.approx(float(cosine(*h)), rel=1e-5)
    close(explanation.query.edge_mask, torch.cat(losses), 1)


def test_a_derived_layer_does_what_scatter_does():
    query, _ = graphs()
    row, col = query.edge_index
    by_hand = scatter(query.x[row], col, dim=0, dim_size=query.num_nodes)
    torch.testing.assert_close(recipe(REFUSED)["Sum"]()(query.x, query.edge_index), by_hand)


class Two(torch.nn.Module):
    """A layer on the graph's edges, and one on what a test makes of them."""

    pooled = False

    def __init__(self):
        super().__init__()
        self.first, self.conv, self.select = GraphConv(5, 8), GraphConv(8, 8), TopKPooling(8)

    def forward(self, x, edge_index, batch):
        return self.second(self.first(x, edge_index).relu(), edge_index, batch)


class Nearest(Two):
    def second(self, h, edge_index, batch):
        far = torch.cdist(h, h) + 1e9 * (batch != batch[:, None])
        source = far.topk(3, largest=False).indices
        target = torch.arange(len(h)).repeat_interleave(3)
        return self.conv(h, torch.stack([source.flatten(), target]))


class Virtual(Two):
    def second(self, h, edge_index, batch):
        hub, node = batch + len(h), torch.arange(len(h))
        to_hub, from_hub = torch.stack([node, hub]), torch.stack([hub, node])
        edges = torch.cat([edge_index, to_hub, from_hub], dim=1)
        return self.conv(torch.cat([h, global_mean_pool(h, batch)]), edges)[: len(h)]


class Pooled(Two):
    pooled = True

    def second(self, h, edge_index, batch):
        h, edge_index, _, kept, *_ = self.select(h, edge_index, batch=batch)
        return global_add_pool(self.conv(h, edge_index), kept, int(batch.max()) + 1)


class Sparse(Two):
    def second(self, h, edge_index, batch):
        size = (len(h), len(h))
        return self.conv(h, to_torch_csr_tensor(edge_index, size=size).t())


class Merged(Two):
    def second(self, h, edge_index, batch):
        return self.conv(h, coalesce(edge_index))


@pytest.mark.filterwarnings("ignore:Sparse", "ignore:Converting sparse")
@pytest.mark.parametrize("kind", [Nearest, Virtual, Pooled, Sparse, Merged])
def test_other_edges_are_refused_unless_the_layer_is_left_unmasked(kind):
    torch.manual_seed(0)
    encoder = kind()
    model = SiameseGNN(encoder, None if kind.pooled else "add")
    pair = graphs()
    if kind is Merged:
        for graph in pair:
            graph.edge_index = torch.cat([graph.edge_index, graph.edge_index[:, :2]], dim=1)
    with pytest.raises(ValueError, match="no edge mask fits"):
        explained(model, *pair)
    nodes = PairExplainer(model, Occlusion(), node_mask_type="object")(*pair)
    assert nodes.query.node_mask.any()
    encoder.conv.explain = False
    assert explained(model, *pair).query.edge_mask.any()


def test_a_layer_that_gathers_by_itself_is_refused():
    class Gathering(torch.nn.Module):
        def forward(self, x, edge_index):
            row, col = edge_index
            return scatter(x[row], col, dim=0, dim_size=len(x))

    with pytest.raises(ValueError, match="derive that part from MessagePassing"):
        explained(SiameseGNN(Gathering()), *graphs())


def test_norms():
    names = recipe(NORMS)
    slow, fast, queries, references = (names[n] for n in ("slow", "fast", "queries", "references"))
    mixing, apart = (SiameseGNN(names[n]).eval() for n in ("mixing", "apart"))
    for k, (one, other) in enumerate(zip(slow, fast, strict=True)):
        query, reference = queries[k], references[k]
        with torch.no_grad():
            alone = float(mixing(query, reference))
        assert one.prediction == pytest.approx(alone, rel=1e-5)
        assert other.prediction == pytest.approx(alone, rel=1e-5)
        close(one.query.edge_mask, other.query.edge_mask, 1)
        check_edges(one, lambda a, b: cosine(mixing.embed(a), mixing.embed(b)), query, reference)
    together = torch.tensor([one.prediction for one in slow])
    with torch.no_grad():
        assert not torch.allclose(mixing(queries, references), together, atol=1e-3)
        torch.testing.assert_close(apart(queries, references), together, atol=1e-5, rtol=0)
    h = torch.randn(queries.num_nodes, 3)
    batch = queries.batch
    centred = h - global_mean_pool(h, batch)[batch]
    torch.testing.assert_close(global_mean_pool(centred, batch), torch.zeros(3, 3))


def test_two_graphs_at_once():
    names = recipe(PAIR)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return net(*(Batch.from_data_list([graph]) for graph in (a, b))).flatten()

    check_edges(names["explanation"], similarity, query, reference)
    gradients = explained(names["model"], query, reference, IntegratedGradients())
    assert gradients.query.edge_mask.any()


def test_node_indices():
    names = recipe(INDICES)
    net, query, reference = names["net"], names["query"], names["reference"]

    def similarity(a, b):
        return cosine(*(net(g.x, g.edge_index, g.root_index, g.ends, g.u) for g in (a, b)))

    check_edges(names["explanation"], similarity, query, reference)
    queries, references = (Batch.from_data_list(g) for g in ([query, reference], [reference] * 2))
    batched = explained(names["model"], queries, references)
    close(batched[0].query.edge_mask, names["explanation"].query.edge_mask, 1)
    assert batched[1].prediction == pytest.approx(1)


def test_nodes_that_indices_point_at_are_masked_and_not_deleted():
    names = recipe(INDICES)
    model = names["model"]
    nodes = PairExplainer(model, Occlusion(), node_mask_type="object")
    explanation = nodes(names["query"], names["reference"])
    with pytest.raises(ValueError, match="removal='message'"):
        fidelity(model, [explanation])
    assert fidelity(model, [explanation], removal="message").plus.isfinite().all()


def graphs():
    seed_everything(0)
    return list(FakeDataset(2, avg_num_nodes=8, avg_degree=2, num_channels=5))


def explained(model, query, reference, algorithm=None, **masks):
    masks = masks or {"edge_mask_type": "object"}
    return PairExplainer(model, algorithm or Occlusion(), **masks)(query, reference)


@pytest.fixture
def gin():
    torch.manual_seed(0)
    return GIN(5, 16, 2)


def compiled(gin):
    return SiameseGNN(torch.compile(gin, backend="eager"))


def compiled_in_place(gin):
    model = SiameseGNN(gin)
    model.encoder.compile(backend="eager")
    model.compile(backend="eager")
    return model


def parallel(gin):
    return SiameseGNN(torch.nn.DataParallel(gin))


@pytest.mark.parametrize("wrap", [compiled, compiled_in_place, parallel])
def test_wrappers_change_nothing_and_stay(gin, wrap):
    pair = graphs()
    plain = explained(SiameseGNN(copy.deepcopy(gin)), *pair)
    model = wrap(gin)
    encoder, call = model.encoder, model._compiled_call_impl
    assert torch.equal(explained(model, *pair).query.edge_mask, plain.query.edge_mask)
    assert model.encoder is encoder and model._compiled_call_impl is call


def test_lazy_layers_need_one_call_before(gin):
    model, pair = SiameseGNN(GIN(-1, 16, 2)), graphs()
    with pytest.raises(ValueError, match="run the model once"):
        explained(model, *pair)
    model(*pair)
    assert explained(model, *pair).query.edge_mask.any()


class Checkpointed(torch.nn.Module):
    def __init__(self, always):
        super().__init__()
        self.first, self.second = (GINConv(torch.nn.Linear(5, 5)) for _ in range(2))
        self.always = always

    def forward(self, x, edge_index):
        h = self.first(x, edge_index).relu()
        if self.training or self.always:
            return checkpoint(self.second, h, edge_index, use_reentrant=False)
        return self.second(h, edge_index)


def test_checkpoints_refuse_gradients_except_in_training_mode_alone():
    pair = graphs()
    always, in_training = (SiameseGNN(Checkpointed(always)) for always in (True, False))
    with pytest.raises(ValueError, match=r"only if self\.training"):
        explained(always, *pair, IntegratedGradients())
    assert explained(always, *pair).query.edge_mask.any()
    assert explained(in_training, *pair, IntegratedGradients()).query.edge_mask.any()


def test_half_precision(gin):
    model = SiameseGNN(gin.bfloat16())
    with pytest.raises(ValueError, match="convert"):
        explained(model, *graphs())
    pair = graphs()
    for graph in pair:
        graph.x = graph.x.bfloat16()
    for algorithm in (Occlusion(), IntegratedGradients()):
        mask = explained(model, *pair, algorithm).query.edge_mask
        assert mask.any() and mask.dtype in (torch.float32, torch.float64)
    for algorithm in (BiLRP(), IntegratedJacobians()):
        with pytest.raises(ValueError, match="single or double precision"):
            explained(model, *pair, algorithm, node_mask_type="object")
        with pytest.raises(ValueError, match="single or double precision"):
            algorithm.factors(model, pair)


def test_contexts_around_the_call_change_nothing(gin):
    model, pair = SiameseGNN(gin), graphs()
    plain = explained(model, *pair, IntegratedGradients()).query.edge_mask
    for context in (torch.no_grad(), torch.inference_mode(), torch.autocast("cpu", torch.bfloat16)):
        with context:
            inside = explained(model, *pair, IntegratedGradients()).query.edge_mask
        assert torch.equal(inside, plain)


def test_weights_of_inference_mode_are_refused():
    with torch.inference_mode():
        model = SiameseGNN(GIN(5, 16, 2))
    with pytest.raises(ValueError, match="inference_mode"):
        explained(model, *graphs())


def test_modes_are_put_back(gin):
    model = SiameseGNN(gin).train()
    gin.convs[0].eval()
    explained(model, *graphs())
    assert model.training and gin.convs[1].training and not gin.convs[0].training


def test_noise_in_evaluation_mode_is_refused(gin):
    class Noisy(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = gin

        def forward(self, x, edge_index):
            return torch.nn.functional.dropout(self.gnn(x, edge_index))

    with pytest.raises(ValueError, match=r"training=self\.training"):
        explained(SiameseGNN(Noisy()), *graphs())


def test_threads_wait_for_each_other(gin):
    model, pair = SiameseGNN(gin), graphs()
    plain = explained(model, *pair).query.edge_mask
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(explained(model, *pair).query.edge_mask))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3 and all(torch.equal(mask, plain) for mask in found)


def test_scripted_and_cached_layers_are_refused():
    with pytest.raises(ValueError, match="the eager module"):
        explained(SiameseGNN(torch.jit.script(GCNConv(5, 16))), *graphs())
    with pytest.raises(ValueError, match="cached=True"):
        SiameseGNN(GCNConv(5, 16, cached=True))
