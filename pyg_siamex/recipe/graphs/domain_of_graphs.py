"""A domain of its own from a function that reads graphs from files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.recipe.domain_type import Domain
from pyg_siamex.recipe.graphs.explaining import GraphsByName
from pyg_siamex.recipe.graphs.library import NamedGraphLibrary
from pyg_siamex.recipe.graphs.reading import GraphReading, Read, graphs_at
from pyg_siamex.recipe.graphs.training import TrainedGraphs, labelled_graphs, train_graphs
from pyg_siamex.recipe.graphs.view import GraphView
from pyg_siamex.recipe.label_choice import learned_kind
from pyg_siamex.recipe.labelled import Labelled, classes_of, partition_named, sampled
from pyg_siamex.recipe.methods import explainer_of
from pyg_siamex.recipe.node_overview import overview_of_nodes
from pyg_siamex.recipe.settings import ADVISED, Settings
from pyg_siamex.recipe.trained import Trained

Groups = Callable[[Data], Sequence[str]]
"""From a graph to a group for each of its nodes."""


@checked
def domain_of_graphs(
    name: str,
    read: Read,
    *,
    endings: Sequence[str] = (),
    groups: Mapping[str, Groups] | None = None,
    method: str = "self-learned",
) -> Domain:
    """A domain of graphs that a function reads, for :func:`~pyg_siamex.recipe.register_domain`.

    Commands and recipes train, explain, search and look over its graphs as they do with molecules.
    Models are built by :func:`~pyg_siamex.nn.build_siamese` and read ``x`` and ``edge_index``, with
    weighted encoders also ``edge_weight``. For other models, or options of files, use
    :func:`dataclasses.replace` on the domain, whose parts are in
    :class:`~pyg_siamex.recipe.Domain`.

    Args:
        name: Name of the domain.
        read: From a path, and the name of a label or ``None``, to graphs with ``name`` and, with a
            label, ``y``: a class as a text or number, or a measured value. ``node_names`` are
            shown if graphs have them.
        endings: How names of its files end, such as ``(".ply",)``.
        groups: Groups of nodes for overviews, by name, the usual one first: from a graph to a text
            for each node. Without any, there are no overviews.
        method: Name of the explainer that is advised.

    Example:
        >>> def read(path, label):
        ...     text = Path(path).read_text().split()
        ...     return [molecule(one, name=one) for one in text]
        >>> domain_of_graphs("words", read, endings=(".words",)).endings
        ('.words',)
    """
    made = _GraphDomain(name, read, dict(groups or {}))
    return Domain(
        name=name,
        method=method,
        search_method=method,
        reading=GraphReading,
        view=GraphView,
        train=made.train,
        named=made.named,
        library=made.library,
        labelled=made.labelled,
        explainer=explainer_of,
        overview=overview_of_nodes,
        endings=tuple(endings),
    )


@dataclass(frozen=True)
class _GraphDomain:
    """What a domain does with the graphs that a function reads."""

    name: str
    read: Read
    groups: dict[str, Groups] = field(default_factory=dict)

    def train(
        self,
        path: Any,
        label: str,
        reading: GraphReading | None = None,
        *,
        max_difference: float | None = None,
        strict: bool = False,
        settings: Settings = ADVISED,
    ) -> TrainedGraphs:
        graphs = graphs_at(self.read, path, label)
        given = graphs, self.name, Path(path), label
        return train_graphs(*given, max_difference=max_difference, settings=settings)

    def named(self, trained: Trained, view: GraphView) -> GraphsByName:
        path = either(view.files, trained.metadata.get("source"))
        if path is None:
            raise ValueError(f"{trained.name} does not say where its graphs are: give `files`")
        return GraphsByName(self.library(path, trained), trained, view)

    def library(
        self, path: Any, trained: Trained, reading: GraphReading | None = None
    ) -> NamedGraphLibrary:
        return NamedGraphLibrary(graphs_at(self.read, path, None), trained, Path(path))

    def labelled(
        self,
        path: Any,
        trained: Trained,
        label: str | None,
        groups: str | None,
        most: int,
        reading: GraphReading | None = None,
    ) -> Labelled:
        if not self.groups:
            raise ValueError(f"{self.name} have no groups of nodes: domain_of_graphs(..., groups=)")
        chosen = partition_named(either(groups, next(iter(self.groups))), tuple(self.groups))
        every = graphs_at(self.read, path, label)
        if label is None:
            names = None
        else:
            every, names = labelled_graphs(every, label, learned_kind(trained.metadata, label))
        graphs = [every[k] for k in sampled(len(every), most)]
        labels, class_names = classes_of(graphs, label, names)
        parts = [
            node_labels(
                called(f"groups['{chosen}']", self.groups[chosen], graph),
                f"groups '{chosen}' of '{graph.name}'",
            )
            for graph in graphs
        ]
        for graph, found in zip(graphs, parts, strict=True):
            if len(found) != graph.num_nodes:
                raise ValueError(
                    f"groups '{chosen}' gave {len(found)} texts for the {graph.num_nodes} nodes of "
                    f"'{graph.name}'"
                )
        shown = [graph.name for graph in graphs]
        return Labelled(graphs, shown, labels, class_names, parts, len(every))
