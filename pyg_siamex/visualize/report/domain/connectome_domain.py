"""Connectomes on a page: regions and connections, networks, brains or rings."""

from typing import ClassVar

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.regions import regions_of
from pyg_siamex.visualize.report.domain.brain_sketch import brain_sketches
from pyg_siamex.visualize.report.domain.page_domain import Names, PageDomain
from pyg_siamex.visualize.report.domain.sketch import Sketch


class ConnectomePage(PageDomain):
    """Graphs with names, networks or places of regions."""

    name: ClassVar[str] = "connectomes"
    node: ClassVar[str] = "region"
    edge: ClassVar[str] = "connection"

    def holds(self, explanation: PairExplanation) -> bool:
        """Whether regions of both graphs have names, networks or places."""
        return all(_has_regions(graph) for graph in (explanation.query, explanation.reference))

    def labels(self, explanation: PairExplanation) -> Names:
        """Names of the regions."""
        return regions_of(explanation.query).names, regions_of(explanation.reference).names

    def own_groups(self, graph: Explanation) -> list[str] | None:
        """The functional network of each region, where known."""
        return regions_of(graph).networks

    def sketches(self, explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
        """Both brains from above and from the left, or rings where places are unknown."""
        return brain_sketches(explanation)


def _has_regions(graph: Explanation) -> bool:
    if any(graph.get(key) is not None for key in ("roi_names", "networks")):
        return True
    pos = graph.get("pos")
    return isinstance(pos, Tensor) and pos.dim() == 2 and pos.size(1) == 3
