"""The three cases: a model trained on real data, and one pair of graphs it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from case_studies.cliffs import cliffs
from case_studies.regions import desikan
from rdkit import Chem
from runner.needs import data_file
from scipy.stats import spearmanr
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import AlkaneCarbonyl, Connectomes, MoleculeTable
from pyg_siamex.datasets.connectome import Subjects
from pyg_siamex.nn import GINE, RoiGCN, RoiReadout
from pyg_siamex.nn.training import embed_all, pair_auc

SOLUBILITY = "measured log solubility in mols per litre"
NEIGHBOURS = 5

# Picked by eye among unseen molecules with one right answer: two that the models find alike, and
# one that is alike by the rule and that they miss.
QUERY, REFERENCE, MISSED = "ZINC02165857", "ZINC05688155", "ZINC05005022"


@dataclass(frozen=True)
class Case:
    """A pair, the model that judges it, and what is known of both.

    Attributes:
        model: The trained model.
        quality: Numbers that say how good it is, by name.
        pool: Graphs it was trained on.
        query: The graph whose importances are judged.
        reference: What it is compared to.
        others: Unseen references alike to the query, to see whether explanations stay.
        masks: Which masks are asked for.
        shared: Whether graphs share their nodes.
        truth: What is true of the query's and the reference's elements, or ``None``.
        missed: A reference that the model misjudges, or ``None``.
        facts: Words and numbers for the page.
    """

    model: SiameseGNN
    quality: dict[str, float]
    pool: Sequence[Data]
    query: Data
    reference: Data
    others: list[Data]
    masks: dict[str, Any]
    shared: bool
    truth: tuple[Tensor, Tensor] | None = None
    missed: Data | None = None
    facts: dict[str, str | float] = field(default_factory=dict)


def alkane_carbonyl(seed: int, epochs: int, graphs: int) -> Case:
    """Two molecules with an alkane chain and a carbonyl, which is what makes molecules alike."""
    molecules = AlkaneCarbonyl(data_file("attribution/fluoride_carbonyl"))
    order = np.random.default_rng(seed).permutation(molecules.train_index.numpy())[:graphs]
    cut = len(order) * 5 // 6
    learn, validation = ([molecules[int(k)] for k in part] for part in np.split(order, [cut]))
    test = [molecules[int(k)] for k in molecules.test_index]
    model = _made(seed, lambda: GIN(learn[0].x.size(1), 64, 3, norm="batch_norm"))
    pairs, held = PairDataset(learn, seed=seed), PairDataset(validation, seed=seed)
    fit(model, pairs, validation=held, epochs=epochs, lr=3e-3, seed=seed, progress=False)
    quality = {"pair AUC": pair_auc(model, PairDataset(test, seed=seed))}
    clear = {g.name: g for g in test if int(g.y) == 1 and _clear(g)}
    query, reference, missed = (clear.pop(name) for name in (QUERY, REFERENCE, MISSED))
    alike = _similarities(model, query, [reference, missed, *clear.values()])
    unlike = _similarities(model, query, [g for g in test if int(g.y) == 0])
    facts = {
        "similarity to the missed molecule": float(alike[1]),
        "median similarity to molecules of the other class": float(unlike.median()),
        "molecules of the other class as alike as the reference, %": _percent(unlike >= alike[0]),
        "molecules of the class less alike than that median, %": _percent(alike < unlike.median()),
    }
    truth = query.atom_truth[:, 0], reference.atom_truth[:, 0]
    others, masks = list(clear.values())[:10], {"node_mask_type": "object"}
    return Case(model, quality, learn, query, reference, others, masks, False, truth, missed, facts)


def esol_cliff(seed: int, epochs: int, graphs: int) -> Case:
    """Two molecules that differ in one atom and a hundredfold in solubility."""
    table = MoleculeTable(
        data_file("esol/raw/delaney-processed.csv"), label=SOLUBILITY, name="Compound ID"
    )
    molecules = [graph for graph in table if graph.num_edges]
    values = [float(graph.y) for graph in molecules]
    found = cliffs([graph.smiles for graph in molecules], values)
    taken = found[found["doubt"] == ""].iloc[0]
    chosen = [int(taken["query"]), int(taken["reference"])]
    rest = np.array([k for k in range(len(molecules)) if k not in chosen])
    rest = np.random.default_rng(seed).permutation(rest)[:graphs]
    learn, validation, test = (
        [molecules[k] for k in part]
        for part in np.split(rest, [len(rest) * 7 // 10, len(rest) * 8 // 10])
    )
    query, reference = (molecules[k] for k in chosen)
    channels, bonds = query.x.size(1), query.edge_attr.size(1)
    encoder = lambda: GINE(channels, 64, 3, edge_dim=bonds, norm="batch_norm")  # noqa: E731
    model = _made(seed, encoder)
    pairs, held = (PairDataset.from_difference(p, 1.0, seed=seed) for p in (learn, validation))
    fit(model, pairs, validation=held, epochs=epochs, lr=3e-3, seed=seed, progress=False)
    quality = _of_solubility(model, learn, test, seed)
    near = [g for g in test if abs(float(g.y) - float(query.y)) <= 1][:10]
    facts: dict[str, str | float] = {
        "solubility of the query": float(query.y),
        "solubility of the reference": float(reference.y),
        "solubility of the query by its neighbours": _by_neighbours(model, learn, [query])[0],
        "solubility of the reference by its neighbours": _by_neighbours(model, learn, [reference])[
            0
        ],
    }
    for rank, row in enumerate(found.itertuples()):
        names = " and ".join(molecules[k].name for k in (row.query, row.reference))
        facts[f"cliff {rank + 1}"] = (
            f"{names}; {row.tanimoto:.2f}; {row.difference:.2f}; "
            f"{row.doubt or ('taken' if row.Index == taken.name else 'as good')}"
        )
    masks, truth = {"node_mask_type": "object"}, _changed(query, reference)
    return Case(model, quality, learn, query, reference, near, masks, False, truth, None, facts)


def hcp_pair(seed: int, epochs: int, graphs: int) -> Case:
    """Two subjects with a high spatial score whose structural connectomes a model finds alike."""
    with np.load(data_file("connectomes/hcp68_spatial_orientation.npz")) as file:
        matrices, labels = file["adjacency"].astype(float), file["label"]
    matrices[:, np.arange(68), np.arange(68)] = 0
    subjects = Connectomes(
        Subjects(matrices, labels=labels), atlas=desikan(), sign="weight", features="identity"
    )
    chosen = [
        subjects[int(k)] for k in np.random.default_rng(0).permutation(len(subjects))[:graphs]
    ]
    learn, test = PairDataset(chosen, seed=seed).split((0.75, 0.25), seed=seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = SiameseGNN(RoiGCN(68), RoiReadout(68, 68, 8))
    fit(model, learn, epochs=epochs, lr=3e-3, seed=seed, progress=False)
    high = [g for g in test.graphs if int(g.y) == 1]
    low = [g for g in test.graphs if int(g.y) == 0]
    h = torch.nn.functional.normalize(embed_all(model, high))
    alike = (h @ h.T).fill_diagonal_(-2)
    q, r = divmod(int(alike.argmax()), len(high))
    query, reference = high[q], high[r]
    others = [g for k, g in enumerate(high) if k not in (q, r)][:10]
    quality = {"pair AUC": pair_auc(model, test), "subjects seen": float(len(learn.graphs))}
    unlike, known = _similarities(model, query, low), _similarities(model, query, others)
    facts = {
        "similarity to the most alike subject of the other class": float(unlike.max()),
        "median similarity to subjects of the other class": float(unlike.median()),
        "median similarity to other subjects of the class": float(known.median()),
    }
    masks = {"edge_mask_type": "object", "undirected": True}
    return Case(
        model, quality, learn.graphs, query, reference, others, masks, True, None, None, facts
    )


CASES: dict[str, Callable[[int, int, int], Case]] = {
    "alkane_carbonyl": alkane_carbonyl,
    "esol_cliff": esol_cliff,
    "hcp_pair": hcp_pair,
}


def _made(seed: int, encoder: Callable[[], torch.nn.Module]) -> SiameseGNN:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return SiameseGNN(encoder(), "mean")


def _clear(graph: Data) -> bool:
    """One right explanation, of some atoms and not of nearly all, and small enough to read."""
    share = graph.atom_truth.float().mean()
    return graph.atom_truth.size(1) == 1 and graph.num_nodes <= 26 and float(share) <= 0.4


def _similarities(model: SiameseGNN, query: Data, graphs: Sequence[Data]) -> Tensor:
    h = embed_all(model, [query, *graphs])
    with torch.no_grad():
        return model.similarity(h[:1].expand(len(graphs), -1), h[1:])


def _percent(found: Tensor) -> float:
    return 100 * float(found.float().mean())


def _of_solubility(
    model: SiameseGNN, learn: Sequence[Data], test: Sequence[Data], seed: int
) -> dict[str, float]:
    """How well similarity stands for nearness of values, on molecules not seen."""
    pairs = PairDataset.from_difference(test, 1.0, seed=seed)
    h = torch.nn.functional.normalize(embed_all(model, test))
    y = torch.tensor([float(g.y) for g in test])
    i, j = torch.triu_indices(len(test), len(test), 1)
    rank = spearmanr((h @ h.T)[i, j].numpy(), -(y[i] - y[j]).abs().numpy()).statistic
    error = (torch.tensor(_by_neighbours(model, learn, test)) - y).square().sum()
    return {
        "pair AUC": pair_auc(model, pairs),
        "Spearman of similarity with nearness": float(rank),
        "R2 of the nearest neighbours": float(1 - error / (y - y.mean()).square().sum()),
    }


def _by_neighbours(model: SiameseGNN, learn: Sequence[Data], graphs: Sequence[Data]) -> list[float]:
    """Mean value of the most similar molecules that the model was trained on."""
    h = [torch.nn.functional.normalize(embed_all(model, part)) for part in (graphs, learn)]
    nearest = (h[0] @ h[1].T).topk(NEIGHBOURS).indices
    return torch.tensor([float(g.y) for g in learn])[nearest].mean(1).tolist()


def _changed(query: Data, reference: Data) -> tuple[Tensor, Tensor]:
    """Atoms outside the largest part that both molecules have, bool per atom."""
    from rdkit.Chem import rdFMCS

    molecules = [Chem.MolFromSmiles(graph.smiles) for graph in (query, reference)]
    common = Chem.MolFromSmarts(rdFMCS.FindMCS(molecules, ringMatchesRingOnly=True).smartsString)
    out = []
    for molecule in molecules:
        changed = torch.ones(molecule.GetNumAtoms(), dtype=torch.bool)
        changed[list(molecule.GetSubstructMatch(common))] = False
        out.append(changed)
    return out[0], out[1]
