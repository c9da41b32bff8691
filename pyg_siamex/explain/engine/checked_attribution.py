"""What an algorithm returns, also one of the caller's own, must be masks of the graphs."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

from torch import Tensor

from pyg_siamex._numbers import shown
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem


def check_attribution(found: Any, problem: PairProblem, name: str) -> None:
    """Refuse a result that is no explanation of the pairs; values are not compared.

    Args:
        found: What the algorithm returns.
        problem: The pairs.
        name: Name of the algorithm, for messages.

    Raises:
        TypeError: If it is no :class:`Attribution`, or a part is of another kind.
        ValueError: If a part has another size than the pairs, or there is neither mask nor matrix.
    """
    if not isinstance(found, Attribution):
        raise TypeError(f"{name}.attribute must return an Attribution (got {shown(found)})")
    sides = (
        ("query", found.query, problem.query),
        ("reference", found.reference, problem.reference),
    )
    for side, masks, inputs in sides:
        if not isinstance(masks, Masks):
            raise TypeError(f"{name} must give Masks of each {side} (got {shown(masks)})")
        _check_masks(masks, inputs, f"{name} gives each {side}")
    given = [mask for _, masks, _ in sides for mask in (masks.node, masks.edge)]
    if found.relevance is None and all(mask is None for mask in given):
        raise ValueError(f"{name} gives neither masks nor matrices of pairs")
    _check_lists(found, problem.num_pairs, name)


def _check_masks(masks: Masks, inputs: GraphInputs, who: str) -> None:
    nodes, edges = len(inputs.x), inputs.edge_index.size(1)
    for kind, mask, rows, dim in (
        ("node", masks.node, (nodes, inputs.num_graphs), 2),
        ("edge", masks.edge, (edges,), 1),
    ):
        if mask is None:
            continue
        if not isinstance(mask, Tensor) or not mask.is_floating_point():
            told = mask.dtype if isinstance(mask, Tensor) else shown(mask)
            raise TypeError(f"{who} {kind} masks that are no tensor of floats (got {told})")
        if mask.dim() != dim or len(mask) not in rows:
            wanted = f"[{rows[0]}, 1] or [{rows[0]}, features]" if kind == "node" else f"[{edges}]"
            raise ValueError(f"{who} {kind} masks of shape {list(mask.shape)}: give {wanted}")


def _check_lists(found: Attribution, pairs: int, name: str) -> None:
    """Matrices, terms, errors and further results have one entry for each pair."""
    lists: tuple[tuple[str, Any, Any, str], ...] = (
        ("relevance", found.relevance, (Tensor, Later), "a tensor"),
        ("terms", found.terms, Mapping, "a dict of numbers"),
        ("completeness_error", found.completeness_error, Real, "a number"),
        ("info", found.info, Mapping, "a dict"),
    )
    for part, values, kind, words in lists:
        empty = values is None or (part != "relevance" and isinstance(values, list) and not values)
        if empty:
            continue
        if not isinstance(values, list | tuple) or len(values) != pairs:
            told = len(values) if isinstance(values, list | tuple) else shown(values)
            raise ValueError(f"{name} must give {part} of each of {pairs} pairs (got {told})")
        for one in values:
            if not isinstance(one, kind):
                raise TypeError(
                    f"{part} of {name} must be {words} for each pair (got {shown(one)})"
                )
    for terms in found.terms:
        for term, value in terms.items():
            if not isinstance(value, Real):
                raise TypeError(f"term '{term}' of {name} must be a number (got {shown(value)})")
