"""How commands are told to read a library."""

from pyg_siamex.cli.option_group import OptionGroup
from pyg_siamex.cli.options import MOLECULES, NAME, SMILES

COLUMNS = OptionGroup(
    MOLECULES,
    smiles=SMILES,
    name=NAME,
)
