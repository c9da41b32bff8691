"""The activity cliffs of a table as one page, each explained on both molecules."""

from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex.explain.cliffs import Cliff, Cliffs
from pyg_siamex.explain.provenance import versions
from pyg_siamex.visualize.paper.numbers import fixed, number
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import drawable, name_of, sentence
from pyg_siamex.visualize.report.pair.pair_section import PairSection, pair_section, until_full
from pyg_siamex.visualize.report.rendering import plain, render
from pyg_siamex.visualize.report.thumbnail import thumbnail_pair

_MOST_BYTES = 4_000_000
"""Most bytes of drawn cliffs; further cliffs are only rows of the table."""

_CHANGES = 25
"""Changes of substituents in the page's table; the CSV file has all."""

_LONGEST = 60
"""Letters of a name."""


@checked
def cliffs_report(cliffs: Cliffs, path: str | Path, *, title: str | None = None) -> None:
    """Write a page of activity cliffs: one HTML file that needs nothing else, under 5 MB.

    The page has a table of the cliffs with the share of the importance on what changed, the changes
    of substituents with what they do to the activity, and the explained pairs; a button above each
    pair marks its changed atoms.

    Args:
        cliffs: What :func:`pyg_siamex.recipe.cliffs` found.
        path: Where to write, ``.html``.
        title: The page's title.

    Raises:
        ValueError: If the suffix is not ``.html``.
    """
    picture_format(path, ("html",))
    sections = _sections(cliffs)
    keys = {section.key for section in sections}
    page = render(
        "cliffs.html.jinja",
        title=drawable(title) if title else f"Activity cliffs in {name_of(cliffs.activity, 40)}",
        activity=name_of(cliffs.activity, 40),
        answer=_answer(cliffs),
        notes=[*_notes(cliffs), *(sentence(str(note)) for note in cliffs.notes)],
        rows=[_row(pair, keys) for pair in cliffs.pairs],
        changes=_changes(cliffs.changes.head(_CHANGES)),
        more_changes=max(len(cliffs.changes) - _CHANGES, 0),
        sections=sections,
        choices=[_choice(pair) for pair in cliffs.pairs[: len(sections)]],
        files={
            "cliffs": plain({"rows": _file(cliffs.to_frame())}),
            "changes": plain({"rows": _file(cliffs.changes)}),
        },
        versions=versions(),
    )
    write_whole(path, page.encode())


def _sections(cliffs: Cliffs) -> list[PairSection]:
    drawn = (
        pair_section(
            pair.explanation,
            f"cliff-{pair.rank}",
            names=(_name(pair, 0), _name(pair, 1)),
            groups=_groups,
            hidden=pair.rank > 1,
        )
        for pair in cliffs.pairs
        if pair.explanation is not None
    )
    return list(until_full(drawn, _MOST_BYTES))


def _groups(graph: Explanation) -> list[str]:
    """Whether each atom is one of those that differ."""
    return list(graph.change)


def _name(pair: Cliff, side: int) -> str:
    return f"{name_of(pair.names[side], _LONGEST)} ({number(pair.values[side])})"


def _answer(cliffs: Cliffs) -> str:
    if not cliffs.pairs:
        return (
            f"None: no two of {cliffs.entries:,} molecules are this alike and differ by "
            f"{number(cliffs.least_difference)} or more."
        )
    shown = len(cliffs.pairs)
    known = sum(not isnan(pair.share) for pair in cliffs.pairs)
    found = f"{cliffs.found:,} pairs of {cliffs.entries:,} molecules are"
    if cliffs.found == 1:
        found = f"1 pair of {cliffs.entries:,} molecules is"
    return (
        f"{found} alike and differ by {number(cliffs.least_difference)} or more. Of the {shown} "
        f"steepest, the model finds {cliffs.told_apart} rather unlike, and in {cliffs.seen} of "
        f"{known} its explanation puts more weight on the atoms that changed than chance would."
    )


def _notes(cliffs: Cliffs) -> list[str]:
    alike = {
        "structure": (
            f"the Tanimoto similarity of their ECFP4 is {number(cliffs.least_similarity)} or more, "
            f"or they differ by one substituent"
        ),
        "model": (
            f"the model's probability that they are alike is {number(cliffs.least_similarity)} or "
            f"more"
        ),
    }[cliffs.by]
    measure = "Tanimoto similarity" if cliffs.by == "structure" else "probability"
    return [
        f"Two molecules are alike if {alike}; {cliffs.compared:,} pairs are. Cliffs are ranked by "
        f"SALI: the difference in activity over 1 less the {measure}.",
        f"Explained by {cliffs.algorithm}. Share: what part of the importance of all atoms, by "
        f"magnitude, lies on those that differ; chance: their part of all atoms. Model, alike: its "
        f"calibrated probability that the two are alike. Atoms differ if they are in the "
        f"substituent that changed, or else outside the common substructure; the table marks them.",
    ]


def _row(pair: Cliff, keys: set[str]) -> dict[str, Any]:
    key, known = f"cliff-{pair.rank}", pair.explanation
    drawn = [] if known is None else thumbnail_pair(known.query, known.reference, pair.changed)
    return {
        "rank": pair.rank,
        "key": key if key in keys else None,
        "names": [name_of(name, _LONGEST) for name in pair.names],
        "values": [number(value) for value in pair.values],
        "difference": number(pair.difference, "+"),
        "tanimoto": fixed(pair.tanimoto, 2),
        "probability": fixed(pair.probability, 2),
        "sali": number(pair.sali),
        "change": _two_lines(pair.change),
        "share": "" if isnan(pair.share) else f"{pair.share:.0%}",
        "chance": "" if isnan(pair.chance) else f"{pair.chance:.0%}",
        "pictures": drawn,
    }


def _two_lines(change: str) -> list[str]:
    """Both substituents, the second with an arrow; nothing where more than one changed."""
    if change.count(">>") != 1:
        return [name_of(change, _LONGEST), ""]
    before, after = (name_of(part.replace("[*:1]", "\u2013*"), 30) for part in change.split(">>"))
    return [before, f"\u2192 {after}"]


def _arrow(change: str) -> str:
    return name_of(change.replace("[*:1]", "\u2013*").replace(">>", " \u2192 "), _LONGEST)


def _changes(frame: pd.DataFrame) -> list[list[str]]:
    return [
        [
            _arrow(row["change"]),
            f"{row['pairs']:,}",
            number(row["mean"], "+"),
            number(row["std"]),
            fixed(row["probability"], 2),
        ]
        for row in frame.to_dict("records")
    ]


def _choice(pair: Cliff) -> str:
    names = " and ".join(name_of(name, 30) for name in pair.names)
    return f"{pair.rank}. {names}: {number(pair.difference, '+')}"


def _file(frame: pd.DataFrame) -> list[list[Any]]:
    body = frame.astype(object).to_numpy().tolist()
    return [[str(column) for column in frame.columns], *body]
