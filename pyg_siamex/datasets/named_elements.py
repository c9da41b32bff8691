"""Elements and bond types by name, for molecular graphs without SMILES."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.data.datapipes import functional_transform
from torch_geometric.transforms import BaseTransform

from pyg_siamex._door import checked

ORDERS = {"single": 1.0, "double": 2.0, "triple": 3.0, "aromatic": 1.5}
"""Order of a bond by its name."""

_TABLE = (
    "* H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy "
    "Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf "
    "Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og"
)
_SYMBOLS = frozenset(_TABLE.split())
"""Elements, and the star of an unknown one; here, since names need no RDKit."""

_KNOWN = {
    "MUTAG": (
        ("C", "N", "O", "F", "I", "Cl", "Br"),
        ("aromatic", "single", "double", "triple"),
    )
}
"""Elements and bonds of public data sets, in the order of their columns."""


@checked
@functional_transform("named_elements")
class NamedElements(BaseTransform):
    """Name the atoms of graphs whose features are types, so that they are drawn as molecules.

    Sets ``elements``, a symbol for each node, and ``bond_order``, ``[E]`` in {1, 1.5, 2, 3}. With
    them, :func:`~pyg_siamex.visualize.draw_molecules`, pages, names of atoms and functional groups
    work as for graphs with SMILES. Features are unchanged.

    Args:
        elements: Symbol of each type. Types are the first columns of ``x`` (one-hot), or its first
            column if ``x`` holds integers.
        bonds: ``"single"``, ``"double"``, ``"triple"`` or ``"aromatic"`` for each type of bond in
            ``edge_attr``, likewise. Default: bond orders are unknown and drawn as single bonds.

    Raises:
        ValueError: If there is no such element, or a bond has another name; when called, if a node
            or an edge has no type.

    Example:
        >>> graph = Data(x=torch.eye(2), edge_index=torch.tensor([[0, 1], [1, 0]]))
        >>> NamedElements(["C", "O"])(graph).elements
        ['C', 'O']
    """

    def __init__(self, elements: Sequence[str], bonds: Sequence[str] | None = None) -> None:
        missing = [symbol for symbol in elements if symbol not in _SYMBOLS]
        if missing:
            raise ValueError(
                f"elements must be symbols such as C or Cl, or * for an unknown one (got "
                f"'{missing[0]}')"
            )
        unknown = [name for name in bonds or () if name not in ORDERS]
        if unknown:
            raise ValueError(f"bonds must be of {', '.join(ORDERS)} (got '{unknown[0]}')")
        self.elements: list[str] = list(elements)
        self.bonds: list[str] | None = None if bonds is None else list(bonds)

    @classmethod
    @checked
    def of(cls, name: str) -> "NamedElements":
        """The elements and bonds of a public data set, by its name in ``TUDataset``.

        Args:
            name: ``"MUTAG"``.

        Raises:
            ValueError: If the data set is unknown.

        Example:
            >>> NamedElements.of("MUTAG").elements[:3]
            ['C', 'N', 'O']
        """
        if name not in _KNOWN:
            raise ValueError(
                f"the elements of '{name}' are unknown (known: {', '.join(_KNOWN)}): name them, "
                f"NamedElements(['C', 'N', ...])"
            )
        return cls(*_KNOWN[name])

    @checked
    def forward(self, data: Data) -> Data:
        """Name the atoms of one graph."""
        if data.x is None:
            raise ValueError("NamedElements reads types from data.x, and the graph has none")
        data.elements = [self.elements[k] for k in _types(data.x, len(self.elements), "x")]
        if self.bonds is not None:
            if data.edge_attr is None:
                raise ValueError("bonds are read from data.edge_attr, and the graph has none")
            found = _types(data.edge_attr, len(self.bonds), "edge_attr")
            data.bond_order = torch.tensor([ORDERS[self.bonds[k]] for k in found])
        return data


def _types(features: Tensor, count: int, name: str) -> list[int]:
    """The type of each row, as a position among the names."""
    if not features.is_floating_point() and (features.dim() == 1 or features.size(1) < count):
        types = features.view(len(features), -1)[:, 0]
        outside = (types < 0) | (types >= count)
        if bool(outside.any()):
            row = int(outside.nonzero()[0])
            raise ValueError(f"type {int(types[row])} in row {row} of {name}, and {count} names")
        return types.tolist()
    hot = features[:, :count] == 1
    if features.size(1) < count or not bool((hot.sum(1) == 1).all()):
        wrong = 0 if features.size(1) < count else int((hot.sum(1) != 1).nonzero()[0])
        raise ValueError(
            f"row {wrong} of {name} is not one-hot in its first {count} columns "
            f"(there are {features.size(1)}): give one name for each column of types"
        )
    return hot.long().argmax(1).tolist()
