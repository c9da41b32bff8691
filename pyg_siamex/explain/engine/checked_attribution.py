"""What an algorithm returns, also one of the caller's own, must be masks of the graphs."""

from collections.abc import Mapping
from numbers import Real
from typing import Any

from torch import Tensor
from torch_geometric.explain.config import MaskType

from pyg_siamex._given import either
from pyg_siamex._numbers import shown
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.elements import feature_count
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem
from pyg_siamex.explain.explained_graph import check_tensor


def check_attribution(found: Any, problem: PairProblem, name: str) -> None:
    """Refuse a result that is no explanation of the pairs; values are not compared.

    Args:
        found: What the algorithm returns.
        problem: The pairs.
        name: Name of the algorithm, for messages.

    Raises:
        TypeError: If it is no :class:`Attribution`, or a part is of another kind.
        ValueError: If a part has another size than the pairs, masks are of other kinds than asked,
            one side of two has no mask, or there is neither mask nor matrix.
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
        _check_masks(masks, inputs, problem.kinds.node_mask_type, f"{name} gives each {side}")
    if problem.side == "both":
        _check_both(found, name)
    given = [mask for _, masks, _ in sides for mask in (masks.node, masks.edge)]
    if found.relevance is None and all(mask is None for mask in given):
        raise ValueError(f"{name} gives neither masks nor matrices of pairs")
    _check_kinds(found, problem, name)
    _check_lists(found, problem, name)


def _check_kinds(found: Attribution, problem: PairProblem, name: str) -> None:
    """Masks are of the kinds that were asked for; matrices may stand for masks."""
    for side in problem.masked_sides:
        given = [kind for kind in ("edge", "node") if _mask(found, side, kind) is not None]
        asked = problem.kinds.names
        absent = [kind for kind in asked if kind not in given]
        if {*given} - {*asked} or (absent and found.relevance is None):
            raise ValueError(
                f"{name} gives each {side} {_and(given)} masks, and {_and(asked)} masks were asked "
                f"for: problem.kinds.names says which"
            )


def _and(kinds: list[str]) -> str:
    return " and ".join(kinds) if kinds else "no"


def _check_both(found: Attribution, name: str) -> None:
    """Where both graphs are masked, both have the same kinds of masks."""
    for kind in ("node", "edge"):
        absent = [side for side in ("query", "reference") if _mask(found, side, kind) is None]
        if len(absent) == 1:
            raise ValueError(
                f"{name} gives each {absent[0]} no {kind} masks, and the other graph some: give "
                f"both, or explain one graph with `side`"
            )


def _mask(found: Attribution, side: str, kind: str) -> Tensor | None:
    mask: Tensor | None = getattr(getattr(found, side), kind)
    return mask


def _check_masks(masks: Masks, inputs: GraphInputs, asked: MaskType | None, who: str) -> None:
    nodes, edges = len(inputs.x), inputs.edge_index.size(1)
    features = inputs.x.size(1) if inputs.x.dim() == 2 else 1
    of_nodes = {
        None: [[nodes, 1], [nodes, features]],
        MaskType.object: [[nodes, 1]],
        MaskType.attributes: [[nodes, features]],
        MaskType.common_attributes: [[inputs.num_graphs, features], [nodes, features]],
    }[asked]
    for kind, mask, shapes in (("node", masks.node, of_nodes), ("edge", masks.edge, [[edges]])):
        if mask is None:
            continue
        if not isinstance(mask, Tensor) or not mask.is_floating_point():
            told = mask.dtype if isinstance(mask, Tensor) else shown(mask)
            raise TypeError(f"{who} {kind} masks that are no tensor of floats (got {told})")
        check_tensor(mask, f"{who} {kind} masks: a mask")
        if list(mask.shape) not in shapes:
            wanted = " or ".join(dict.fromkeys(map(str, shapes)))
            raise ValueError(f"{who} {kind} masks of shape {list(mask.shape)}: give {wanted}")


def _check_lists(found: Attribution, problem: PairProblem, name: str) -> None:
    """Matrices, terms, errors and further results have one entry for each pair."""
    pairs = problem.num_pairs
    lists: tuple[tuple[str, Any, Any, str], ...] = (
        ("relevance", found.relevance, (Tensor, Later), "a tensor"),
        ("terms", found.terms, Mapping, "a dict of numbers"),
        ("completeness_error", found.completeness_error, Real, "a number"),
        ("info", found.info, Mapping, "a dict"),
    )
    for part, values, kind, words in lists:
        if values is None and part == "relevance":
            continue
        if part != "relevance" and isinstance(values, list | tuple) and not values:
            continue
        if not isinstance(values, list | tuple) or len(values) != pairs:
            told = len(values) if isinstance(values, list | tuple) else shown(values)
            raise ValueError(f"{name} must give {part} of each of {pairs} pairs (got {told})")
        for one in values:
            if not isinstance(one, kind) or isinstance(one, bool):
                raise TypeError(
                    f"{part} of {name} must be {words} for each pair (got {shown(one)})"
                )
    for terms in found.terms:
        for term, value in terms.items():
            if not isinstance(value, Real) or isinstance(value, bool):
                raise TypeError(f"term '{term}' of {name} must be a number (got {shown(value)})")
    for part, dicts in (("terms", found.terms), ("info", found.info)):
        for key in (key for one in dicts for key in one):
            if not isinstance(key, str):
                raise TypeError(f"names in {part} of {name} must be texts (got {shown(key)})")
    _check_matrices(found, problem, name)


def _check_matrices(found: Attribution, problem: PairProblem, name: str) -> None:
    """Matrices that are known have the nodes of the graphs, or the columns of rows of tables."""
    graphs = zip(problem.query_data, problem.reference_data, strict=False)
    for matrix, pair in zip(either(found.relevance, []), graphs, strict=False):
        if isinstance(matrix, Tensor):
            who = f"relevance of {name}"
            check_tensor(matrix, who)
            shapes = [[graph.num_nodes for graph in pair], [feature_count(g) for g in pair]]
            if list(matrix.shape) not in shapes:
                told = f"is {list(matrix.shape)}, and must be {shapes[0]}"
                raise ValueError(
                    f"{who} {told}: a row for each node of the query, a column for "
                    f"each of the reference"
                )
