"""The SMILES that a graph carries, read without chemistry."""

from torch_geometric.data import Data
from torch_geometric.explain import Explanation


def smiles_of(graph: Data | Explanation) -> str | None:
    """The graph's SMILES, or ``None``; a batch's list of one counts as its one string.

    Args:
        graph: Any graph.

    Example:
        >>> smiles_of(Data(smiles="CCO"))
        'CCO'
    """
    smiles = graph.get("smiles")
    if isinstance(smiles, list | tuple) and len(smiles) == 1:
        smiles = smiles[0]
    return smiles if isinstance(smiles, str) else None
