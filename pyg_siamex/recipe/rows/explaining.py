"""Two rows explained: which columns matter most."""

from collections.abc import Sequence
from typing import Any

from torch_geometric.data import Data
from torch_geometric.explain import Explanation

from pyg_siamex.explain import PairExplainer, PairExplanation, SelfLearned, SharedInvariance
from pyg_siamex.explain.elements import strongest
from pyg_siamex.explain.long_form import Element
from pyg_siamex.nn import SiameseGNN
from pyg_siamex.recipe.explained import Explained, carried_note
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.methods import METHODS
from pyg_siamex.recipe.rows.library import RowLibrary
from pyg_siamex.recipe.rows.reading import RowReading
from pyg_siamex.recipe.rows.view import RowView
from pyg_siamex.recipe.trained import Trained

_LISTED = 8


class RowsByName:
    """Rows of a table by name.

    Args:
        trained: The model.
        view: Where the rows are, and how pairs are drawn.

    Raises:
        FileNotFoundError: If the table does not exist.
        ValueError: If there is no table, or it lacks a column of the model.

    Example:
        >>> graphs = RowsByName(trained, RowView(table="cells.csv"))
        >>> graphs.graph("line 2").x.shape
        torch.Size([1, 30])
    """

    def __init__(self, trained: Trained, view: RowView) -> None:
        table = trained.metadata["source"] if view.table is None else view.table
        if table is None:
            raise ValueError("the model was trained from a table in memory: give it as `table`")
        self.trained = trained
        self.view = view
        reading = RowReading(trained.metadata["rows"]["name"])
        self._library = RowLibrary(table, trained, reading)

    @property
    def shared(self) -> list[Data] | None:
        """All rows of the table, which self-learned masks follow."""
        return self._library.shared

    @property
    def source(self) -> str:
        """Fingerprint of the rows and of how they are scaled."""
        return self._library.source

    def graph(self, name: str) -> Data:
        """The graph of a row.

        Args:
            name: Name of the row.

        Raises:
            ValueError: If the row is not found or cannot be used.
        """
        return self._library[self._library.find(name)[0]]

    def called(self, graph: Explanation, elements: Sequence[Element]) -> list[str]:
        """Names of columns.

        Args:
            graph: The row.
            elements: Its columns.
        """
        return [graph.feature_names[element.first] for element in elements]

    def news(self, name: str, graph: Explanation) -> tuple[float | None, list[str]]:
        """No distance, and nothing to know.

        Args:
            name: Name of the row.
            graph: The row.
        """
        return None, []

    def explained(
        self,
        explanation: PairExplanation,
        probability: float,
        pair: tuple[str, str],
        names: tuple[str, str] | None,
    ) -> Explained:
        """The pair with the model's quality and the strongest columns.

        Args:
            explanation: The explanation.
            probability: That the two are alike.
            pair: Names of query and reference.
            names: Names of the two in pictures. Default: their own.
        """
        strongest = _columns(explanation, pair)
        notes = _notes(self.trained.metadata) + carried_note(explanation, "columns")
        return Explained(
            explanation, probability, self.trained, pair, names, notes, strongest, self.view
        )


def row_explainer(model: SiameseGNN, method: str, rows: list[Data] | None = None) -> PairExplainer:
    """The explainer of a name, for an importance per column.

    Args:
        model: The model.
        method: A key of :data:`~pyg_siamex.recipe.METHODS`.
        rows: Rows from which self-learned masks learn what explanations share if the model keeps no
            invariance. Without them each row is explained by itself.

    Example:
        >>> [explanation] = row_explainer(model, "occlusion").explain([query], [reference])
    """
    algorithm = METHODS[method]()
    if method == "self-learned" and rows is not None and model.invariance is None:
        invariance = SharedInvariance.learn(model, rows, node_mask_type="attributes")
        algorithm = SelfLearned(solver="gda", invariance=invariance)
    return PairExplainer(model, algorithm, node_mask_type="attributes")


def _strongest_columns(explanation: Explanation, k: int) -> list[tuple[str, float, float]]:
    """The ``k`` columns of largest magnitude: name, value before scaling, importance.

    Args:
        explanation: An explained row with a mask of its columns.
        k: How many.
    """
    mask, values = explanation.node_mask[0], explanation.raw[0]
    names = explanation.feature_names
    return [(names[j], float(values[j]), float(mask[j])) for j in strongest(mask, k)]


def _columns(explanation: PairExplanation, pair: tuple[str, str]) -> Listing:
    rows: list[tuple[str, ...]] = [
        (name, column, f"{value:.4g}", f"{importance:.3g}")
        for name, side in zip(pair, (explanation.query, explanation.reference), strict=True)
        for column, value, importance in _strongest_columns(side, _LISTED)
    ]
    title = f"strongest columns ({explanation.algorithm})"
    terms = {name: f"{value:.4f}" for name, value in explanation.terms.items()}
    return Listing(title, ("row", "column", "value", "importance"), rows, terms)


def _notes(metadata: dict[str, Any]) -> list[str]:
    return [
        f"the model's {judged} pair AUC is {metadata[f'{judged}_pair_auc']:.3f}"
        for judged in ("test", "training")
        if metadata.get(f"{judged}_pair_auc") is not None
    ]
