"""Trained models and pairs with exact truth, from molecules to graphs of a thousand nodes."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.datasets import ExplainerDataset
from torch_geometric.datasets.graph_generator import BAGraph

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.data.file import whole_file
from pyg_siamex.data.torch_file import read_torch
from pyg_siamex.datasets import FunctionalGroups, PlantedConnectomes, planted_truth
from pyg_siamex.datasets.connectome import Atlas, dosenbach_160
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn import build_siamese, load_model, save_model
from pyg_siamex.nn.training import pair_auc

MOTIFS, COPIES = ("house", "cycle"), 60
KEPT = ("x", "edge_index", "y", "truth", "edge_block", "planted")


@dataclass(frozen=True)
class World:
    """One model and what is explained with it.

    Attributes:
        model: The trained model.
        auc: Its pair AUC on graphs it has not seen.
        pool: Unlabelled graphs that it was trained on.
        graphs: Graphs that it has not seen.
        index: Alike pairs of these, ``[P, 2]``, no pair twice while there are enough.
        shared: Whether all graphs have the same nodes.
    """

    model: SiameseGNN
    auc: float
    pool: list[Data]
    graphs: list[Data]
    index: Tensor
    shared: bool

    def pairs(self, first: int, last: int) -> tuple[list[Data], list[Data]]:
        """Queries and references of some of the pairs."""
        chosen = self.index[first:last].tolist()
        return [self.graphs[q] for q, _ in chosen], [self.graphs[r] for _, r in chosen]

    def truth(self, first: int, last: int) -> list[Tensor]:
        """What makes these pairs alike, bool per edge of the query."""
        return [_truth(q, r) for q, r in zip(*self.pairs(first, last), strict=True)]


def load(name: str, pairs: int, seed: int, folder: Path) -> World:
    """The world of this name, trained now or read from ``folder`` where it was trained before."""
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    slug = re.sub(r"\W+", "-", f"{name} {pairs} {seed} {code}").strip("-")
    weights, rest = folder / f"{slug}.siamex", folder / f"{slug}.pt"
    if not rest.exists():
        folder.mkdir(parents=True, exist_ok=True)
        world = train(name, pairs, seed)
        save_model(world.model, weights)
        parts = {"pool": _plain(world.pool), "graphs": _plain(world.graphs), "index": world.index}
        with whole_file(rest) as temporary:
            torch.save({**parts, "auc": world.auc, "shared": world.shared}, temporary)
    kept = read_torch(rest, "world", "delete it, and it is made again")
    kept |= {part: [Data.from_dict(graph) for graph in kept[part]] for part in ("pool", "graphs")}
    return World(model=load_model(weights)[0], **kept)


def train(name: str, pairs: int, seed: int) -> World:
    """Make the graphs, train the model on a part of them, and draw alike pairs of the rest."""
    graphs, sizes, shared = _graphs(name, seed)
    learn, validation, test = PairDataset(graphs, seed=seed).split((0.6, 0.1, 0.3), seed=seed)
    channels = learn.graphs[0].x.size(1)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = build_siamese("GIN", "mean", in_channels=channels, norm="batch_norm", **sizes)
    epochs = 20 if name == "molecules" else 15
    fit(model, learn, validation=validation, epochs=epochs, lr=4e-3, seed=seed, progress=False)
    unseen = list(test.graphs)
    index = _alike(unseen, pairs, seed)
    return World(model, pair_auc(model, test), list(learn.graphs), unseen, index, shared)


def _graphs(name: str, seed: int) -> tuple[Sequence[Data], dict[str, int], bool]:
    """Graphs, the encoder's sizes, and whether the graphs share their nodes."""
    if name == "molecules":
        molecules = [graph for graph in FunctionalGroups() if not graph.bond_truth.all()]
        for graph in molecules:
            graph.truth = graph.bond_truth
        return molecules, {"hidden_channels": 64, "num_layers": 3}, False
    if name == "motifs":
        return motif_graphs(seed), {"hidden_channels": 64, "num_layers": 3}, False
    density = re.fullmatch(r"connectomes(?: (\d+) %)?", name)
    if density is None:
        raise ValueError(f"graphs must be 'molecules', 'connectomes', 'motifs' (got {name!r})")
    atlas = regions_116()
    share = int(density[1] or 8) / 100
    subjects = PlantedConnectomes(140, density=share, atlas=atlas, seed=seed)
    return list(subjects), {"hidden_channels": 64, "num_layers": 3}, True


def regions_116() -> Atlas:
    """Of Dosenbach's regions as many as the AAL atlas has, evenly spaced in their order."""
    return dosenbach_160().subset(np.linspace(0, 159, 116).round().astype(int).tolist())


def motif_graphs(seed: int, count: int = 60) -> list[Data]:
    """Barabasi-Albert graphs of 1,000 nodes with 60 houses or 60 cycles, the class; x is 1."""
    graphs = []
    with seeded(seed):
        state = np.random.get_state()
        np.random.seed(seed)
        for k in range(count):
            kind = MOTIFS[k % len(MOTIFS)]
            size = {"house": 5, "cycle": 6}[kind]
            base = BAGraph(num_nodes=1000 - size * COPIES, num_edges=1)
            arguments = {"num_nodes": size} if kind == "cycle" else {}
            drawn = ExplainerDataset(base, kind, COPIES, motif_generator_kwargs=arguments)[0]
            graph = Data(x=torch.ones(1000, 1), edge_index=drawn.edge_index)
            graph.y, graph.truth = torch.tensor(k % len(MOTIFS)), drawn.edge_mask.bool()
            graphs.append(graph)
        np.random.set_state(state)
    return graphs


def _alike(graphs: list[Data], count: int, seed: int) -> Tensor:
    """Random ordered pairs of one class, in which what makes them alike is there to be found."""
    fit_to_be_asked = [k for k, graph in enumerate(graphs) if _truth(graph, graph).any()]
    fit_to_be_asked = [
        k for k in fit_to_be_asked if "planted" not in graphs[k] or bool(graphs[k].planted.any())
    ]
    found = [
        (q, r)
        for q in fit_to_be_asked
        for r in fit_to_be_asked
        if q != r and int(graphs[q].y) == int(graphs[r].y)
    ]
    order = np.random.default_rng(seed).permutation(len(found))
    return torch.tensor([found[k] for k in np.resize(order, count)])


def _truth(query: Data, reference: Data) -> Tensor:
    return query.truth if "truth" in query else planted_truth(query, reference)[0]


def _plain(graphs: Sequence[Data]) -> list[dict[str, Tensor]]:
    return [{key: graph[key] for key in KEPT if key in graph} for graph in graphs]
