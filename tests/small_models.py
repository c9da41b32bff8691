"""Small untrained models of molecules, as their files describe them."""

import torch

from pyg_siamex.nn import build_siamese
from pyg_siamex.recipe import Trained
from pyg_siamex.recipe.molecules.preparation import AS_WRITTEN

ALCOHOLS = ["CCO", "CCCO", "CC(C)O", "OCCO", "CC(=O)O", "Oc1ccccc1"]
AMINES = ["CCN", "CCCN", "CC(C)N", "NCCN", "CC(=O)N", "Nc1ccccc1"]


def molecule_model(preparation=AS_WRITTEN, **known) -> Trained:
    """A model that reads molecules by the default features."""
    features = preparation.transform()
    torch.manual_seed(0)
    model = build_siamese(
        "GIN",
        "add",
        "cosine",
        in_channels=features.num_node_features,
        hidden_channels=4,
        num_layers=2,
    )
    plain = {
        "features": features.to_dict(),
        "standardisation": preparation.standardisation().to_dict(),
    }
    return Trained(model.eval(), plain | known)
