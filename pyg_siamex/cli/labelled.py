"""Labelled graphs of a library, in groups of nodes, for a view of all of them."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data

from pyg_siamex.cli.atlas_choice import chosen_atlas
from pyg_siamex.cli.graph_recipe import GraphRecipe, as_list
from pyg_siamex.cli.library import LibraryOptions
from pyg_siamex.cli.matrix_source import MatrixSource
from pyg_siamex.datasets import MoleculeTable, OneHotMolecule
from pyg_siamex.datasets.molecule_rows import MoleculeRows
from pyg_siamex.explain.partition import PARTITIONS

logger = logging.getLogger(__name__)

BRAIN_PARTITIONS = ("networks", "regions")
BINS = ("low", "middle", "high")


@dataclass(frozen=True)
class Labelled:
    """Graphs, their names, their classes and the groups of their nodes.

    Attributes:
        graphs: The graphs.
        names: Name of each.
        labels: Class of each, 0, 1, ...
        class_names: Name of each class.
        groups: Group of each node of each graph.
        total: Graphs of which these are a sample.
    """

    graphs: list[Data]
    names: list[str]
    labels: list[int]
    class_names: list[str]
    groups: list[list[str]]
    total: int


def labelled_molecules(
    path: Path,
    metadata: dict[str, Any],
    label: str | None,
    groups: str | None,
    most: int,
    options: LibraryOptions,
) -> Labelled:
    """Molecules of a table with a label, and their functional groups, rings or scaffold.

    Args:
        path: The CSV file.
        metadata: What the model's file says of its features.
        label: Column of the class or measured value; values are cut into thirds. One class where
            not given.
        groups: Partition of the atoms; functional groups where not given.
        most: Graphs to keep, drawn at random with a fixed seed.
        options: How the table is read.

    Raises:
        ValueError: If there is no such partition, or the table cannot be used.
    """
    partition = _one_of(groups or "functional-groups", tuple(map(_flag, PARTITIONS)))
    columns = MoleculeRows(path, options.smiles, options.name)
    table = MoleculeTable(
        path,
        columns.smiles,
        label,
        columns.name,
        OneHotMolecule.from_dict(metadata["features"]),
        largest_fragment=options.largest_fragment,
    )
    chosen = _sample(len(table), most)
    graphs = [table[k] for k in chosen]
    names = [str(graph.get("name") or graph.smiles) for graph in graphs]
    labels, class_names = _classes(graphs, label, table.class_names)
    divide = PARTITIONS[partition.replace("-", "_")]
    found = [divide(graph) for graph in graphs]
    return Labelled(graphs, names, labels, class_names, found, len(table))


def labelled_connectomes(
    path: Path,
    metadata: dict[str, Any],
    table: Path | None,
    label: str | None,
    groups: str | None,
    most: int,
    options: LibraryOptions,
) -> Labelled:
    """Subjects with a label, and the networks, or regions, of their atlas.

    Args:
        path: The folder or archive.
        metadata: What the model's file says of its graphs.
        table: Table of labels; needed for a folder.
        label: Column of the table, or array of the archive.
        groups: ``"networks"`` (if not given) or ``"regions"``.
        most: Graphs to keep, drawn at random with a fixed seed.
        options: How the matrices are read.

    Raises:
        ValueError: If there is no such partition, the atlas has no networks, or a file cannot be
            used.
    """
    partition = _one_of(groups or "networks", BRAIN_PARTITIONS)
    recipe = GraphRecipe.from_dict(metadata["graphs"]).with_atlas(chosen_atlas(options.atlas))
    if partition == "networks" and (recipe.atlas is None or recipe.atlas.networks is None):
        raise ValueError(
            "the model's atlas has no networks: give --atlas a table with columns name and "
            "network, or --groups regions"
        )
    subject = options.subject if path.suffix.lower() == ".npz" else None
    source = MatrixSource.of_options(path, options.file_name, options.array, subject)
    made = recipe.graphs(source.read_labelled(table, label, options.subject, strict=False))
    everyone = as_list(made)
    chosen = _sample(len(everyone), most)
    graphs = [everyone[k] for k in chosen]
    labels, class_names = _classes(graphs, label or "label", made.class_names)
    key = "networks" if partition == "networks" else "roi_names"
    found = [list(graph[key]) for graph in graphs]
    return Labelled(graphs, [g.name for g in graphs], labels, class_names, found, len(everyone))


def _classes(
    graphs: list[Data], label: str | None, class_names: list[str] | None
) -> tuple[list[int], list[str]]:
    if label is None:
        return [0] * len(graphs), ["all"]
    values = torch.stack([graph.y.reshape(()) for graph in graphs])
    if class_names is not None:
        return values.tolist(), class_names
    first, second = np.quantile(values.double().numpy(), [1 / 3, 2 / 3])
    if not values.min() <= first < second < values.max():
        raise ValueError(f"the values of '{label}' cannot be cut into thirds: too many are equal")
    ranges = f"up to {first:.3g}", f"{first:.3g} to {second:.3g}", f"above {second:.3g}"
    names = [f"{name} ({span})" for name, span in zip(BINS, ranges, strict=True)]
    logger.warning("'%s' is a measured value: its thirds are the classes", label)
    return ((values > first).long() + (values > second).long()).tolist(), names


def _sample(count: int, most: int) -> list[int]:
    if count <= most:
        return list(range(count))
    drawn = torch.randperm(count, generator=torch.Generator().manual_seed(0))[:most]
    return sorted(drawn.tolist())


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    if name not in choices:
        raise ValueError(f"--groups must be one of {', '.join(choices)} (got '{name}')")
    return name


def _flag(name: str) -> str:
    return name.replace("_", "-")
