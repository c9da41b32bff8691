"""``pyg-siamex explain``: why a model finds two molecules alike or not."""

from pathlib import Path
from typing import Annotated

import torch
import typer
from rdkit import Chem
from rich.console import Console
from rich.table import Table
from torch_geometric.explain import Explanation

from pyg_siamex.cli.errors import one_line_errors
from pyg_siamex.datasets import OneHotMolecule, molecule
from pyg_siamex.explain import (
    BiLRP,
    InputXGradient,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    PairExplainer,
    PairExplanation,
    Saliency,
    edge_importance,
)
from pyg_siamex.nn import load_model

METHODS: dict[str, type[PairAlgorithm]] = {
    "masks": MaskOptimization,
    "occlusion": Occlusion,
    "gradient": InputXGradient,
    "saliency": Saliency,
    "bilrp": BiLRP,
    "jacobians": IntegratedJacobians,
}
PAIR_METHODS = ("bilrp", "jacobians")
BONDS = {
    Chem.BondType.DOUBLE: "=",
    Chem.BondType.TRIPLE: "#",
    Chem.BondType.AROMATIC: ":",
}
FORMATS = (".svg", ".png")


@one_line_errors
def explain(
    model: Annotated[Path, typer.Argument(help="A model that `pyg-siamex train` wrote.")],
    smiles_a: Annotated[str, typer.Argument(help="SMILES of the query molecule.")],
    smiles_b: Annotated[str, typer.Argument(help="SMILES of the reference molecule.")],
    out: Annotated[Path, typer.Option(help="Picture to write, .svg or .png.")] = Path("pair.svg"),
    method: Annotated[
        str,
        typer.Option(
            help="masks (the bonds that are needed), occlusion (what is lost without a bond, "
            "signed), gradient, saliency, or bilrp and jacobians (which atom goes with which)."
        ),
    ] = "masks",
    names: Annotated[
        str, typer.Option(help="Names of the two, separated by a comma.")
    ] = "query,reference",
    atom_numbers: Annotated[bool, typer.Option(help="Number the atoms.")] = False,
) -> None:
    """Show which bonds make two molecules alike, or unlike, to a trained model."""
    from pyg_siamex.visualize import draw_molecules

    if method not in METHODS:
        raise ValueError(f"--method must be one of {', '.join(METHODS)} (got '{method}')")
    if out.suffix.lower() not in FORMATS:
        raise ValueError(f"--out must end in {' or '.join(FORMATS)} (got '{out}')")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"no folder {out.parent} to write the picture into")
    both_names = _two_names(names)
    siamese, metadata = load_model(model)
    if "features" not in metadata:
        raise ValueError(f"{model} does not say how its features were made")
    transform = OneHotMolecule.from_dict(metadata["features"])
    query, reference = (transform(molecule(text)) for text in (smiles_a, smiles_b))
    algorithm = METHODS[method]()
    if method in PAIR_METHODS:
        explainer = PairExplainer(siamese, algorithm, node_mask_type="object")
    else:
        explainer = PairExplainer(siamese, algorithm, edge_mask_type="object", undirected=True)
    [explanation] = explainer.explain([query], [reference])
    with torch.no_grad():
        probability = float(siamese.probability(query, reference))
    draw_molecules(explanation, out, names=both_names, atom_numbers=atom_numbers)
    _print(explanation, probability, metadata, out)


def _two_names(names: str) -> tuple[str, str]:
    parts = [part.strip() for part in names.split(",")]
    if len(parts) != 2:
        raise ValueError(f"--names needs two names separated by one comma (got '{names}')")
    return parts[0], parts[1]


def _print(explanation: PairExplanation, probability: float, metadata: dict, out: Path) -> None:
    console = Console()
    console.print(f"similarity {explanation.prediction:.3f}, probability alike {probability:.2f}")
    for judged in ("test", "training"):
        if f"{judged}_pair_auc" in metadata:
            auc = metadata[f"{judged}_pair_auc"]
            console.print(f"the model's {judged} pair AUC is {auc:.3f}")
    console.print(_bonds(explanation) if explanation.relevance is None else _atoms(explanation))
    console.print(f"picture: {out}", soft_wrap=True)


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
    importance = edge_importance(explanation)
    out = []
    for edge in importance.abs().argsort(descending=True, stable=True).tolist():
        i, j = explanation.edge_index[:, edge].tolist()
        if i < j:
            bond = mol.GetBondBetweenAtoms(i, j)
            ends = [f"{mol.GetAtomWithIdx(k).GetSymbol()}{k}" for k in (i, j)]
            out.append((BONDS.get(bond.GetBondType(), "-").join(ends), float(importance[edge])))
    return out[:k]
