"""Groups of nodes that masks keep, over many explained pairs."""

from collections.abc import Sequence

import pandas as pd
import torch
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.data.listed_pairs import read_index
from pyg_siamex.explain.elements import feature_count, feature_importance, node_importance
from pyg_siamex.explain.ensemble import check_one_algorithm
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.node_labels import node_labels
from pyg_siamex.explain.overview.numbered_classes import numbered_classes

_KINDS = ("within", "between")


@checked
def kept_groups(
    explanations: Sequence[PairExplanation],
    index: Sequence[Sequence[int]] | Tensor,
    groups: Sequence[Sequence[object]],
    labels: Sequence[object] | Tensor | None = None,
) -> pd.DataFrame:
    r"""How strongly explanations keep each group, on average over pairs.

    Use it for explainers whose masks say what a pair is alike or unlike by, such as
    :class:`~pyg_siamex.explain.SelfLearned`. Masks do not add up to the similarity, so they have no
    contributions as :func:`overview` has.

    .. math::
        v_g = \frac{1}{|S_g|} \sum_{s \in S_g} \frac{1}{|N_{s,g}|} \sum_{i \in N_{s,g}} m_{s,i}

    with the explained graphs :math:`S_g` that have the group, and its nodes :math:`N_{s,g}` in each
    of them. A node has the value of :func:`~pyg_siamex.explain.node_importance`.

    Args:
        explanations: P explained pairs.
        index: Positions of query and reference among the N graphs, ``[P, 2]``.
        groups: For each of the N graphs, the group of each of its nodes, or of each of its
            features if explanations have a mask of features.
        labels: Class of each graph. Default: a single class.

    Returns:
        A row per group: ``group``, ``within`` and ``between``, its mean value over pairs of one
        class and of two classes (NaN without such pairs), ``graphs``, the number of different
        graphs that have it, ``others``, the mean value of all nodes of these graphs that are not in
        it, and ``excess``, by how much it exceeds them on average over all explained graphs (0 in
        graphs that lack the group). The largest excess is first, so a frequent group comes before a
        rare one of equal value.

    Raises:
        ValueError: If lengths differ, a graph has another number of groups than of nodes, or
            explanations are by several algorithms.

    Example:
        >>> pairs = [(0, 1), (0, 2)]
        >>> found = explainer.explain([graphs[0], graphs[0]], [graphs[1], graphs[2]])
        >>> groups = [functional_groups(graph) for graph in graphs]
        >>> list(kept_groups(found, pairs, groups).columns)
        ['group', 'within', 'between', 'graphs', 'others', 'excess']
    """
    pairs = read_index(index, len(groups)).tolist()
    if len(pairs) != len(explanations):
        raise ValueError(f"{len(explanations)} explanations and {len(pairs)} pairs in index")
    check_one_algorithm(explanations)
    classes, _ = numbered_classes(labels, len(groups))
    parts = [node_labels(own, f"groups of graph {k}") for k, own in enumerate(groups)]
    rows = []
    for explanation, both in zip(explanations, pairs, strict=True):
        kind = "within" if classes[both[0]] == classes[both[1]] else "between"
        pulled = explanation.pulls()
        for graph, side in zip(both, (pulled.query, pulled.reference), strict=True):
            rows += _of_graph(side, parts[graph], graph, kind)
    columns = ["group", "kind", "graph", "own", "rest"]
    return _averaged(pd.DataFrame(rows, columns=columns), 2 * len(pairs))


def _of_graph(
    side: Explanation, own: list[str], graph: int, kind: str
) -> list[tuple[str, str, int, float, float]]:
    """Mean value of each group of a graph, and of all that is not in the group."""
    values = _values(side, len(own), graph).double()
    names = sorted(set(own))
    place = {name: k for k, name in enumerate(names)}
    number = torch.tensor([place[name] for name in own], dtype=torch.long)
    size = number.bincount(minlength=len(names))
    total = torch.zeros(len(names), dtype=torch.double).index_add(0, number, values.cpu())
    mean = total / size
    rest = (total.sum() - total) / (len(own) - size).clamp_min(1)
    rest = torch.where(size == len(own), torch.nan, rest)
    each = zip(names, mean.tolist(), rest.tolist(), strict=True)
    return [(name, kind, graph, value, other) for name, value, other in each]


def _values(side: Explanation, count: int, graph: int) -> Tensor:
    if count == side.num_nodes:
        return node_importance(side)
    mask = side.get("node_mask")
    if mask is not None and mask.size(1) == count == feature_count(side):
        return feature_importance(side)
    raise ValueError(
        f"graph {graph} has {side.num_nodes} nodes, and `groups` names {count}: give a group for "
        f"each node, or for each feature if explanations have a mask of features"
    )


def _averaged(rows: pd.DataFrame, explained: int) -> pd.DataFrame:
    """Means over the rows of each group; ``explained`` is the number of explained graphs."""
    rows["excess"] = (rows["own"] - rows["rest"]).fillna(0.0)
    by_group = rows.groupby("group", sort=True)
    found = pd.DataFrame(
        {
            **{k: rows[rows["kind"] == k].groupby("group")["own"].mean() for k in _KINDS},
            "graphs": by_group["graph"].nunique(),
            "others": by_group["rest"].mean(),
            "excess": by_group["excess"].sum() / explained,
        }
    )
    found = found.sort_values("excess", ascending=False, kind="stable")
    return found.rename_axis("group").reset_index()
