"""Any other graphs on a page: nodes and edges, placed by forces."""

from typing import ClassVar

from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.graph.network import NAMES
from pyg_siamex.visualize.report.domain.graph_sketch import graph_sketches
from pyg_siamex.visualize.report.domain.page_domain import Names, PageDomain
from pyg_siamex.visualize.report.domain.sketch import Sketch


class GraphPage(PageDomain):
    """Graphs that no other domain holds."""

    name: ClassVar[str] = "graphs"
    node: ClassVar[str] = "node"
    edge: ClassVar[str] = "edge"

    def holds(self, explanation: PairExplanation) -> bool:
        """Every pair is one of graphs."""
        return True

    def labels(self, explanation: PairExplanation) -> Names:
        """Names of the nodes, or their numbers."""
        return _names(explanation.query), _names(explanation.reference)

    def sketches(self, explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
        """Both graphs, shared nodes in the same place."""
        return graph_sketches(explanation, shared)


def _names(graph: Explanation) -> list[str]:
    nodes = int(graph.num_nodes or 0)
    names = next((graph[key] for key in NAMES if graph.get(key)), range(nodes))
    if len(names) == 1 != nodes and not isinstance(names[0], str | int):
        names = names[0]  # a batch of one
    return [str(name) for name in names] if len(names) == nodes else [str(k) for k in range(nodes)]
