"""Graphs with exact truth: conjunctions of functional groups, and planted motifs."""

import os
import random
from collections.abc import Sequence

import networkx as nx
import torch
from rdkit import Chem, RDConfig
from runner.needs import data_file
from torch_geometric.data import Data
from torch_geometric.utils import from_networkx

from pyg_siamex import PairDataset
from pyg_siamex.chemistry import FUNCTIONAL_GROUPS, graph_of, parse_smiles, pattern
from pyg_siamex.datasets import AlkaneCarbonyl, OneHotMolecule
from pyg_siamex.datasets.functional_groups import group_truth

PATTERNS = {
    **FUNCTIONAL_GROUPS,
    "halogen": "[F,Cl,Br,I]",
    "ether oxygen": "[OD2]([#6])[#6]",
    "thioether sulfur": "[#16X2]",
    "carbonyl": "[CX3]=[OX1]",
    "amide": "[NX3][CX3]=[OX1]",
    "aromatic nitrogen": "[n]",
    "hydroxyl": "[OX2H]",
}
_MOTIFS = (nx.house_graph, lambda: nx.cycle_graph(5))
_SHARED = (nx.house_graph, lambda: nx.complete_graph(4))


def conjunction(first: str, second: str, count: int, seed: int) -> list[Data]:
    """Molecules of class 1 have both groups; class 0 has one of them or none, in equal parts.

    Molecules are the ones of RDKit's NCI table and of the alkane-carbonyl benchmark.
    """
    a, b = (pattern(name, PATTERNS[name]) for name in (first, second))
    cells: dict[tuple[bool, bool], list[tuple[str, Chem.Mol]]] = {}
    for smiles, mol in _molecules().items():
        where = (mol.HasSubstructMatch(a), mol.HasSubstructMatch(b))
        cells.setdefault(where, []).append((smiles, mol))
    drawn, features = random.Random(seed), OneHotMolecule()
    both = drawn.sample(cells[True, True], min(count, len(cells[True, True])))
    others = [
        x
        for cell in ((True, False), (False, True), (False, False))
        for x in drawn.sample(cells[cell], min(len(both) // 3, len(cells[cell])))
    ]
    graphs = []
    for label, part in ((1, both), (0, others)):
        for smiles, mol in part:
            graph = features(graph_of(mol, smiles, y=torch.tensor(label)))
            truth = sum(group_truth(mol, group, graph.edge_index)[0] for group in (a, b)) > 0
            graphs.append(_data(graph, truth & bool(label)))
    return graphs


def ba_motifs(count: int, seed: int) -> list[Data]:
    """Random trees with a house (class 1) or a pentagon (class 0) attached; truth: its edges."""
    drawn, graphs = random.Random(seed), []
    for number in range(count):
        graphs.append(_with_motifs(drawn, [_MOTIFS[number % 2]], y=torch.tensor(1 - number % 2)))
    return graphs


def two_motifs(count: int, seed: int) -> tuple[list[Data], torch.Tensor]:
    """Random trees with a house, a 4-clique or both, and which of the two each has."""
    drawn, graphs, has = random.Random(seed), [], []
    for _ in range(count):
        own = drawn.choice(((0,), (1,), (0, 1)))
        label = torch.tensor({(0,): 0, (1,): 1, (0, 1): 2}[own])
        graphs.append(_with_motifs(drawn, [_SHARED[k] for k in own], y=label))
        has.append([k in own for k in (0, 1)])
    return graphs, torch.tensor(has)


def sharing(graphs: Sequence[Data], has: torch.Tensor, count: int, seed: int) -> PairDataset:
    """Pairs that are alike if they share a motif, as many of either kind."""
    generator = torch.Generator().manual_seed(seed)
    index = torch.combinations(torch.arange(len(graphs)))
    index = index[torch.randperm(len(index), generator=generator)[: 4 * count]]
    alike = (has[index[:, 0]] & has[index[:, 1]]).any(1)
    kept = torch.cat([index[alike][: count // 2], index[~alike][: count // 2]])
    targets = (has[kept[:, 0]] & has[kept[:, 1]]).any(1)
    return PairDataset.from_pairs(list(graphs), kept, targets)


def _with_motifs(drawn: random.Random, motifs: Sequence, y: torch.Tensor) -> Data:
    graph = nx.barabasi_albert_graph(drawn.randint(15, 25), 1, seed=drawn.randrange(2**31))
    base, motif_of = graph.number_of_nodes(), [-1] * graph.number_of_nodes()
    for number, motif in enumerate(motifs):
        start, added = graph.number_of_nodes(), motif()
        graph = nx.disjoint_union(graph, added)
        graph.add_edge(drawn.randrange(base), start)
        # With one motif its number is the class of two_motifs(), with two their order.
        motif_of += [number if len(motifs) > 1 else min(int(y), 1)] * added.number_of_nodes()
    edges = from_networkx(graph).edge_index
    ends = torch.tensor(motif_of)[edges]
    motif = torch.where(ends[0] == ends[1], ends[0], -1)
    return Data(
        x=torch.ones(len(motif_of), 4), edge_index=edges, y=y, truth=motif >= 0, motif=motif
    )


def alkane_carbonyl(count: int, seed: int) -> list[Data]:
    """ZINC molecules with a chain and a carbonyl (class 1) or not; truth: every alternative."""
    molecules = AlkaneCarbonyl(data_file("attribution/fluoride_carbonyl"))
    order = random.Random(seed).sample(range(len(molecules)), len(molecules))
    graphs = []
    for label in (1, 0):
        part = [k for k in order if int(molecules[k].y) == label][:count]
        graphs += [_data(molecules[k], molecules[k].atom_truth & bool(label)) for k in part]
    return graphs


def _data(graph: Data, truth: torch.Tensor) -> Data:
    """Inputs, class and truth alone; alternatives are columns, a fixed number of them."""
    truth = truth.view(len(graph.x), -1)
    truth = torch.cat([truth, truth[:, :1].expand(-1, 64)], dim=1)[:, :64]
    return Data(x=graph.x, edge_index=graph.edge_index, y=graph.y, truth=truth)


def _molecules() -> dict[str, Chem.Mol]:
    """Molecules of 6 to 40 atoms, unique by canonical SMILES."""
    with open(os.path.join(RDConfig.RDDataDir, "NCI", "first_5K.smi"), encoding="utf-8") as lines:
        found = [line.split()[0] for line in lines if line.strip()]
    found += [g.smiles for g in AlkaneCarbonyl(data_file("attribution/fluoride_carbonyl"))]
    unique: dict[str, Chem.Mol] = {}
    for smiles in found:
        try:
            mol = parse_smiles(smiles)
        except ValueError:
            continue
        if 6 <= mol.GetNumAtoms() <= 40 and "." not in smiles:
            unique.setdefault(Chem.MolToSmiles(mol), mol)
    return unique
