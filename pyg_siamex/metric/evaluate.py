"""Measure explainers on pairs in one table, with the controls that every table needs."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch_geometric.data import Data
from typing_extensions import Unpack

from pyg_siamex._arrays import as_array
from pyg_siamex._called import called
from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex._once import check_once
from pyg_siamex.data.split import hashable
from pyg_siamex.explain.explained_graph import same_graph
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.consistency import (
    REFERENCE_COLUMNS,
    SEED_COLUMNS,
    check_ids,
    over_references,
    over_seeds,
)
from pyg_siamex.metric.measure import Compute, Measure, Measured
from pyg_siamex.metric.methods import (
    BySeed,
    Explanations,
    Method,
    elements_of,
    explain_by_seed,
    methods_by_name,
    model_of,
    oracle_control,
    pairs_of,
    random_control,
)
from pyg_siamex.metric.protocol import EvaluationProtocol, Options
from pyg_siamex.metric.table_measures import MEASURES, check_amounts, check_orders
from pyg_siamex.metric.truth import PairTruth, Truth, pair_truths
from pyg_siamex.nn.siamese import SiameseGNN

if TYPE_CHECKING:
    import pandas as pd


_ADDED = {column.name for column in (*REFERENCE_COLUMNS, *SEED_COLUMNS)}
"""Columns that are added beside the measures."""

_MOST = 1000
"""Most seeds, and most measures, of a table."""


@checked
def evaluate(
    methods: Method | Mapping[str, Method],
    queries: Sequence[Data] | None = None,
    references: Sequence[Data] | None = None,
    *,
    model: SiameseGNN | None = None,
    truth: Sequence[Truth | None] | None = None,
    orders: Sequence[Tensor | None] | None = None,
    query_ids: Sequence[Hashable] | None = None,
    reference_labels: Sequence[Hashable] | None = None,
    seeds: Sequence[int] = (0,),
    measures: Sequence[str | Compute] = tuple(MEASURES),
    share: float = 0.2,
    steps: int = 20,
    draws: int = 50,
    **options: Unpack[Options],
) -> "pd.DataFrame":
    """Measure explainers on pairs, with random and, if the truth is known, the oracle as controls.

    All methods are measured on the same elements at the same share, by the same removals and draws.

    Args:
        methods: One method, or methods by name. A method is a
            :class:`~pyg_siamex.explain.PairExplainer`, run with the global generator seeded; a
            function from a seed to a ``PairExplainer``, for algorithms with their own seed;
            finished explanations of the pairs; or finished explanations by seed.
        queries: The queries; not needed if only finished explanations are given.
        references: Their references.
        model: The model. Default: the model of the first explainer.
        truth: For each pair the true elements of the measured graph, or ``None``: bool per edge,
            node or node feature, with a last axis for alternatives; a tuple (query, reference)
            for ``side="both"``. For alike pairs the truth is what both share, for unlike pairs
            what only one has.
        orders: For each pair the relations (i, j), "i is more important than j", over the
            elements, ``[R, 2]``, for example from an invariance; adds :func:`conformity`.
        query_ids: Equal for pairs with the same query; adds stability over references, with their
            spread. For ``side="reference"``, equal for pairs with the same reference.
        reference_labels: Class of each reference (of each query for ``side="reference"``).
            Stability is then computed within a class, and the correlation with other classes is
            added.
        seeds: Seeds of the methods and of random. Two or more add the seed floor.
        measures: Names in :data:`~pyg_siamex.metric.MEASURES`, or custom measures made with
            :func:`~pyg_siamex.metric.measure` or given as plain functions.
        share: Share of selected elements, in (0, 1).
        steps: Number of steps of curves.
        draws: Number of draws of robust fidelity.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`.

    Returns:
        One row per pair, method, seed and measure: ``pair``, ``method``, ``seed``, ``measure``,
        ``value``. A value is ``nan`` if the measure is undefined for the pair.
        :func:`summarise` gives means and intervals.

    Raises:
        TypeError: If ids or labels cannot be equal, as lists.
        ValueError: If lengths differ, a name is unknown, a measure, a column or a seed is named
            twice, an id or a label is missing, labels or orders are given that nothing reads, or
            the model or the pairs are missing.

    Example:
        >>> frame = evaluate({"occlusion": explainer}, queries, references, truth=truths)
        >>> list(frame.columns)
        ['pair', 'method', 'seed', 'measure', 'value']
        >>> summary = summarise(frame)
    """
    for name, listed in (("seeds", seeds), ("measures", measures)):
        if len(listed) > _MOST:
            raise ValueError(f"{name} must be at most {_MOST:,} (got {len(listed):,})")
    chosen = [_measure(measure) for measure in measures]
    for k, one in enumerate(chosen):
        if any(one is other for other in chosen[:k]):
            raise ValueError(f"`measures` has '{_name(one)}' twice: leave one out")
    if orders is not None and not any(_reads_orders(one) for one in chosen):
        raise ValueError("orders are read by the measure 'conformity': add it, or leave orders out")
    if truth is None and measures and all(one is MEASURES["ground_truth"] for one in chosen):
        raise ValueError("the measure 'ground_truth' compares with `truth`: give it as well")
    reserved = ("random",) if truth is None else ("random", "oracle")
    methods, seeds = methods_by_name(methods, reserved), list(seeds)
    check_once("seeds", seeds)
    if not seeds:
        raise ValueError("give at least one seed")
    elements = elements_of(next(iter(methods.values())), seeds[0], EvaluationProtocol(**options))
    options = Options(**{**options, "elements": elements})
    fixed, model = EvaluationProtocol(**options), model or model_of(methods, seeds[0])
    check_amounts(share, steps, draws)
    if query_ids is not None:
        query_ids = _keys("query_ids", query_ids)
    if reference_labels is not None:
        reference_labels = _keys("reference_labels", reference_labels)
        if query_ids is None:
            raise ValueError("reference_labels compare pairs of one query: give query_ids as well")
    queries, references = pairs_of(methods, queries, references)
    _check_lengths(
        len(queries),
        truth=truth,
        orders=orders,
        query_ids=query_ids,
        reference_labels=reference_labels,
    )
    random = random_control(model, queries, references, seeds, fixed)
    if query_ids is not None:
        check_ids(random[seeds[0]], query_ids, fixed)
    if orders is not None:
        check_orders(random[seeds[0]], orders, fixed)
    truths = None if truth is None else pair_truths(random[seeds[0]], truth, fixed)
    explained = {
        name: explain_by_seed(m, queries, references, seeds) for name, m in methods.items()
    }
    _check_pairs(random[seeds[0]], explained)
    explained["random"] = random
    if truths is not None:
        explained["oracle"] = oracle_control(truths, seeds[0])
    amounts = (share, steps, draws)
    run = _Run(model, chosen, truths, orders, query_ids, reference_labels, amounts, options)
    return run.frame(explained, len(queries))


@dataclass(frozen=True)
class _Run:
    """Shared inputs for the measurement of all methods of one table; see :func:`evaluate`."""

    model: SiameseGNN
    measures: list[Compute]
    truths: list[PairTruth | None] | None
    orders: Sequence[Tensor | None] | None
    query_ids: Sequence[Hashable] | None
    reference_labels: Sequence[Hashable] | None
    amounts: tuple[float, int, int]
    options: Options

    def frame(self, explained: Mapping[str, BySeed], pairs: int) -> "pd.DataFrame":
        import pandas as pd

        parts = []
        for method, by_seed in explained.items():
            for seed, columns in self._columns(by_seed):
                wide = pd.DataFrame({name: as_array(value) for name, value in columns.items()})
                wide.insert(0, "pair", range(pairs))
                tidy = wide.melt(id_vars="pair", var_name="measure", value_name="value")
                parts.append(tidy.assign(method=method, seed=seed))
        out = pd.concat(parts, ignore_index=True)
        return out[["pair", "method", "seed", "measure", "value"]]

    def _columns(self, by_seed: BySeed) -> Iterator[tuple[int, dict[str, Tensor]]]:
        floors = self._floors(by_seed)
        for (seed, explanations), floor in zip(by_seed.items(), floors, strict=True):
            index = [k for k, explanation in enumerate(explanations) if explanation is not None]
            columns: dict[str, Tensor] = {}
            if index:
                present = [e for e in explanations if e is not None]
                columns = {**self._measured(present, index), **floor}
            yield seed, {n: _spread_out(v, index, len(explanations)) for n, v in columns.items()}

    def _measured(self, explanations: list[PairExplanation], index: list[int]) -> dict[str, Tensor]:
        truths = None if self.truths is None else [self.truths[k] for k in index]
        orders = None if self.orders is None else [self.orders[k] for k in index]
        measured = Measured(
            self.model, explanations, truths, orders, *self.amounts, options=self.options
        )
        columns: dict[str, Tensor] = {}
        for measure in self.measures:
            found = _result(measure, measured, len(explanations))
            taken = [name for name in found if name in columns or name in _ADDED]
            if taken:
                raise ValueError(
                    f"the measure '{_name(measure)}' gives the column '{taken[0]}', which the "
                    f"table has from another one: rename it"
                )
            columns |= found
        if self.query_ids is not None:
            ids = [self.query_ids[k] for k in index]
            labels = self.reference_labels and [self.reference_labels[k] for k in index]
            columns |= over_references(
                self.model, explanations, ids, labels, measured.share, measured.protocol
            )
        return columns

    def _floors(self, by_seed: BySeed) -> list[dict[str, Tensor]]:
        runs = [[e for e in explanations if e is not None] for explanations in by_seed.values()]
        if len(runs) < 2:
            return [{} for _ in runs]
        return over_seeds(runs, EvaluationProtocol(**self.options))


def _result(measure: Compute, measured: Measured, pairs: int) -> dict[str, Tensor]:
    """What a measure gives, after a check of a measure of the caller's own."""
    name = _name(measure)
    own = any(measure is one for one in MEASURES.values())
    found: Any = measure(measured) if own else called(f"measure {name}", measure, measured)
    if not isinstance(found, dict) or not all(isinstance(v, Tensor) for v in found.values()):
        raise TypeError(
            f"the measure '{name}' must give a dict of tensors, a value for each pair (got "
            f"{shown(found)})"
        )
    named = [column.name for column in measure.columns] if isinstance(measure, Measure) else None
    for column, values in found.items():
        if not isinstance(column, str) or not column.strip():
            raise TypeError(f"the measure '{name}' must name its columns (got {shown(column)})")
        if named is not None and column not in named:
            raise ValueError(
                f"the measure '{name}' gives the column '{column}', and its columns are "
                f"{', '.join(named)}: add Column('{column}')"
            )
        if values.is_complex() or values.layout is not torch.strided or values.is_meta:
            kind = "no values" if values.is_meta else f"{values.dtype}, {values.layout}"
            raise TypeError(
                f"the measure '{name}' must give real numbers, one for each pair (got {kind} as "
                f"'{column}')"
            )
        if values.shape != (pairs,):
            raise ValueError(
                f"the measure '{name}' gives '{column}' of shape {list(values.shape)} for {pairs} "
                f"pairs"
            )
    return found


def _reads_orders(measure: Compute) -> bool:
    """Whether a measure may read orders: conformity does, and those of the caller's own may."""
    return measure is MEASURES["conformity"] or all(measure is not m for m in MEASURES.values())


def _name(measure: Compute) -> str:
    """What a measure is called in messages."""
    usual = getattr(measure, "__name__", type(measure).__name__)
    return measure.name if isinstance(measure, Measure) else usual


def _measure(measure: str | Compute) -> Compute:
    if not isinstance(measure, str):
        if not callable(measure):
            raise TypeError(f"a measure is a name or a function (got {shown(measure)})")
        return measure
    if measure not in MEASURES:
        raise ValueError(f"there is no measure '{measure}': choose from {', '.join(MEASURES)}")
    return MEASURES[measure]


def _check_pairs(pairs: Explanations, explained: Mapping[str, BySeed]) -> None:
    for name, by_seed in explained.items():
        for run in by_seed.values():
            if len(run) != len(pairs):
                raise ValueError(f"'{name}' explains {len(run)} pairs of {len(pairs)}")
            for k, (one, other) in enumerate(zip(pairs, run, strict=True)):
                if other is None or not _same_pair(one, other):
                    raise ValueError(f"'{name}' explains other graphs in pair {k}")


def _same_pair(one: PairExplanation, other: PairExplanation) -> bool:
    return same_graph(one.query, other.query) and same_graph(one.reference, other.reference)


def _keys(name: str, keys: Sequence[Hashable]) -> Sequence[Hashable]:
    """Keys that can be equal, of which none is missing."""
    import pandas as pd

    keys = hashable(name, keys, "pair")
    missing = (k for k, key in enumerate(keys) if not isinstance(key, tuple) and pd.isna(key))
    if (place := next(missing, None)) is not None:
        raise ValueError(f"{name}[{place}] is {keys[place]}: give each pair one")
    return keys


def _check_lengths(pairs: int, **given: Sequence[Any] | None) -> None:
    for name, values in given.items():
        if values is not None and len(values) != pairs:
            raise ValueError(f"{name} has {len(values)} entries for {pairs} pairs")


def _spread_out(values: Tensor, index: list[int], size: int) -> Tensor:
    """Values of some pairs among all pairs, with ``nan`` for the others, ``[size]``."""
    out = torch.full((size,), float("nan"), dtype=torch.double)
    out[torch.tensor(index)] = values.double()
    return out
