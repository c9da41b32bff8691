"""Rows of a table on a page: columns take the place of nodes."""

from typing import ClassVar

from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.report.domain.node_values import finite_values
from pyg_siamex.visualize.report.domain.page_domain import Groups, Names, PageDomain
from pyg_siamex.visualize.report.domain.row_sketch import row_sketches
from pyg_siamex.visualize.report.domain.sketch import Sketch
from pyg_siamex.visualize.table.feature_table import feature_table


class RowPage(PageDomain):
    """Graphs of one node whose features are explained."""

    name: ClassVar[str] = "rows"
    node: ClassVar[str] = "column"
    edge: ClassVar[str] = "link"

    def holds(self, explanation: PairExplanation) -> bool:
        """Whether both graphs have one node and importances of its features."""
        if any(graph.num_nodes != 1 for graph in (explanation.query, explanation.reference)):
            return False
        try:
            feature_table(explanation)
        except ValueError:
            return False
        return True

    def labels(self, explanation: PairExplanation) -> Names:
        """Names of the columns."""
        columns = feature_table(explanation).columns
        return columns, columns

    def groups(self, graph: Explanation, chosen: Groups | None) -> None:
        """Columns have no groups."""

    def shared(self, labels: Names) -> bool:
        """Both rows are of one table."""
        return True

    def sketches(self, explanation: PairExplanation, shared: bool) -> tuple[Sketch, Sketch]:
        """Both rows as bars."""
        return row_sketches(feature_table(explanation))

    def values(self, explanation: PairExplanation, side: int) -> None:
        """A column has the importance of its element, the one node has none."""

    def matrix(self, explanation: PairExplanation, labels: Names) -> Tensor | None:
        """Relevance between columns, ``[F, F]``, where there is one."""
        matrix = explanation.info.get("feature_relevance")
        rows, columns = (len(names) for names in labels)
        if matrix is None or matrix.numel() != rows * columns:
            return None
        return finite_values(matrix.view(rows, columns))  # [1, F, 1, F] of two graphs of one node
