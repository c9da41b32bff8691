"""Whether a graph names its atoms, by SMILES or by elements, without RDKit."""

from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.data.smiles_of import smiles_of


def elements_of(graph: Data | Explanation) -> list[str] | None:
    """The element of each node, or ``None``; a list of one list, as in a batch, is unpacked.

    Args:
        graph: Any graph.

    Example:
        >>> elements_of(Data(elements=["C", "O"]))
        ['C', 'O']
    """
    elements = graph.get("elements")
    if isinstance(elements, list | tuple) and len(elements) == 1:
        elements = elements[0] if isinstance(elements[0], list | tuple) else elements
    if not isinstance(elements, list | tuple) or not all(isinstance(one, str) for one in elements):
        return None
    return list(elements)


def names_atoms(graph: Data | Explanation) -> bool:
    """Whether a graph can be read as a molecule: it has SMILES, or an element for each node.

    Args:
        graph: Any graph.

    Example:
        >>> names_atoms(Data(num_nodes=2))
        False
    """
    return smiles_of(graph) is not None or elements_of(graph) is not None
