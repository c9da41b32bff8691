"""Subjects with a label, their regions in networks."""

from pathlib import Path

from pyg_siamex._given import either
from pyg_siamex.recipe.connectomes.atlas_choice import chosen_atlas
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe, as_list
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import MatrixReading, check_read
from pyg_siamex.recipe.labelled import Labelled, classes_of, partition_named, sampled
from pyg_siamex.recipe.trained import Trained

KEYS = {"networks": "networks", "regions": "roi_names"}
"""Attribute of a graph by partition of its regions."""


def labelled_connectomes(
    path: Path,
    trained: Trained,
    label: str | None,
    groups: str | None,
    most: int,
    reading: MatrixReading,
) -> Labelled:
    """Subjects with a label, and the networks, or regions, of their atlas.

    Args:
        path: The folder or archive.
        trained: The model, which says how graphs are made.
        label: Column of the table of labels, or array of the archive.
        groups: ``"networks"`` (the default) or ``"regions"``.
        most: Graphs to keep, drawn at random with a fixed seed.
        reading: Where the labels are, which a folder needs, and how the matrices are read.

    Raises:
        ValueError: If the partition is unknown, the atlas has no networks, or a file cannot be
            used.

    Example:
        >>> reading = MatrixReading(labels="study/labels.csv")
        >>> data = labelled_connectomes(path, trained, "group", None, 5000, reading)
        >>> data.class_names
        ['control', 'patient']
    """
    unread = ("group", "site", "drop_regions")
    check_read(reading, unread, "an overview takes all subjects as the model reads them")
    partition = partition_named(either(groups, "networks"), tuple(KEYS))
    atlas = chosen_atlas(reading.atlas)
    recipe = GraphRecipe.from_dict(trained.metadata["graphs"]).with_atlas(atlas)
    if partition == "networks" and (recipe.atlas is None or recipe.atlas.networks is None):
        raise ValueError(
            "the model's atlas has no networks: give `atlas` a table with columns name and "
            "network, or `groups` regions"
        )
    source = MatrixSource.like(trained.metadata["source"], path, reading)
    made = recipe.graphs(source.read_labelled(label, reading, strict=False, absent=True))
    everyone = as_list(made)
    graphs = [everyone[k] for k in sampled(len(everyone), most)]
    labels, class_names = classes_of(graphs, either(label, "label"), made.class_names)
    found = [list(graph[KEYS[partition]]) for graph in graphs]
    return Labelled(graphs, [g.name for g in graphs], labels, class_names, found, len(everyone))
