"""Connectomes as a domain: what is done for them and by what."""

from pyg_siamex.recipe.connectomes.demo import ConnectomeDemo
from pyg_siamex.recipe.connectomes.explaining import SubjectsByName
from pyg_siamex.recipe.connectomes.labelled import labelled_connectomes
from pyg_siamex.recipe.connectomes.library import ConnectomeLibrary
from pyg_siamex.recipe.connectomes.reading import MatrixReading
from pyg_siamex.recipe.connectomes.training import train_connectomes
from pyg_siamex.recipe.connectomes.view import ConnectomeView
from pyg_siamex.recipe.domain_type import Domain
from pyg_siamex.recipe.methods import explainer_of
from pyg_siamex.recipe.node_overview import overview_of_nodes

DOMAIN = Domain(
    name="connectomes",
    method="self-learned",
    search_method="self-learned",
    reading=MatrixReading,
    view=ConnectomeView,
    train=train_connectomes,
    named=SubjectsByName,
    library=ConnectomeLibrary,
    labelled=labelled_connectomes,
    explainer=explainer_of,
    overview=overview_of_nodes,
    demo=ConnectomeDemo,
)
"""Brain networks by subject, explained connection by connection or region by region."""
