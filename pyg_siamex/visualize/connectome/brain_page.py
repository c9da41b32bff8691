"""Both connectomes of a pair in three dimensions, on a page that a browser turns and zooms."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from pyg_siamex._door import checked
from pyg_siamex.explain.elements import Edge
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.connectome.brain_pair import BrainPair, Connectome
from pyg_siamex.visualize.connectome.glass_brain import nilearn_plotting, weights
from pyg_siamex.visualize.paper.content_policy import POLICY, with_policy
from pyg_siamex.visualize.paper.ink import Mark, network_marks
from pyg_siamex.visualize.paper.picture_file import picture_format, write_whole
from pyg_siamex.visualize.paper.words import bar_words, xml

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 15px "DejaVu Sans", Arial, sans-serif; color: #222222; background: #ffffff;
  margin: 1em; }}
h1, h2 {{ font-size: 1.1em; margin: 0.3em 0; }}
main {{ display: flex; flex-wrap: wrap; gap: 1em; }}
section {{ flex: 1 1 420px; }}
iframe {{ width: 100%; height: 520px; border: 1px solid #c4c4c4; }}
ul {{ list-style: none; display: flex; flex-wrap: wrap; gap: 0.3em 1.2em; padding: 0; }}
li span {{ display: inline-block; width: 0.8em; height: 0.8em; border: 1px solid #222222;
  border-radius: 50%; margin-right: 0.4em; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{words}</p>
<main>
{brains}
</main>
{networks}
<p>Drag to turn, scroll to zoom. Lines: {edges}. A region is larger for more importance; the most
important ones have names.</p>
</body>
</html>
"""

_FAVICON = re.compile(r'<link rel="icon"[^>]*>')
"""The icon that nilearn's page would load from the network."""

_BEGIN = re.compile(r'("line_cmin": )0\.0\b')
"""Where nilearn's page says at which value the colours of lines begin."""

_FIRST_RANK = 1.0
"""Value of the weakest line where colours go by rank, above 0, which is no line."""

_SMALLEST, _LARGEST = 2.0, 14.0
"""Diameters in pixels of the least and the most important region."""


@checked
def view_connectomes(
    explanation: PairExplanation,
    path: str | Path,
    *,
    atlas: Any = None,
    edges: int = 60,
    regions: int = 5,
    names: Sequence[str] | None = None,
    title: str = "Explained similarity",
    limit: float | None = None,
) -> None:
    """Write a page with both connectomes in three dimensions, for a browser.

    Colours, sizes and edges as in :func:`draw_connectomes`; from the ninth network on, colours
    come again. The page holds all that it needs
    (about 5 MB) and loads nothing from the network.

    Args:
        explanation: What an explainer returned.
        path: Where to write, ``.html``.
        atlas: A mapping or an object, such as an :class:`~pyg_siamex.datasets.connectome.Atlas`,
            with any of ``names``, ``coordinates`` (``[n, 3]``, MNI mm) and ``networks`` of the
            regions; the rest is taken from the graphs' ``roi_names``, ``pos`` and ``networks``.
        edges: How many edges to draw of each graph, at least 0.
        regions: How many regions of largest importance to name, at least 0.
        names: Names of query and reference; by default these words, and the graphs' ``name``.
        title: The page's title.
        limit: Edge importance of the strongest colour, to compare pages; by default the largest
            of the pair.

    Raises:
        ValueError: If a graph has no coordinates, if there is nothing to draw, or if an argument
            is out of its range.
    """
    picture_format(path, ("html",))
    pair = BrainPair.of(explanation, atlas, names, edges, limit)
    marks = network_marks(pair.networks)
    brains = [_brain(pair, side, marks, regions) for side in pair.sides]
    before, after = bar_words(pair.scale)
    page = _PAGE.format(
        policy=POLICY,
        title=xml(pair.headline(title)),
        words=xml(pair.words),
        brains="\n".join(brains),
        networks=_legend(marks) if pair.grouped else "",
        edges=xml(f"from {before} to {after}") if pair.weighed else "none",
    )
    write_whole(path, with_policy(page, draws_itself=True).encode())


def _legend(marks: dict[str, Mark]) -> str:
    """List the networks and their colours as HTML."""
    entries = [
        f'<li><span style="background:{mark.colour}"></span>{xml(name)}</li>'
        for name, mark in marks.items()
    ]
    return f"<h2>network</h2>\n<ul>{''.join(entries)}</ul>"


def _brain(pair: BrainPair, side: Connectome, marks: dict[str, Mark], regions: int) -> str:
    """Draw one graph in a frame of its own."""
    places = side.regions.placed(side.which)
    leading = set(side.graph.leading(regions))
    view = nilearn_plotting().view_connectome(
        _lines(pair, side),
        places,
        edge_cmap=pair.scale.colormap,
        symmetric_cmap=pair.scale.signed,
        node_color=[marks[name].colour for name in side.networks],
        node_size=_diameters(pair, side),
        node_labels=_labels(side, leading),
        colorbar=bool(side.edges) and not pair.scale.drawn,
        colorbar_fontsize=13,
    )
    document = _FAVICON.sub("", view.html, count=1)
    if pair.scale.drawn:
        document = _BEGIN.sub(rf"\g<1>{_FIRST_RANK:.9g}", document)
    name = xml(side.name if side.graph.nodes is not None else f"{side.name}: not explained")
    return (
        f"<section><h2>{name}</h2>"
        f'<iframe title="{name}" scrolling="no" sandbox="allow-scripts" '
        f'srcdoc="{escape(document)}">'
        "</iframe></section>"
    )


def _lines(pair: BrainPair, side: Connectome) -> np.ndarray:
    """List each edge once; a line without length at the first region ends the scale."""
    scale, edges, most = pair.scale, side.edges, pair.scale.limit
    if scale.drawn:  # nilearn colours by value, so a line's value is its rank
        most = _FIRST_RANK + 1
        edges = [Edge(low, high, _FIRST_RANK + scale.share(value)) for low, high, value in edges]
    lines = np.triu(weights(edges, len(side.regions.names), most), 1)
    lines[0, 0] = most
    return lines


def _diameters(pair: BrainPair, side: Connectome) -> list[float]:
    """Return the diameter of each region in pixels."""
    nodes = side.graph.nodes
    values = np.zeros(len(side.regions.names)) if nodes is None else np.abs(nodes)
    share = values / (pair.largest or 1.0)
    return [float(size) for size in _SMALLEST + (_LARGEST - _SMALLEST) * share]


def _labels(side: Connectome, leading: set[int]) -> list[str]:
    """Escape the names of the most important regions: the page reads labels as HTML."""
    return [xml(name) if k in leading else "" for k, name in enumerate(side.regions.names)]
