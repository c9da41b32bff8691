"""What the script of a page knows of a pair, and what is downloaded."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.trust import SHARES
from pyg_siamex.visualize.paper.words import drawable
from pyg_siamex.visualize.report.pair.drawing import Drawing
from pyg_siamex.visualize.report.pair.fidelity_chart import points_of
from pyg_siamex.visualize.report.pair.group_table import (
    GroupTable,
    group_members,
    group_table,
    packed,
)
from pyg_siamex.visualize.report.pair.subject import Subject
from pyg_siamex.visualize.report.rendering import plain


def pair_data(
    explanation: PairExplanation,
    subject: Subject,
    names: tuple[str, str],
    drawings: tuple[Drawing, Drawing],
    matrix: Tensor | None,
    parts: GroupTable | None,
    trust: Mapping[str, Any],
) -> dict[str, Any]:
    """All of it, in values that JSON can hold.

    Args:
        explanation: The pair.
        subject: What it is about.
        names: Names of query and reference.
        drawings: The pictures of both sides.
        matrix: Relevance between nodes, or ``None``.
        parts: Groups of nodes, or ``None``.
        trust: What is known of the explanation's trust.
    """
    sides = []
    for side in range(2):
        found, values = drawings[side].elements, drawings[side].values
        order = found.order
        sides.append(
            {
                "name": drawable(names[side]),
                "labels": [drawable(label) for label in subject.labels[side]],
                "groups": None if subject.groups is None else subject.groups[side],
                "values": None if values is None else packed(values),
                "noun": found.noun,
                "ends": packed([end for k in order for end in found.ends[k]]),
                "importance": packed([found.values[k] for k in order]),
                "per": 2 if found.of_edges else 1,
                "explained": found.explained,
            }
        )
    curves = trust["curves"]
    return plain(
        {
            "kind": subject.kind,
            "node": subject.node,
            "algorithm": explanation.algorithm,
            "prediction": explanation.prediction,
            "completeness_error": explanation.completeness_error,
            "terms": explanation.terms,
            "shared": subject.shared,
            "sides": sides,
            "matrix": None if matrix is None else packed(matrix),
            "order": [_order(subject, side) for side in range(2)],
            "parts": None if parts is None else _parts_data(parts, matrix is not None),
            "shares": SHARES,
            "points": {side: points_of(curve) for side, curve in curves.items()},
            "trust": trust,
            "settings": explanation.settings,
        }
    )


def _order(subject: Subject, side: int) -> list[int]:
    """Nodes in the order of the matrix: group by group, in order of first mention."""
    nodes = range(len(subject.labels[side]))
    if subject.groups is None:
        return list(nodes)
    first = {name: k for k, name in reversed(list(enumerate(subject.groups[side])))}
    return sorted(nodes, key=lambda node: first[subject.groups[side][node]])  # type: ignore[index]


def _parts_data(parts: GroupTable, has_values: bool) -> dict[str, Any]:
    return {
        "names": [[drawable(name) for name in names] for names in (parts.rows, parts.columns)],
        "members": parts.members,
        "values": parts.values.tolist() if has_values else None,
    }


def parts_of(
    subject: Subject, matrix: Tensor | None, drawings: tuple[Drawing, Drawing]
) -> GroupTable | None:
    """Groups of both sides: with the relevance between them, or alone where there is none."""
    if subject.groups is None:
        return None
    if matrix is not None:
        return group_table(matrix, subject.groups)
    query, reference = (
        group_members(names, torch.tensor([abs(v) for v in drawing.values or [0.0] * len(names)]))
        for names, drawing in zip(subject.groups, drawings, strict=True)
    )
    members = list(query.values()), list(reference.values())
    return GroupTable(
        list(query), list(reference), torch.zeros(len(query), len(reference)), members
    )


def node_table(subject: Subject, matrix: Tensor | None) -> GroupTable | None:
    """Every node as a group of its own, where there is relevance and there are no groups."""
    if matrix is None or not matrix.numel():
        return None
    return GroupTable(*subject.labels, matrix, ([], []))
