import pytest
import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GCN, MLP, MessagePassing

from pyg_siamex.data import PairDataset
from pyg_siamex.explain import Occlusion, PairExplainer
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.nn.training import fit
from pyg_siamex.nn.training.batches import batch_of

EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])


class ByHand(nn.Module):
    """Adds neighbours without a layer of PyG."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 6)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        h = self.linear(x)
        return h.index_add(0, edge_index[1], h[edge_index[0]])


class Rows(nn.Module):
    """Reads no edges."""

    def __init__(self) -> None:
        super().__init__()
        self.mlp = MLP([4, 6], norm=None)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return self.mlp(x)


class Nearest(MessagePassing):
    """Makes its own edges, as layers for point clouds do."""

    def forward(self, x: Tensor) -> Tensor:
        distance = torch.cdist(x, x).fill_diagonal_(torch.inf)
        near = torch.stack([distance.argmin(1), torch.arange(len(x))])
        return self.propagate(near, x=x)


class Points(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = Nearest()

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        return self.layer(x)


def graphs(without: tuple[int, ...] = (), count: int = 8) -> list[Data]:
    drawn = torch.Generator().manual_seed(0)
    made = [
        Data(x=torch.rand(3, 4, generator=drawn), edge_index=EDGES, y=torch.tensor(k % 2))
        for k in range(count)
    ]
    for k in without:
        del made[k].edge_index
    return made


@pytest.mark.parametrize(
    "call",
    [
        lambda model, graph: model.embed(graph),
        lambda model, graph: model.embed(Batch.from_data_list([graph, *graphs()])),
        lambda model, graph: model(graph, graphs()[0]),
        lambda model, graph: model(graphs()[0], graph),
        lambda model, graph: model.against(graph),
        lambda model, graph: PairExplainer(model, Occlusion(), edge_mask_type="object")(
            graph, graphs()[0]
        ),
        lambda model, graph: fit(model, PairDataset([*graphs(), graph]), epochs=1),
        lambda model, graph: fit(model, PairDataset(graphs(tuple(range(8)))), epochs=1),
    ],
    ids=["embed", "batch", "query", "reference", "against", "explain", "fit", "fit all"],
)
def test_layers_that_pass_messages_need_edges(call):
    with pytest.raises(ValueError, match=r"has no edge_index.* torch.empty\(2, 0"):
        call(SiameseGNN(GCN(4, 6, 2)), graphs((0,))[0])


@pytest.mark.parametrize("encoder", [GCN(4, 6, 2), ByHand(), Rows()])
def test_lists_with_and_without_edges_are_refused(encoder):
    model = SiameseGNN(encoder)
    with pytest.raises(ValueError, match=r"graph 5 of .* has no edge_index"):
        fit(model, PairDataset(graphs((5,))), epochs=1)
    with pytest.raises(ValueError, match="graph 5 of 8 has no edge_index"):
        model.inputs_of(graphs((5,)))


@pytest.mark.parametrize("encoder", [ByHand(), Rows(), Points()])
def test_graphs_without_edges_are_read_where_no_layer_needs_them(encoder):
    model, bare = SiameseGNN(encoder).eval(), graphs((0,))[0]
    empty = Data(x=bare.x, edge_index=torch.empty(2, 0, dtype=torch.long))
    assert torch.equal(model.embed(bare), model.embed(empty))


def test_empty_edges_are_taken():
    empty = Data(x=torch.ones(2, 4), edge_index=torch.empty(2, 0, dtype=torch.long))
    assert SiameseGNN(GCN(4, 6, 2)).embed(empty).shape == (1, 6)


def test_one_node_needs_no_edges():
    lone = Data(x=torch.ones(1, 4), y=torch.tensor(1))
    model = SiameseGNN(GCN(4, 6, 2)).eval()
    alone = model.embed(lone)
    assert torch.allclose(model.embed(Batch.from_data_list([lone, lone])), alone.repeat(2, 1))
    together = model.encode(model.inputs_of([*graphs(), lone]))
    assert torch.allclose(together[-1:], alone)
    assert torch.allclose(together[:1], model.embed(graphs()[0]))


def test_training_keeps_the_edges_of_others():
    lone = Data(x=torch.ones(1, 4))
    batch = batch_of([lone, *graphs()])
    assert torch.equal(batch.edge_index, Batch.from_data_list(graphs()).edge_index + 1)
    assert batch.num_graphs == 9 and lone.edge_index is None


def test_training_refuses_edges_in_two_forms():
    sparse = Data(x=torch.ones(3, 4), adj_t=torch.eye(3).to_sparse())
    for given in ([sparse, *graphs()], [*graphs(), sparse]):
        with pytest.raises(ValueError, match="some graphs have their edges in adj_t"):
            batch_of(given)
