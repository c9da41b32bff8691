"""Read the SMILES of a graph without RDKit."""

from torch_geometric.data import Data
from torch_geometric.explain import Explanation


def smiles_of(graph: Data | Explanation) -> str | None:
    """The SMILES of a graph, or ``None``; a list of one string, as in a batch, is unpacked.

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
