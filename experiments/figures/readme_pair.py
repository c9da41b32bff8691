"""Draw the pictures of the README: two drugs that a trained model finds alike.

    python experiments/figures/readme_pair.py

The model learns functional groups from the NCI molecules that RDKit ships; the two drugs are not
among them.
"""

from pathlib import Path

import torch

from pyg_siamex import BiLRP, MaskOptimization, PairDataset, PairExplainer, draw_molecules, fit
from pyg_siamex.datasets import FunctionalGroups, molecule
from pyg_siamex.nn import build_siamese
from pyg_siamex.nn.training import pair_auc

CHLORAMPHENICOL = "OC[C@@H](NC(=O)C(Cl)Cl)[C@H](O)c1ccc(cc1)[N+](=O)[O-]"
FLUTAMIDE = "CC(C)C(=O)Nc1ccc(c(c1)C(F)(F)F)[N+](=O)[O-]"
PICTURES = Path(__file__).parents[2] / "docs" / "images"
NAMES = ("chloramphenicol", "flutamide")


def main(pictures: Path = PICTURES, epochs: int = 40) -> None:
    """Train, explain, draw."""
    molecules = FunctionalGroups()
    learn, validation, test = PairDataset(molecules).split()
    torch.manual_seed(0)
    channels = molecules.features.num_node_features
    model = build_siamese(
        "GIN", "add", "cosine", "nodes", in_channels=channels, hidden_channels=64, num_layers=3
    )
    fit(model, learn, validation=validation, epochs=epochs, lr=3e-3)
    print(f"test pair AUC {pair_auc(model, test):.3f}")
    query, reference = (molecules.features(molecule(s)) for s in (CHLORAMPHENICOL, FLUTAMIDE))
    explainer = PairExplainer(model, MaskOptimization(), edge_mask_type="object", undirected=True)
    explanation = explainer(query, reference)
    draw_molecules(explanation, pictures / "pair.svg", names=NAMES)
    relevance = PairExplainer(model, BiLRP(), node_mask_type="object")(query, reference)
    draw_molecules(relevance, pictures / "links.svg", names=NAMES)
    print(f"similarity {relevance.prediction:.3f}, of which {relevance.terms}, in {pictures}")


if __name__ == "__main__":
    main()
