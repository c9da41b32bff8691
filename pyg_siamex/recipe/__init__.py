"""The advised way from a user's files to a model, an explanation, a search or an overview.

Each function does what the command of the same name does, with the same defaults and the same
numbers. What is different for molecules and connectomes is in a package of that name.
"""

from typing import TYPE_CHECKING, Any

from pyg_siamex.recipe.connectomes.edges import Edges
from pyg_siamex.recipe.connectomes.reading import MatrixReading
from pyg_siamex.recipe.connectomes.training import TrainedConnectomes, train_connectomes
from pyg_siamex.recipe.connectomes.view import ConnectomeView
from pyg_siamex.recipe.domain import Domain, domain_named, domain_of_model, domain_of_path
from pyg_siamex.recipe.explain import explain
from pyg_siamex.recipe.explained import Explained
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.methods import METHODS
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.molecules.view import MoleculeView
from pyg_siamex.recipe.overview import Seen, overview
from pyg_siamex.recipe.search import Found, search
from pyg_siamex.recipe.settings import Settings
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    from pyg_siamex.recipe.molecules.training import TrainedMolecules, train_molecules

__all__ = [
    "METHODS",
    "ConnectomeView",
    "Domain",
    "Edges",
    "Explained",
    "Found",
    "Listing",
    "MatrixReading",
    "MoleculeColumns",
    "MoleculeView",
    "Seen",
    "Settings",
    "Trained",
    "TrainedConnectomes",
    "TrainedMolecules",
    "domain_named",
    "domain_of_model",
    "domain_of_path",
    "explain",
    "overview",
    "search",
    "train_connectomes",
    "train_molecules",
]


def __getattr__(name: str) -> Any:
    """Import what needs RDKit only when it is asked for."""
    if name in ("TrainedMolecules", "train_molecules"):
        from pyg_siamex.recipe.molecules import training

        return getattr(training, name)
    raise AttributeError(f"module 'pyg_siamex.recipe' has no attribute '{name}'")
