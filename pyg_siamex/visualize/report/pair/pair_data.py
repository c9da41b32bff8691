"""The data of a pair that a page's script reads and that users download."""

from typing import Any

from pyg_siamex.metric.trust import SHARES
from pyg_siamex.visualize.report.pair.fidelity_chart import points_of
from pyg_siamex.visualize.report.pair.group_table import GroupTable, packed
from pyg_siamex.visualize.report.pair.shown_pair import ShownPair
from pyg_siamex.visualize.report.pair.strongest_cells import matrix_data
from pyg_siamex.visualize.report.pair.subject import Subject
from pyg_siamex.visualize.report.rendering import plain


def pair_data(pair: ShownPair) -> dict[str, Any]:
    """Collect the data in values that JSON can hold."""
    explanation, subject, curves = pair.explanation, pair.subject, pair.trust["curves"]
    data: dict[str, Any] = plain(
        {
            "kind": subject.kind,
            "node": subject.node,
            "algorithm": explanation.algorithm,
            "prediction": explanation.prediction,
            "completeness_error": explanation.completeness_error,
            "terms": explanation.terms,
            "shared": subject.shared,
            "sides": [_side(pair, side) for side in range(2)],
            "matrix": None if pair.matrix is None else matrix_data(pair.matrix),
            "order": [_order(subject, side) for side in range(2)],
            "parts": None if pair.parts is None else _parts(pair.parts, pair.matrix is not None),
            "shares": SHARES,
            "points": {side: points_of(curve) for side, curve in curves.items()},
            "trust": pair.trust,
            "settings": explanation.settings,
        }
    )
    return data


def _side(pair: ShownPair, side: int) -> dict[str, Any]:
    """Collect one graph: its nodes, and its elements in the order of their importance."""
    subject, drawing = pair.subject, pair.drawings[side]
    found, values = drawing.elements, drawing.values
    order = found.order
    return {
        "name": pair.names[side],
        "labels": subject.labels[side],
        "groups": None if subject.groups is None else subject.groups[side],
        "values": None if values is None else packed(values),
        "noun": found.noun,
        "ends": packed([end for k in order for end in found.ends[k]]),
        "importance": packed([found.values[k] for k in order]),
        "per": 2 if found.of_edges else 1,
        "explained": found.explained,
    }


def _order(subject: Subject, side: int) -> list[int]:
    """Order nodes as the matrix has them: group by group, in order of first mention."""
    nodes = range(len(subject.labels[side]))
    if subject.groups is None:
        return list(nodes)
    first = {name: k for k, name in reversed(list(enumerate(subject.groups[side])))}
    return sorted(nodes, key=lambda node: first[subject.groups[side][node]])  # type: ignore[index]


def _parts(parts: GroupTable, has_values: bool) -> dict[str, Any]:
    return {
        "names": [parts.rows, parts.columns],
        "members": parts.members,
        "values": parts.values.tolist() if has_values else None,
    }
