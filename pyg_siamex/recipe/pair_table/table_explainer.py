"""A model and a method as one call: names of pairs in, rows of explained pairs out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._visible import in_one_line
from pyg_siamex.explain import PairExplainer, PairExplanation
from pyg_siamex.nn.fingerprint import model_fingerprint
from pyg_siamex.recipe.choices import check_measures, check_method
from pyg_siamex.recipe.domain import domain_of_model
from pyg_siamex.recipe.explaining import explainer_for, probability_of
from pyg_siamex.recipe.named_graphs import NamedGraphs
from pyg_siamex.recipe.one_thread import one_thread
from pyg_siamex.recipe.pair_table.asked_pairs import AskedPair, PairFile, PairsAtHand
from pyg_siamex.recipe.pair_table.measured_pairs import measure_columns, measured_pairs
from pyg_siamex.recipe.pair_table.pair_columns import PairColumns
from pyg_siamex.recipe.pair_table.pair_row import pair_row
from pyg_siamex.recipe.pair_table.pair_schema import pair_schema, table_of
from pyg_siamex.recipe.trained import Trained

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

BATCH = 64
"""Pairs that are explained at once. Rows do not depend on how many batches there are."""

_MOST_KEPT = 20_000
"""Most graphs that are kept for pairs to come."""

_Item = TypeVar("_Item")
Outcome = tuple[AskedPair, PairExplanation | None, str]
"""A pair, and either its explanation or why there is none."""


@checked
class TableExplainer:
    """Explain pairs by the names that users give; graphs are made as the model's file says.

    It can be pickled, for workers on this machine or on others.

    Args:
        trained: The model, or its file.
        method: Key of :data:`~pyg_siamex.recipe.METHODS`. Default: the domain's.
        view: Where names are looked up and how pairs are drawn; see
            :func:`~pyg_siamex.recipe.explain`.
        measures: Measures of each explanation, of
            :data:`~pyg_siamex.recipe.choices.PAIR_MEASURES`.
        top: How many of the strongest elements are named, at least 0.
        columns: Which columns of a data frame or Arrow table are the pairs.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If a name is unknown, or a file cannot be used.

    Example:
        >>> explain_rows = TableExplainer("model.siamex", method="occlusion")
        >>> table = explain_rows([("CCO", "CCN"), ("CCO", "not a SMILES")])
        >>> table.num_rows, table["error"].null_count
        (2, 1)
    """

    def __init__(
        self,
        trained: Trained | str | Path,
        *,
        method: str | None = None,
        view: Any = None,
        measures: Sequence[str] = (),
        top: int = 5,
        columns: PairColumns | None = None,
    ) -> None:
        check_method(method)
        check_measures(measures)
        self._measured = measure_columns(measures)
        if top < 0:
            raise ValueError(f"top must be at least 0 (got {top})")
        self.trained: Trained = trained if isinstance(trained, Trained) else Trained.load(trained)
        domain = domain_of_model(self.trained)
        self.method: str = either(method, domain.method)
        self.measures: list[str] = list(measures)
        self.top = top
        self.view: Any = domain.viewed_by(view)
        self.columns: PairColumns = either(columns, PairColumns())
        with one_thread():
            self.graphs: NamedGraphs = domain.named(self.trained, self.view)
            self.explainer: PairExplainer = explainer_for(self.trained, self.method, self.graphs)
        self.about: dict[str, Any] = {
            "model": model_fingerprint(self.trained.model),
            "method": self.method,
            "measures": self.measures,
            "top": top,
            "names": self.graphs.source,
            "explainer": self.explainer.settings,
        }
        self.schema: pa.Schema = pair_schema(self._measured, self.about)
        self._kept: dict[str, Data | str] = {}
        self._device: str | None = None

    def __call__(self, pairs: "pa.Table | pd.DataFrame | Sequence[tuple[str, str]]") -> "pa.Table":
        """Explain pairs: a row for each, in their order.

        Args:
            pairs: Pairs of names, or a table with a column of queries and one of references.

        Returns:
            The columns of :func:`~pyg_siamex.recipe.pair_table.pair_schema.pair_schema`. A pair
            that cannot be explained has the reason in ``error``.

        Raises:
            ValueError: If the columns of a table cannot be told, or their names are a pair.
        """
        asked = PairsAtHand(pairs, self.columns)
        self.check_header(asked)
        found = [row for batch in batches(asked, BATCH) for row in self.rows(self.explain(batch))]
        return table_of(found, self.schema)

    def check_header(self, asked: PairFile | PairsAtHand) -> None:
        """Refuse a table without a header, whose first pair would be taken for names of columns.

        Args:
            asked: The pairs.

        Raises:
            ValueError: If both names of two unknown columns are names of graphs.
        """
        names = asked.guessed
        if names is None or any(isinstance(self._graph(name), str) for name in names):
            return
        raise ValueError(
            f"the columns of the table of pairs are called '{names[0]}' and '{names[1]}', which "
            f"is a pair: put a header above it, such as query and reference, or, if it is one, "
            f"name `query_column` and `reference_column`"
        )

    def to(self, device: str) -> "TableExplainer":
        """Explain on a device.

        Args:
            device: The device; the model is moved there.
        """
        self.trained.model.to(device)
        self._device, self._kept = device, {}
        return self

    def explain(self, asked: Sequence[AskedPair]) -> list[Outcome]:
        """The explanation of each pair, or why there is none.

        Args:
            asked: The pairs, which are explained at once.
        """
        with one_thread():
            found = [(pair, *self._graphs_of(pair)) for pair in asked]
            usable = [(pair, query, other) for pair, query, other, why in found if not why]
            done = {pair.row: outcome for pair, outcome in self._explained(usable)}
        return [(pair, None, why) if why else (pair, *done[pair.row]) for pair, _, _, why in found]

    def rows(self, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
        """Explained pairs as values by column.

        Args:
            outcomes: What :meth:`explain` returned.
        """
        explained = [found for _, found, _ in outcomes if found is not None]
        with one_thread():
            measured = iter(measured_pairs(self.trained.model, explained, self.measures))
        out = []
        for pair, found, why in outcomes:
            row: dict[str, Any] = {
                "row": pair.row,
                "query": pair.query,
                "reference": pair.reference,
                "error": f"{pair.place}{why}" if why else None,
            }
            if found is not None:
                probability = probability_of(self.trained, found)
                row |= pair_row(found, probability, self.graphs, self.top) | next(measured)
                row |= self._news(pair, found)
            out.append(row)
        return out

    def _news(self, pair: AskedPair, found: PairExplanation) -> dict[str, Any]:
        """How far both graphs are from the training graphs, and what to know of them."""
        out: dict[str, Any] = {"warnings": []}
        sides = (("query", pair.query, found.query), ("reference", pair.reference, found.reference))
        for side, name, graph in sides:
            out[f"{side}_distance"], known = self.graphs.news(name, graph)
            out["warnings"] += [f"{side}: {warning}" for warning in known]
        return out

    def _explained(
        self, pairs: list[tuple[AskedPair, Data, Data]]
    ) -> Iterator[tuple[AskedPair, tuple[PairExplanation | None, str]]]:
        """All at once, or one by one where one of them stops the others."""
        try:
            queries, others = [query for _, query, _ in pairs], [other for _, _, other in pairs]
            found = self.explainer.explain(queries, others) if pairs else []
        except MemoryError:
            raise
        except Exception as error:
            if len(pairs) == 1:
                yield pairs[0][0], (None, _reason(error))
                return
            for one in pairs:
                yield from self._explained([one])
            return
        for (pair, _, _), explanation in zip(pairs, found, strict=True):
            yield pair, (explanation, "")

    def _graphs_of(self, pair: AskedPair) -> tuple[Any, Any, str]:
        if pair.problem:
            return None, None, pair.problem
        query, other = self._graph(pair.query), self._graph(pair.reference)
        for side, found in (("query", query), ("reference", other)):
            if isinstance(found, str):
                return None, None, f"{side}: {found}"
        return query, other, ""

    def _graph(self, name: str) -> Data | str:
        """The graph of a name, or why there is none."""
        if name not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            try:
                graph = self.graphs.graph(name)
                self._kept[name] = graph if self._device is None else graph.to(self._device)
            except (ValueError, TypeError) as error:
                self._kept[name] = _reason(error)
        return self._kept[name]

    def __getstate__(self) -> dict[str, Any]:
        """The state to pickle, without graphs that are made again."""
        return {**vars(self), "_kept": {}}


def batches(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    """Lists of ``size`` items, the last one of as many as are left.

    Args:
        items: The items.
        size: How many.

    Example:
        >>> list(batches("abc", 2))
        [['a', 'b'], ['c']]
    """
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _reason(error: Exception) -> str:
    return in_one_line(str(error) or type(error).__name__, 300)
