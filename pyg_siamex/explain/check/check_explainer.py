"""``check_explainer``: test whether an explainer keeps the contract of all explainers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.check import results, side_effects, symmetries
from pyg_siamex.explain.check.explainer_check import EXPLAINS, CheckRow, ExplainerCheck
from pyg_siamex.explain.check.integers import integer_features
from pyg_siamex.explain.check.kinds import MASK_KINDS, MaskKind
from pyg_siamex.explain.check.outcome import (
    CheckError,
    Failed,
    NotApplicable,
    Refused,
    described,
    is_refusal,
)
from pyg_siamex.explain.check.trial import CheckPair, Trial, dtype_of, pairs_of
from pyg_siamex.explain.check.trial_graphs import FEATURES, trial_graphs
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.explain.intake import with_edges
from pyg_siamex.nn.copied import copied_model
from pyg_siamex.nn.siamese import SiameseGNN

_ONLY_FOR: dict[str, Callable[[MaskKind], bool]] = {
    "self loops": lambda kind: kind.edge,
    "undirected": lambda kind: kind.edge and kind.undirected,
    "integer features": lambda kind: kind.mask_mode == "message",
}
"""Kinds of mask that a check applies to; all for the other checks."""

CHECKS: dict[str, Callable[[Trial], None]] = {
    "shapes": results.shapes,
    "floating": results.floating,
    "finite": results.finite,
    "odd graphs": results.odd,
    "self loops": results.self_loops,
    "undirected": results.undirected,
    "completeness": results.completeness_error,
    "one side": symmetries.one_side,
    "batch": symmetries.batch,
    "renumbered nodes": symmetries.renumbered_nodes,
    "reordered edges": symmetries.reordered_edges,
    "swapped sides": symmetries.swapped_sides,
    "deterministic": symmetries.deterministic,
    "model untouched": side_effects.model_untouched,
    "process untouched": side_effects.process_untouched,
    "graphs untouched": side_effects.graphs_untouched,
    "untouched after errors": side_effects.untouched_after_errors,
    "integer features": integer_features,
}
"""All checks by name, in the order in which they run."""


@checked
def check_explainer(
    algorithm: PairAlgorithm,
    model: SiameseGNN | None = None,
    *,
    graphs: Sequence[Data] | None = None,
    checks: Sequence[str] | None = None,
    masks: Sequence[str] | None = None,
    on_fail: Literal["raise"] | None = "raise",
) -> ExplainerCheck:
    """Run an explainer on small graphs and check the contract of all explainers.

    Every kind of mask is requested. A kind that is refused by a ``ValueError`` with its own message
    is not checked further. The other masks must be finite and have the right shape, be equal alone
    and in a batch, be equal for renumbered nodes, and so on. The model, the graphs and the process
    must be unchanged afterwards, also after an error. An algorithm that draws random numbers
    declares it by an attribute ``stochastic = True``; renumbering and swapping are then left out.

    Args:
        algorithm: The algorithm.
        model: The model to explain, in any precision; it is copied. Default: a small GIN in double
            precision, ``pool="add"`` and cosine similarity.
        graphs: At least three graphs that the model reads. Odd graphs (a single node, no edges,
            self loops, duplicate edges) are made from them. Default: :func:`trial_graphs`.
        checks: Names of the checks to run, see :data:`CHECKS`. Default: all.
        masks: Names of the kinds of mask to request, see :data:`MASK_KINDS`. Default: all.
        on_fail: ``"raise"`` an error, or ``None`` to only return the report.

    Returns:
        A report with a row for each check and kind of mask.

    Raises:
        AssertionError: If a check failed, or every kind of mask was refused; the message lists
            observed and expected results. Not raised for ``on_fail=None``.
        TypeError: If ``algorithm`` is not a :class:`~pyg_siamex.explain.PairAlgorithm`.
        ValueError: If a name is unknown, ``checks`` or ``masks`` is empty, there are fewer than
            three graphs, or the embedding of one is not finite.

    Example:
        >>> report = check_explainer(Occlusion(), masks=["edges"])
        >>> report.ok
        True
    """
    if not isinstance(algorithm, PairAlgorithm):
        raise TypeError(f"algorithm must be a PairAlgorithm instance, got {algorithm!r}")
    if on_fail not in ("raise", None):
        raise ValueError(f"on_fail must be 'raise' or None (got {on_fail!r})")
    chosen = {name: CHECKS[name] for name in _known("checks", checks, CHECKS)}
    kinds = _known("masks", masks, MASK_KINDS)
    model = _default_model() if model is None else copied_model(model)
    pairs = pairs_of(model, _graphs(graphs, model))
    rows: list[CheckRow] = []
    for name in kinds:
        if MASK_KINDS[name].fits(model):
            rows += _rows(algorithm, model, name, pairs, chosen)
    report = ExplainerCheck(algorithm.name, tuple(rows))
    if on_fail == "raise" and not report.ok:
        raise AssertionError(str(report))
    return report


def _default_model() -> SiameseGNN:
    """The default model to explain, the same in every call."""
    with seeded(0):
        return SiameseGNN(GIN(FEATURES, 8, 2).double(), pool="add", similarity="cosine")


def _graphs(graphs: Sequence[Data] | None, model: SiameseGNN) -> Sequence[Data]:
    graphs = trial_graphs(dtype=dtype_of(model)) if graphs is None else graphs
    if len(graphs) < 3:
        raise ValueError(f"give at least 3 graphs (got {len(graphs)})")
    return [with_edges(graph, model) for graph in graphs]


def _known(what: str, names: Sequence[str] | None, known: Mapping[str, object]) -> list[str]:
    names = list(known) if names is None else [names] if isinstance(names, str) else list(names)
    if not names:
        raise ValueError(f"`{what}` is empty: leave it out for all of them")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"unknown {what} {unknown}: choose from {list(known)}")
    return list(dict.fromkeys(names))  # each once


def _rows(
    algorithm: PairAlgorithm,
    model: SiameseGNN,
    masks: str,
    pairs: list[CheckPair],
    checks: Mapping[str, Callable[[Trial], None]],
) -> list[CheckRow]:
    """Rows of one kind of mask; the first says if it is explained, and is the only one if not."""
    trial = Trial(algorithm, model, MASK_KINDS[masks], pairs)
    _, first = next(trial.alone())
    if isinstance(first, Refused):
        return [CheckRow(EXPLAINS, masks, "refused", first.message)]
    if isinstance(first, Failed):
        return [CheckRow(first.check, masks, "failed", first.message)]
    asked = {n: c for n, c in checks.items() if n not in _ONLY_FOR or _ONLY_FOR[n](trial.kind)}
    return [CheckRow(EXPLAINS, masks, "ok"), *(_row(n, masks, c, trial) for n, c in asked.items())]


def _row(name: str, masks: str, check: Callable[[Trial], None], trial: Trial) -> CheckRow:
    try:
        check(trial)
    except NotApplicable as reason:
        return CheckRow(name, masks, "not applicable", str(reason))
    except CheckError as error:
        return CheckRow(error.check or name, masks, "failed", str(error))
    except Exception as error:
        if is_refusal(error):
            return CheckRow(name, masks, "refused", str(error))
        return CheckRow(name, masks, "failed", described(error))
    return CheckRow(name, masks, "ok")
