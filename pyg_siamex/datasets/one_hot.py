"""Float features for molecules: integer columns as one-hot columns of a fixed vocabulary."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform
from torch_geometric.utils.smiles import e_map, x_map

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex._once import check_once
from pyg_siamex.data.smiles_of import smiles_of

# Common elements of molecule data sets; all others share the column "other".
_ELEMENTS = {
    "H": 1, "B": 5, "C": 6, "N": 7, "O": 8, "F": 9, "Na": 11, "Si": 14, "P": 15, "S": 16,
    "Cl": 17, "K": 19, "Se": 34, "Br": 35, "Sn": 50, "I": 53,
}  # fmt: skip

_NODE_FEATURES = ("atomic_num", "formal_charge", "num_hs", "is_aromatic", "is_in_ring")
_EDGE_FEATURES = ("bond_type",)
_CIP, _CIP_LABELS = "cip", ("R", "S", "E", "Z")


@checked
class OneHotMolecule(BaseTransform):
    """Turn the integer features of :func:`torch_geometric.utils.from_smiles` into one-hot floats.

    The vocabulary is fixed, so a trained model applies to any new molecule. It has 16 elements and
    "other"; the remaining columns have PyG's own value lists and "other". The graph is copied, not
    changed.

    Args:
        node_features: Columns to keep, among ``atomic_num``, ``chirality``, ``degree``,
            ``formal_charge``, ``num_hs``, ``num_radical_electrons``, ``hybridization``,
            ``is_aromatic``, ``is_in_ring``; and ``cip``: R and S of atoms, E and Z of their double
            bonds, read from the graph's ``smiles``. PyG's ``chirality`` depends on the order of
            the atoms: the same molecule, written otherwise, has other values.
        edge_features: Columns to keep, among ``bond_type``, ``stereo``, ``is_conjugated``; empty
            for no edge features.

    Attributes:
        node_feature_names: Names of the columns of ``x``, such as ``"atomic_num=N"``.
        edge_feature_names: Names of the columns of ``edge_attr``.

    Raises:
        ValueError: If a name is unknown or there twice, or ``node_features`` is empty.
    """

    def __init__(
        self,
        node_features: Sequence[str] = _NODE_FEATURES,
        edge_features: Sequence[str] = _EDGE_FEATURES,
    ) -> None:
        self.node_features: tuple[str, ...] = _known(
            node_features, {**x_map, _CIP: []}, "node_features"
        )
        self.edge_features: tuple[str, ...] = _known(edge_features, e_map, "edge_features")
        if not self.node_features:
            raise ValueError("node_features is empty: keep at least one column")
        self.node_feature_names: list[str] = _names(self.node_features, x_map)
        self.edge_feature_names: list[str] = _names(self.edge_features, e_map)

    @property
    def num_node_features(self) -> int:
        """Columns of ``x``."""
        return len(self.node_feature_names)

    @property
    def num_edge_features(self) -> int:
        """Columns of ``edge_attr``."""
        return len(self.edge_feature_names)

    @property
    def reads_smiles(self) -> bool:
        """Whether a feature is read from the graph's ``smiles``."""
        return _CIP in self.node_features

    @checked
    def forward(self, data: Data) -> Data:
        """One-hot encode one graph.

        Raises:
            ValueError: If its features do not come from ``from_smiles``, or one is none of its
                codes.
        """
        if not isinstance(data.x, Tensor) or data.x.dim() != 2 or data.x.size(1) != len(x_map):
            shape = None if not isinstance(data.x, Tensor) else list(data.x.shape)
            raise ValueError(
                f"OneHotMolecule needs the {len(x_map)} integer columns of from_smiles, got x of "
                f"shape {shape}: apply it once, to graphs from molecule() or MoleculeNet"
            )
        edge_attr = data.edge_attr
        if edge_attr is None:
            edge_attr = data.x.new_empty(0, len(e_map))
        if self.edge_features and edge_attr.shape != (data.num_edges, len(e_map)):
            raise ValueError(
                f"OneHotMolecule needs edge_attr of shape [{data.num_edges}, {len(e_map)}], got "
                f"{list(edge_attr.shape)}: pass edge_features=[] to leave bonds without features"
            )
        _check_codes("x", data.x, [n for n in self.node_features if n != _CIP], x_map)
        _check_codes("edge_attr", edge_attr, self.edge_features, e_map)
        data.x = torch.cat(
            [
                _labels(data) if name == _CIP else _one_hot(data.x, [name], x_map)
                for name in self.node_features
            ],
            dim=1,
        )
        data.edge_attr = _one_hot(edge_attr, self.edge_features, e_map)
        if not self.edge_features:
            data.edge_attr = None
        return data

    def to_dict(self) -> dict[str, Any]:
        """The settings as plain values, for checkpoints."""
        return {
            "node_features": list(self.node_features),
            "edge_features": list(self.edge_features),
        }

    @classmethod
    @checked
    def from_dict(cls, settings: dict[str, Any]) -> "OneHotMolecule":
        """The transform that :meth:`to_dict` described.

        Args:
            settings: ``node_features`` and ``edge_features``.

        Raises:
            ValueError: If a setting or a feature is unknown.
        """
        known = ("node_features", "edge_features")
        unknown = next((key for key in settings if key not in known), None)
        if unknown is not None:
            raise ValueError(
                f"`settings` has {shown(unknown)}, which is no setting of OneHotMolecule: choose "
                f"from {', '.join(known)}"
            )
        return cls(**settings)


def _known(
    names: Sequence[str], vocabulary: dict[str, list[object]], argument: str
) -> tuple[str, ...]:
    for name in names:
        if name not in vocabulary:
            raise ValueError(f"{argument} has '{name}': choose from {', '.join(vocabulary)}")
    check_once(argument, names)
    return tuple(names)


def _categories(name: str, vocabulary: dict[str, list[object]]) -> dict[str, int]:
    """Map column label to integer code for one feature; bools have the single column "true"."""
    values = vocabulary[name]
    if name == "atomic_num":
        return _ELEMENTS
    if values == [False, True]:
        return {"true": 1}
    return {str(value): code for code, value in enumerate(values)}


def _names(features: Sequence[str], vocabulary: dict[str, list[object]]) -> list[str]:
    names = []
    for feature in features:
        if feature == _CIP:
            names += [f"{_CIP}={label}" for label in _CIP_LABELS]
            continue
        categories = _categories(feature, vocabulary)
        if list(categories) == ["true"]:
            names.append(feature)
        else:
            names += [f"{feature}={label}" for label in [*categories, "other"]]
    return names


def _check_codes(
    what: str, columns: Tensor, features: Sequence[str], vocabulary: dict[str, list[object]]
) -> None:
    """Refuse what is no code of ``from_smiles``: it would be encoded as some other value."""
    order = list(vocabulary)
    places = [order.index(feature) for feature in features]
    counts = [len(vocabulary[feature]) for feature in features]
    codes = columns[:, places]
    known = (codes >= 0) & (codes < torch.tensor(counts, device=codes.device))
    if codes.is_floating_point():
        known &= codes == codes.floor()
    if not bool(known.all()):
        row, column = (~known).nonzero()[0].tolist()
        raise ValueError(
            f"OneHotMolecule reads codes from 0 to {counts[column] - 1} in column "
            f"'{features[column]}' of {what} (got {codes[row, column].item():g} in row {row}): "
            f"apply it to graphs from molecule() or MoleculeNet, unchanged"
        )


def _one_hot(
    columns: Tensor, features: Sequence[str], vocabulary: dict[str, list[object]]
) -> Tensor:
    order = list(vocabulary)
    parts = [columns.new_empty(len(columns), 0, dtype=torch.float)]
    for feature in features:
        categories = _categories(feature, vocabulary)
        codes = torch.tensor(list(categories.values()), device=columns.device)
        hits = columns[:, order.index(feature), None] == codes  # [n, categories]
        if list(categories) != ["true"]:
            hits = torch.cat([hits, ~hits.any(1, keepdim=True)], dim=1)
        parts.append(hits.float())
    return torch.cat(parts, dim=1)


def _labels(data: Data) -> Tensor:
    """A column for each label of stereochemistry, ``[n, 4]``."""
    from pyg_siamex.chemistry.stereo import cip_labels  # all other features need no RDKit

    smiles = smiles_of(data)
    if smiles is None:
        raise ValueError("the feature 'cip' is read from data.smiles, and the graph has none")
    found = cip_labels(smiles)
    if len(found) != data.num_nodes:
        raise ValueError(f"'{smiles}' has {len(found)} atoms and the graph {data.num_nodes} nodes")
    return torch.tensor([[float(label in own) for label in _CIP_LABELS] for own in found])
