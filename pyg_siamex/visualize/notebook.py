"""HTML of an explained pair for notebooks."""

from base64 import b64encode
from pathlib import Path

from torch_geometric.explain import Explanation

from pyg_siamex._door import checked
from pyg_siamex._extras import MissingExtraError
from pyg_siamex._temporary import temporary_folder
from pyg_siamex.data.named_atoms import names_atoms
from pyg_siamex.explain.elements import is_masked, strongest_edges, undirected_edges
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import amount, headline, xml

_MOST = 5
"""Edges or pairs listed."""

_MOST_PAIRS = 4_000_000
"""Node pairs up to which the pair matrix is computed to be shown."""


@checked
def pair_html(explanation: PairExplanation) -> str:
    """Show the molecules or brains of a pair as a picture, and other graphs as a small table.

    The table has the similarity, the explainer, and the strongest node pairs or edges; it also
    stands below brains. Text from the explanation is escaped. A pair that cannot be drawn gets the
    table, not an error. Pictures keep a white ground where the notebook is dark.
    """
    if names_atoms(explanation.query) and names_atoms(explanation.reference):
        try:
            from pyg_siamex.visualize.molecule import draw_molecules  # only molecules need RDKit

            picture = draw_molecules(explanation)
            return f'<div style="background:#ffffff;display:inline-block">{picture}</div>'
        except (ValueError, MissingExtraError):
            pass
    return _brains(explanation) + pair_table(explanation)


def _brains(explanation: PairExplanation) -> str:
    """Glass brains of a pair whose nodes have names and places, or nothing."""
    graphs = (explanation.query, explanation.reference)
    if any(graph.get(key) is None for graph in graphs for key in ("pos", "roi_names")):
        return ""
    try:
        from pyg_siamex.visualize.connectome import draw_connectomes  # nilearn

        with temporary_folder() as folder:
            path = Path(folder) / "pair.png"
            draw_connectomes(explanation, path)
            data = b64encode(path.read_bytes()).decode()
    except (ValueError, MissingExtraError):
        return ""
    what = "glass brains of query and reference, their strongest connections coloured"
    style = "background:#ffffff;max-width:100%;width:720px"
    return f'<img alt="{what}" style="{style}" src="data:image/png;base64,{data}"/>'


def pair_table(explanation: PairExplanation) -> str:
    """Write the pair's similarity, explainer and strongest parts as an HTML table."""
    explanation = explanation.pulls()
    rows = [("similarity", f"{explanation.prediction:.3f}")]
    if explanation.carried is not None:
        warning = headline(explanation.carried, "")
        rows.append(("carried by nodes", warning or amount(explanation.carried)))
    if explanation.algorithm:
        rows.append(("explainer", explanation.algorithm))
    for name in ("query", "reference"):
        graph = getattr(explanation, name)
        rows.append((name, f"{graph.num_nodes} nodes, {graph.num_edges} edges"))
    count = (explanation.query.num_nodes or 0) * (explanation.reference.num_nodes or 0)
    if explanation.gives_pairs and count > _MOST_PAIRS:
        rows.append(("node pairs", f"{count:,}, computed when relevance is read"))
    elif explanation.relevance is not None and count:
        pairs = explanation.top_pairs(_MOST)
        of_query, of_reference = _names(explanation.query), _names(explanation.reference)
        text = ", ".join(
            f"{of_query[i]} \u2013 {of_reference[j]}: {number(value, '+')}" for i, j, value in pairs
        )
        rows.append(("strongest node pairs (query \u2013 reference)", text))
    for name in ("query", "reference"):
        edges = _strongest_edges(getattr(explanation, name))
        if edges:
            rows.append((f"strongest edges of the {name}", edges))
    body = "".join(f"<tr><th>{xml(head)}</th><td>{xml(text)}</td></tr>" for head, text in rows)
    return f'<table class="dataframe pyg-siamex-pair">{body}</table>'


def _strongest_edges(graph: Explanation) -> str:
    edges = strongest_edges(undirected_edges(graph), _MOST) if is_masked(graph) else []
    names = _names(graph)
    return ", ".join(
        f"{names[low]} \u2013 {names[high]}: {number(value)}" for low, high, value in edges
    )


def _names(graph: Explanation) -> list[str]:
    """Names of the nodes of a connectome, else their numbers."""
    known = graph.get("roi_names")
    count = int(graph.num_nodes or 0)
    named = isinstance(known, list | tuple) and len(known) == count
    return [str(name) for name in (known if named else range(count))]
