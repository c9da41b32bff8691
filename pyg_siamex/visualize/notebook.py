"""HTML of an explained pair for notebooks."""

from torch_geometric.explain import Explanation

from pyg_siamex._extras import MissingExtraError
from pyg_siamex.data.named_atoms import names_atoms
from pyg_siamex.explain.elements import is_masked, strongest_edges, undirected_edges
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.visualize.paper.numbers import number
from pyg_siamex.visualize.paper.words import amount, headline, xml

_MOST = 5
"""Edges or pairs listed."""


def pair_html(explanation: PairExplanation) -> str:
    """Show the molecules of a pair as a picture, and other graphs as a small table.

    The table has the similarity, the explainer, and the strongest node pairs or edges. Text from
    the explanation is escaped. A pair that cannot be drawn gets the table, not an error.
    """
    if names_atoms(explanation.query) and names_atoms(explanation.reference):
        try:
            from pyg_siamex.visualize.molecule import draw_molecules  # only molecules need RDKit

            picture = draw_molecules(explanation)
            return f'<div style="background:#ffffff;display:inline-block">{picture}</div>'
        except (ValueError, MissingExtraError):
            pass
    return pair_table(explanation)


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
    if explanation.relevance is not None and explanation.relevance.numel():
        pairs = explanation.top_pairs(_MOST)
        text = ", ".join(f"{i} \u2013 {j}: {number(value, '+')}" for i, j, value in pairs)
        rows.append(("strongest node pairs (query \u2013 reference)", text))
    for name in ("query", "reference"):
        edges = _strongest_edges(getattr(explanation, name))
        if edges:
            rows.append((f"strongest edges of the {name}", edges))
    body = "".join(f"<tr><th>{xml(head)}</th><td>{xml(text)}</td></tr>" for head, text in rows)
    return f'<table class="pyg-siamex-pair">{body}</table>'


def _strongest_edges(graph: Explanation) -> str:
    edges = strongest_edges(undirected_edges(graph), _MOST) if is_masked(graph) else []
    return ", ".join(f"{low} \u2013 {high}: {number(value)}" for low, high, value in edges)
