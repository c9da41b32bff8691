"""Two molecules explained, drawn and told."""

from pathlib import Path
from typing import Any

import torch
from rdkit import Chem
from rich.console import Console
from rich.table import Table
from torch_geometric.explain import Explanation

from pyg_siamex.cli.methods import METHODS, explained
from pyg_siamex.datasets import OneHotMolecule, molecule
from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.elements import strongest_edges, undirected_edges
from pyg_siamex.nn import SiameseGNN

BONDS = {
    Chem.BondType.DOUBLE: "=",
    Chem.BondType.TRIPLE: "#",
    Chem.BondType.AROMATIC: ":",
}
FORMATS = (".svg", ".png", ".html")


def explain_molecules(
    model: SiameseGNN,
    metadata: dict[str, Any],
    pair: tuple[str, str],
    method: str,
    out: Path,
    names: tuple[str, str] | None = None,
    atom_numbers: bool = False,
    save: Path | None = None,
) -> None:
    """Explain two molecules, draw them and print what matters most.

    Args:
        model: The model.
        metadata: What its file says of it.
        pair: SMILES of query and reference.
        method: Name of the explainer.
        out: Picture or page to write.
        names: Names of the two in it.
        atom_numbers: Number the atoms of the picture.
        save: File to keep the explanation in.

    Raises:
        ValueError: If a SMILES is none, or ``out`` has another format than SVG, PNG or HTML.
    """
    from pyg_siamex.visualize import draw_molecules, report

    if out.suffix.lower() not in FORMATS:
        raise ValueError(f"--out must end in {' or '.join(FORMATS)} (got '{out}')")
    if atom_numbers and out.suffix.lower() == ".html":
        raise ValueError("--atom-numbers is for pictures: a page tells each atom's number itself")
    transform = OneHotMolecule.from_dict(metadata["features"])
    query, reference = (transform(molecule(text)) for text in pair)
    if names is not None:
        query.name, reference.name = names
    explanation = explained(model, method, METHODS[method](), query, reference)
    with torch.no_grad():
        probability = float(model.probability(query, reference))
    if save is not None:
        explanation.save(save)
    if out.suffix.lower() == ".html":
        report(explanation, out)
    else:
        draw_molecules(
            explanation, out, names=names or ("query", "reference"), atom_numbers=atom_numbers
        )
    _print(explanation, probability, metadata, out)


def _print(explanation: PairExplanation, probability: float, metadata: dict, out: Path) -> None:
    console = Console()
    console.print(f"similarity {explanation.prediction:.3f}, probability alike {probability:.2f}")
    for judged in ("test", "training"):
        if f"{judged}_pair_auc" in metadata:
            auc = metadata[f"{judged}_pair_auc"]
            console.print(f"the model's {judged} pair AUC is {auc:.3f}")
    console.print(_bonds(explanation) if explanation.relevance is None else _atoms(explanation))
    kind = "page" if out.suffix.lower() == ".html" else "picture"
    console.print(f"{kind}: {out}", soft_wrap=True)


def _bonds(explanation: PairExplanation) -> Table:
    title = f"strongest bonds ({explanation.algorithm})"
    table = Table("molecule", "bond", "importance", title=title)
    for name, side in (("query", explanation.query), ("reference", explanation.reference)):
        for bond, value in strongest_bonds(side, 4):
            table.add_row(name, bond, f"{value:.3f}")
    return table


def _atoms(explanation: PairExplanation) -> Table:
    title = f"strongest pairs of atoms ({explanation.algorithm})"
    table = Table("query", "reference", "relevance", title=title)
    atoms = [
        [f"{atom.GetSymbol()}{atom.GetIdx()}" for atom in Chem.MolFromSmiles(s.smiles).GetAtoms()]
        for s in (explanation.query, explanation.reference)
    ]
    for i, j, value in explanation.top_pairs(8):
        table.add_row(atoms[0][i], atoms[1][j], f"{value:.4f}")
    for name, value in explanation.terms.items():
        table.add_row(f"[dim]{name}[/]", "", f"[dim]{value:.4f}[/]")
    return table


def strongest_bonds(explanation: Explanation, k: int) -> list[tuple[str, float]]:
    """The ``k`` bonds of largest magnitude, written like ``C3=O4``."""
    mol = Chem.MolFromSmiles(explanation.smiles)
    out = []
    for i, j, value in strongest_edges(undirected_edges(explanation), k):
        bond = mol.GetBondBetweenAtoms(i, j)
        ends = [f"{mol.GetAtomWithIdx(atom).GetSymbol()}{atom}" for atom in (i, j)]
        out.append((BONDS.get(bond.GetBondType(), "-").join(ends), value))
    return out
