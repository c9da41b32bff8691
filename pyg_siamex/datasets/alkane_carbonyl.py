"""ZINC molecules with an unbranched alkane chain and a carbonyl, and the atoms that show it."""

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rdkit import Chem
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex.chemistry import ALKANE, CARBONYL, graph_of, parse_smiles, pattern
from pyg_siamex.chemistry.smarts import MOST_MATCHES
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.alternatives import DataWithAlternatives
from pyg_siamex.datasets.csv_rows import read_rows
from pyg_siamex.datasets.graph_dataset import Filter, GraphDataset
from pyg_siamex.datasets.numpy_file import npz_objects, read_npz
from pyg_siamex.datasets.one_hot import OneHotMolecule
from pyg_siamex.datasets.pickled_arrays import read_pickled_arrays

_RULE = pattern("alkane", ALKANE), pattern("carbonyl", CARBONYL)

_TRUTH = "true_raw_attribution_datadicts.npz"


@checked
class AlkaneCarbonyl(GraphDataset):
    """The alkane-carbonyl task ("logic 8") of the graph attribution benchmark.

    Sanchez-Lengeling et al., Evaluating Attribution for Graph Neural Networks, NeurIPS 2020.
    A molecule is positive if it has an unbranched chain of three atoms *and* a carbonyl. If a group
    occurs more than once, every choice with at least one of each is a correct explanation, and the
    truth has a column for each choice. Scores take the best column, which also raises the score of
    chance.

    The labels and the truth are checked against the molecules and against the rule itself, because
    some copies of the benchmark mix the files of different tasks.

    The truth is stored as pickled Python objects. They are read without unpickling, so no code in
    the files is run.

    Args:
        root: Folder with ``*_smiles.csv`` (columns ``smiles`` and, if present, ``mol_id``;
            a ``label`` column is not read), ``y_true.npz``,
            ``true_raw_attribution_datadicts.npz`` and ``*_traintest_indices.npz``.
        features: Makes the features. Default: :class:`OneHotMolecule`.
        transform: Applied to a graph at every access.
        pre_transform: Applied to each graph once, after its features are made.
        pre_filter: Which graphs are kept, asked before ``pre_transform``.

    Attributes:
        features: What made the features.
        class_names: ``["negative", "positive"]``.
        train_index: Positions of the molecules to train on, ``[7753]`` long for the whole set.
        test_index: Positions of the molecules to test on, ``[918]`` long for the whole set.

    Each item is a ``Data`` with ``x``, ``edge_index``, ``edge_attr``, ``y`` (class), ``smiles``,
    ``name`` and ``atom_truth`` (bool ``[n, alternatives]``; see :class:`DataWithAlternatives`).

    Raises:
        FileNotFoundError: If a file is missing.
        ValueError: If the files do not belong together, or a molecule contradicts its truth or
            label.
    """

    def __init__(
        self,
        root: str | os.PathLike[str],
        features: OneHotMolecule | None = None,
        transform: Transform | None = None,
        pre_transform: Transform | None = None,
        pre_filter: Filter | None = None,
    ) -> None:
        super().__init__(transform, pre_transform, pre_filter)
        root = Path(root)
        self.features: OneHotMolecule = OneHotMolecule() if features is None else features
        self.class_names: list[str] = ["negative", "positive"]
        rows = _rows(_only(root, "*_smiles.csv"))
        target = _labels(_only(root, "y_true.npz"))
        truth = _truths(_only(root, _TRUTH))
        if not len(rows) == len(target) == len(truth):
            raise ValueError(
                f"{root} has {len(rows)} SMILES, {len(target)} labels and {len(truth)} truths: "
                f"the files belong to different sets"
            )
        self.train_index: Tensor
        self.test_index: Tensor
        self.train_index, self.test_index = _split(root, len(rows))
        try:
            self._graphs = [
                self._graph(row, int(y), entry)
                for row, y, entry in zip(rows, target, truth, strict=True)
            ]
        except ValueError as error:
            raise ValueError(f"{root}: {error}") from None
        self._prepare()

    def _keep(self, rows: Sequence[int]) -> None:
        """Some of the molecules; the split has their new positions."""
        kept = torch.tensor(rows, dtype=torch.long)
        self.train_index = torch.isin(kept, self.train_index).nonzero().flatten()
        self.test_index = torch.isin(kept, self.test_index).nonzero().flatten()
        super()._keep(rows)

    def _graph(self, row: dict[str, str], y: int, entry: Mapping[str, Any]) -> Data:
        smiles = row.get("smiles", "")
        mol = parse_smiles(smiles)
        plain = self.features(graph_of(mol, smiles, name=row.get("mol_id", "")))
        data = DataWithAlternatives.from_dict(plain.to_dict())
        data.y = torch.tensor(y)
        data.atom_truth = _truth(entry, data, smiles)
        _check_rule(mol, smiles, y, data.atom_truth)
        return data


def _only(root: Path, pattern: str) -> Path:
    found = sorted(root.glob(pattern))
    if not found:
        raise FileNotFoundError(f"no {pattern} in {root}")
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise ValueError(f"{root} has more than one {pattern}: {names}")
    return found[0]


def _rows(path: Path) -> list[dict[str, str]]:
    rows = read_rows(path, ["smiles"])
    for row in rows:
        if row.problem:
            raise ValueError(f"{path}, line {row.line}: {row.problem}")
    return [row.cells for row in rows]


def _labels(path: Path) -> np.ndarray:
    labels = read_npz(path, ["y"])["y"].reshape(-1)
    if labels.dtype.kind not in "biuf" or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"{path} has labels other than 0 and 1")
    return labels


def _truths(path: Path) -> list[dict[str, Any]]:
    """The truth of each molecule, read without unpickling."""
    shape, content = npz_objects(path, "datadict_list")
    try:
        found = read_pickled_arrays(content)
    except ValueError as error:
        raise ValueError(f"{path} is not the truth of the benchmark: {error}") from None
    if len(found) != math.prod(shape) or not all(isinstance(entry, dict) for entry in found):
        raise ValueError(f"{path} claims to hold {shape} truths, and has {len(found)}")
    return found


def _split(root: Path, size: int) -> tuple[Tensor, Tensor]:
    path = _only(root, "*_traintest_indices.npz")
    arrays = read_npz(path, ["train_index", "test_index"])
    if not all(array.dtype.kind in "iu" and array.ndim == 1 for array in arrays.values()):
        raise ValueError(f"{path} has positions that are not a row of integers")
    train, test = (torch.from_numpy(array).long() for array in arrays.values())
    both = torch.cat([train, test])
    if len(both) and not (int(both.min()) >= 0 and int(both.max()) < size):
        raise ValueError(f"{path} has positions outside the {size} molecules")
    if len(both.unique()) != len(both):
        raise ValueError(f"{path} has a molecule twice")
    return train, test


def _truth(entry: Mapping[str, Any], data: Data, smiles: str) -> Tensor:
    """Bool ``[n, alternatives]``, after a check that the truth belongs to the molecule."""
    found: dict[str, Any] = {name: entry.get(name) for name in ("nodes", "senders", "receivers")}
    for name, array in found.items():
        if not isinstance(array, np.ndarray) or array.ndim != (2 if name == "nodes" else 1):
            raise ValueError(f"the truth of {smiles} has no array '{name}'")
    nodes = torch.from_numpy(np.array(found["nodes"])) > 0
    if len(nodes) != data.num_nodes:
        raise ValueError(
            f"the truth of {smiles} is of shape {list(nodes.shape)} for {data.num_nodes} atoms"
        )
    senders, receivers = found["senders"], found["receivers"]
    if len(senders) != len(receivers):
        raise ValueError(f"the truth of {smiles} has edges with one end")
    edges = set(zip(senders.tolist(), receivers.tolist(), strict=True))
    if edges != set(map(tuple, data.edge_index.T.tolist())):
        raise ValueError(f"senders and receivers of the truth of {smiles} are not its bonds")
    return nodes


def _check_rule(mol: Chem.Mol, smiles: str, y: int, truth: Tensor) -> None:
    matches = [mol.GetSubstructMatches(part, maxMatches=MOST_MATCHES) for part in _RULE]
    positive = all(matches)
    if positive != bool(y):
        raise ValueError(
            f"{smiles} is labelled {y} and {'has' if positive else 'lacks'} an unbranched alkane "
            f"and a carbonyl: these are not the files of the alkane-carbonyl task"
        )
    atoms = {atom for found in matches for match in found for atom in match} if positive else set()
    if set(truth.any(1).nonzero().flatten().tolist()) != atoms:
        raise ValueError(f"the truth of {smiles} is not its unbranched alkane and its carbonyl")
