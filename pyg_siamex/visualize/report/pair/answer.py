"""The answer in one plain sentence with numbers, for the top of the page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from pyg_siamex.explain.carried import Carried
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import amount
from pyg_siamex.visualize.report.pair.group_table import GroupTable
from pyg_siamex.visualize.report.pair.ranked_elements import RankedElements
from pyg_siamex.visualize.report.pair.subject import Subject

_SHARE = 0.2
"""Share of the elements that the answer leaves out, to say what is lost."""

_LISTED = 3
"""Most elements that the answer names."""


@dataclass(frozen=True)
class _Answer:
    """A question and its answer."""

    question: str
    text: str


def answer_of(
    explanation: PairExplanation,
    subject: Subject,
    names: tuple[str, str],
    elements: tuple[RankedElements, RankedElements],
    table: GroupTable | None,
    curves: Mapping[str, Mapping[str, Any]],
) -> _Answer:
    """Say what the similarity rests on: the strongest pair of groups, or what is lost without it.

    Args:
        explanation: The pair.
        subject: What it is about.
        names: Names of query and reference.
        elements: What is ranked on both sides.
        table: Relevance between groups or nodes, where there is any.
        curves: Measured curves by side, as :func:`~pyg_siamex.metric.trust` has them; empty where
            there is no model.
    """
    s, known = similarity(explanation.prediction), explanation.carried
    if known is not None and not known.agrees:
        return _of_no_parts(subject.node, s, known)
    question = question_of(explanation, names)
    if table is not None and float(table.values.abs().max()) > 0:
        text = _of_pairs(names, s, table, subject.node, known, verdict_of(explanation))
        return _Answer(question, text)
    side = next((side for side in curves if not math.isnan(curves[side]["effect"])), None)
    if side is not None:
        return _Answer(question, _of_loss(subject, names, s, elements, side, curves[side]))
    named = [
        f"{listed(subject, found, k)} of {name}"
        for k, (found, name) in enumerate(zip(elements, names, strict=True))
        if found.explained and found.ends
    ]
    if not named:
        return _Answer(question, f"The similarity is {s}; this explanation names nothing.")
    method = explanation.algorithm or "The explainer"
    parts = " and ".join(named)
    return _Answer(question, f"The similarity is {s}. {method} holds most important: {parts}.")


def verdict_of(explanation: PairExplanation) -> str | None:
    """Whether the model finds two graphs ``"alike"`` or ``"unlike"``; ``None`` if it is not known.

    A calibrated model compares them with pairs as they usually are. Without one, a similarity above
    0 is alike, and what one below 0 means depends on the head.

    Args:
        explanation: The pair.
    """
    model, s = explanation.model, explanation.prediction
    if model is not None and model.calibration.is_set:
        with torch.no_grad():
            logit = float(model.calibration(torch.tensor(s, device=model.calibration.prior.device)))
        return "alike" if logit >= float(model.calibration.prior) else "unlike"
    return "alike" if s > 0 else None


def question_of(explanation: PairExplanation, names: tuple[str, str]) -> str:
    """What a page answers: why two graphs are what the model finds them.

    Args:
        explanation: The pair.
        names: Names of query and reference.
    """
    verdict = verdict_of(explanation)
    if verdict is None:
        return f"What is the similarity of {names[0]} and {names[1]} made of?"
    return f"What makes {names[0]} and {names[1]} {verdict}?"


def listed(subject: Subject, elements: RankedElements, side: int) -> str:
    """Name the most important elements and leave out those without importance."""
    order = elements.order[:_LISTED]
    chosen = [k for k in order if elements.values[k] != 0] or order[:1]
    noun = elements.noun if len(chosen) == 1 else f"{elements.noun}s"
    names = _and([element_name(subject, side, elements.ends[k]) for k in chosen])
    return f"the {noun} {names}"


def element_name(subject: Subject, side: int, ends: Sequence[int]) -> str:
    """Name an element by its node, or by both its nodes."""
    return "\u2013".join(subject.labels[side][node] for node in ends)


def _of_no_parts(node: str, s: str, known: Carried) -> _Answer:
    """Say that parts do not account for the similarity, and draw no conclusion from them."""
    what = "what depends on both graphs" if known.of_both else f"a similarity of {s}"
    return _Answer(
        f"The {node}s do not account for this similarity",
        f"They carry {amount(known)}: the rest of {what} is on no {node}. The colours show which "
        f"way each {node} pulls by itself, and do not explain why the two are alike or unlike.",
    )


def _of_pairs(
    names: tuple[str, str],
    s: str,
    table: GroupTable,
    node: str,
    known: Carried | None,
    verdict: str | None,
) -> str:
    """Say which two parts pull together, or push apart, most."""
    values = table.values
    alike = float(values.sum()) >= 0 if verdict is None else verdict == "alike"
    if not bool(((values if alike else -values) > 0).any()):
        alike = not alike  # all of it goes the other way
    signed = values if alike else -values
    place = int(signed.argmax())
    row, column = divmod(place, values.size(1))
    share = float(signed.flatten()[place] / signed.clamp_min(0).sum())
    top = number(float(values[row, column]), "+")
    row_name, column_name = f"\u201c{table.rows[row]}\u201d", f"\u201c{table.columns[column]}\u201d"
    parts = f"{row_name} of {names[0]} with {column_name} of {names[1]}"
    what = "pulls them together" if alike else "pushes them apart"
    return (
        f"Above all {parts}: {top}, which is {share:.0%} of everything that {what}. "
        f"The similarity is {s}"
        + ("." if known is None else f"; the {node}s carry {amount(known)}.")
    )


def _of_loss(
    subject: Subject,
    names: tuple[str, str],
    s: str,
    elements: tuple[RankedElements, RankedElements],
    side: str,
    curve: Mapping[str, Any],
) -> str:
    """Say what the similarity becomes without the most important elements of one side."""
    k = 0 if side == "query" else 1
    found, name = elements[k], names[k]
    step = min(range(len(curve["shares"])), key=lambda i: abs(curve["shares"][i] - _SHARE))
    lost, rest = curve["removed"][step], curve["count"] - curve["selected"][step]
    count = curve["selected"][step]
    verb = "falls" if lost < curve["whole"] else "rises"
    noun = found.noun if count == 1 else f"{found.noun}s"
    return (
        f"Above all {listed(subject, found, k)} of {name}. Without its {count:,} most important "
        f"{noun} of {count + rest:,}, the similarity of {s} {verb} to {similarity(lost)}; "
        f"by these alone it is {similarity(curve['kept'][step])}."
    )


def similarity(value: float) -> str:
    """Write a similarity with three decimals below 10, and with three digits from there on."""
    return f"{value:.3f}".replace("-", "\u2212") if abs(value) < 10 else number(value)


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
