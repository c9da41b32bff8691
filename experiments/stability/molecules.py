"""Sets of molecules."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from rdkit import Chem
from rdkit.Chem import Crippen, rdMolDescriptors
from runner.needs import data_file
from stability.trial import ATOMS, BONDS, Trial, draw
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.datasets import TUDataset
from torch_geometric.nn import GIN

from pyg_siamex import PairDataset, SiameseGNN, fit
from pyg_siamex.datasets import AlkaneCarbonyl, FunctionalGroups, MoleculeTable
from pyg_siamex.nn.training import pair_auc

SHARES = (0.7, 0.1, 0.2)
SOLUBILITY = "measured log solubility in mols per litre"


def nci(seed: int, training: int | None = None, **sizes: int) -> Trial:
    """Functional groups of NCI molecules; truth: bonds of the query's group."""
    training = seed if training is None else training
    learn, validation, test = PairDataset(FunctionalGroups(), seed=seed).split(SHARES, seed=seed)
    model, auc = _trained(learn, validation, test, training)
    asked = [graph for graph in test.graphs if not graph.bond_truth.all()]
    pairs = draw(asked, asked, seed=seed, **sizes)
    truth = [query.bond_truth for query in pairs.queries]
    return Trial(model, auc, learn.graphs, pairs, BONDS, False, truth)


def alkane_carbonyl(seed: int, **sizes: int) -> Trial:
    """ZINC molecules with a chain and a carbonyl; truth: atoms, the best of the alternatives."""
    molecules = AlkaneCarbonyl(data_file("attribution/fluoride_carbonyl"))
    order = np.random.default_rng(seed).permutation(molecules.train_index.numpy())
    learn, validation, test = (
        PairDataset([molecules[int(k)] for k in part], seed=seed)
        for part in (order[:2000], order[2000:2400], molecules.test_index)
    )
    model, auc = _trained(learn, validation, test, seed)
    asked = [g for g in test.graphs if g.y == 1 and not g.atom_truth.any(1).all()]
    pairs = draw(asked, test.graphs, seed=seed, **sizes)
    truth = [query.atom_truth for query in pairs.queries]
    return Trial(model, auc, learn.graphs, pairs, ATOMS, False, truth)


def crippen(seed: int, **sizes: int) -> Trial:
    """Alike by Crippen's logP; truth: its signed contributions of the atoms."""
    graphs = []
    for graph in MoleculeTable(data_file("attribution/crippen/crippen_smiles.csv")):
        parts = contributions(graph.smiles)
        graphs.append(_with(graph, y=parts.sum().view(1), contributions=parts))
    model, auc, learn, test = _by_value(graphs, seed, threshold=0.5)
    pairs = draw(test, test, seed=seed, **sizes)
    effects = [ideal_loss(q, r) for q, r in zip(pairs.queries, pairs.references, strict=True)]
    return Trial(model, auc, learn, pairs, ATOMS, False, effects=effects)


def esol(seed: int, **sizes: int) -> Trial:
    """Alike by measured solubility; no truth is known."""
    table = MoleculeTable(data_file("esol/raw/delaney-processed.csv"), label=SOLUBILITY)
    model, auc, learn, test = _by_value(list(table), seed, threshold=0.7)
    return Trial(model, auc, learn, draw(test, test, seed=seed, **sizes), BONDS, False)


def mutag(seed: int, **sizes: int) -> Trial:
    """Mutagenic or not; no truth is known, its nitro rule is none."""
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "MUTAG" / "raw"
        raw.parent.mkdir()
        raw.symlink_to(data_file("MUTAG/raw"))
        graphs = list(TUDataset(folder, "MUTAG"))
    graphs = [Data(x=g.x, edge_index=g.edge_index, y=g.y) for g in graphs]
    learn, validation, test = PairDataset(graphs, seed=seed).split((0.6, 0.1, 0.3), seed=seed)
    model, auc = _trained(learn, validation, test, seed)
    pairs = draw(test.graphs, test.graphs, seed=seed, **sizes)
    return Trial(model, auc, learn.graphs, pairs, BONDS, False)


def contributions(smiles: str) -> Tensor:
    """Crippen's contribution of each heavy atom with its hydrogens to logP, ``[n]``.

    Wildman and Crippen, J. Chem. Inf. Comput. Sci. 1999, as RDKit has them.
    """
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    parts = torch.tensor([p for p, _ in rdMolDescriptors._CalcCrippenContribs(molecule)])
    heavy = sum(atom.GetAtomicNum() > 1 for atom in molecule.GetAtoms())
    out = parts[:heavy].clone()
    for atom in molecule.GetAtoms():
        if atom.GetIdx() >= heavy:
            out[atom.GetNeighbors()[0].GetIdx()] += parts[atom.GetIdx()]
    total = Crippen.MolLogP(Chem.MolFromSmiles(smiles))
    if abs(float(out.sum()) - total) > 1e-3:
        raise ValueError(f"contributions of {smiles} sum to {float(out.sum())}, not {total}")
    return out


def ideal_loss(query: Data, reference: Data) -> Tensor:
    r"""Similarity that each atom of the query is worth to a perfect model, ``[n]``.

    With :math:`s = -d^2`, d the difference of the two sums, an atom of contribution c is worth
    :math:`-d^2 + (d - c)^2 = c^2 - 2 d c`.
    """
    c = query.contributions
    return c.square() - 2 * (c.sum() - reference.contributions.sum()) * c


def _by_value(
    graphs: list[Data], seed: int, threshold: float
) -> tuple[SiameseGNN, float, Sequence[Data], list[Data]]:
    """Train on a measured value; test graphs get the third of the values they are in as class."""
    graphs = [g for g in graphs if g.edge_index.size(1) >= 6]
    whole = PairDataset.from_difference(graphs, threshold, seed=seed)
    learn, validation, test = whole.split(SHARES, seed=seed)
    # A sum without normalisation: logP and solubility add up over atoms.
    model = SiameseGNN(_encoder(learn, seed, norm=None), "add", "euclidean")
    auc = _fitted(model, learn, validation, test, epochs=40, seed=seed)
    values = torch.cat([g.y.view(1) for g in test.graphs])
    thirds = torch.bucketize(values, values.quantile(torch.tensor([1 / 3, 2 / 3])))
    classed = [_with(g, y=thirds[k].view(1)) for k, g in enumerate(test.graphs)]
    return model, auc, learn.graphs, classed


def _trained(
    learn: PairDataset, validation: PairDataset, test: PairDataset, seed: int
) -> tuple[SiameseGNN, float]:
    model = SiameseGNN(_encoder(learn, seed, norm="batch_norm"), "mean")
    return model, _fitted(model, learn, validation, test, epochs=20, seed=seed)


def _encoder(learn: PairDataset, seed: int, norm: str | None) -> GIN:
    torch.manual_seed(seed)
    return GIN(learn.graphs[0].x.size(1), 64, 3, norm=norm)


def _fitted(
    model: SiameseGNN,
    learn: PairDataset,
    validation: PairDataset,
    test: PairDataset,
    epochs: int,
    seed: int,
) -> float:
    fit(model, learn, validation=validation, epochs=epochs, lr=3e-3, seed=seed, progress=False)
    return pair_auc(model, test)


def _with(graph: Data, **values: Any) -> Data:
    out = graph.clone()
    for name, value in values.items():
        out[name] = value
    return out
