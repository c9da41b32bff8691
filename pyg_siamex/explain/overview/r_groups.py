"""What hangs on the scaffold that most molecules of a data set have."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from torch_geometric.data import Data

from pyg_siamex._tables import Columns
from pyg_siamex.data.smiles_of import smiles_of


@dataclass(frozen=True)
class RGroups:
    """The molecules of the most frequent scaffold, taken apart.

    Attributes:
        core: SMILES of the scaffold, ``[*:1]``, ... where something hangs on it.
        table: A row per molecule: ``name``, ``label``, and what hangs on each place, ``R1``, ...;
            ``"H"`` for nothing.
        total: Number of molecules of all scaffolds.
    """

    core: str
    table: Annotated[pd.DataFrame, Columns(["name"], others=["label"])]
    total: int


def r_groups(
    graphs: Sequence[Data], names: Sequence[str], labels: Sequence[object]
) -> RGroups | None:
    """Take apart the molecules of the most frequent Murcko scaffold.

    Args:
        graphs: The graphs.
        names: Name of each.
        labels: What is known of each, such as its activity.

    Returns:
        ``None`` if the graphs are no molecules, or no five of them share a scaffold.

    Example:
        >>> r_groups(graphs[:3], ["a", "b", "c"], [1, 2, 3]) is None
        True
    """
    smiles = [text for text in map(smiles_of, graphs) if text is not None]
    if len(smiles) != len(graphs):
        return None
    from pyg_siamex.chemistry.r_groups import r_group_rows  # only molecules need RDKit

    found = r_group_rows(smiles)
    if found is None:
        return None
    told = {
        "name": [names[k] for k in found.positions],
        "label": [labels[k] for k in found.positions],
    }
    table = pd.DataFrame(told | found.groups)
    table = table.sort_values("label", ascending=False, kind="stable", ignore_index=True)
    return RGroups(found.core, table, len(graphs))
