"""Molecules as a domain: what is done for them and by what."""

from pyg_siamex.recipe.domain_type import Domain
from pyg_siamex.recipe.methods import explainer_of
from pyg_siamex.recipe.molecules.columns import MoleculeColumns
from pyg_siamex.recipe.molecules.demo import MoleculeDemo
from pyg_siamex.recipe.molecules.explaining import MoleculesByName
from pyg_siamex.recipe.molecules.hit_choice import HitChoice
from pyg_siamex.recipe.molecules.labelled import labelled_molecules
from pyg_siamex.recipe.molecules.library import MoleculeLibrary
from pyg_siamex.recipe.molecules.searching import search_molecules
from pyg_siamex.recipe.molecules.training import train_molecules
from pyg_siamex.recipe.molecules.view import MoleculeView
from pyg_siamex.recipe.node_overview import overview_of_nodes

DOMAIN = Domain(
    name="molecules",
    method="self-learned",
    search_method="self-learned",
    reading=MoleculeColumns,
    view=MoleculeView,
    train=train_molecules,
    named=MoleculesByName,
    library=MoleculeLibrary,
    labelled=labelled_molecules,
    explainer=explainer_of,
    overview=overview_of_nodes,
    demo=MoleculeDemo,
    choice=HitChoice,
    search=search_molecules,
)
"""Molecules by SMILES, explained bond by bond or atom by atom."""
