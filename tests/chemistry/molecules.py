"""Molecules with every kind of atom and bond."""

SMILES = [
    "FC(Cl)(Br)OC1=NSC=C1P",  # every heavy atom kind once
    "c1ccc2[nH]ccc2c1",
    "C[N+](C)(C)CC(=O)[O-]",
    "C[C@H](N)C(=O)O",
    "F/C=C/Cl",
    "[Na+].[Cl-].CCO",
    "[He]",
    "*CC[2H]",
]
