"""The recipe for connectomes; it needs no chemistry."""

from pyg_siamex.recipe.connectomes.demo import ConnectomeDemo
from pyg_siamex.recipe.connectomes.edges import Edges
from pyg_siamex.recipe.connectomes.explaining import explain_connectomes, strongest_connections
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.labelled import labelled_connectomes
from pyg_siamex.recipe.connectomes.library import ConnectomeLibrary
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import MatrixReading
from pyg_siamex.recipe.connectomes.training import TrainedConnectomes, train_connectomes
from pyg_siamex.recipe.connectomes.view import ConnectomeView
from pyg_siamex.recipe.domain import Domain

__all__ = [
    "DOMAIN",
    "ConnectomeDemo",
    "ConnectomeLibrary",
    "ConnectomeView",
    "Edges",
    "GraphRecipe",
    "MatrixReading",
    "MatrixSource",
    "TrainedConnectomes",
    "explain_connectomes",
    "labelled_connectomes",
    "strongest_connections",
    "train_connectomes",
]

DOMAIN = Domain(
    name="connectomes",
    method="self-learned",
    search_method="self-learned",
    reading=MatrixReading,
    view=ConnectomeView,
    train=train_connectomes,
    explain=explain_connectomes,
    library=ConnectomeLibrary,
    labelled=labelled_connectomes,
    demo=ConnectomeDemo,
)
"""Brain networks by subject, explained connection by connection or region by region."""
