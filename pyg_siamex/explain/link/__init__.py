"""Links of one graph, explained by one mask on the part of the graph that both nodes read."""

from pyg_siamex.explain.link.explain_link import explain_link, explain_links
from pyg_siamex.explain.link.link_explanation import LinkExplanation

__all__ = ["LinkExplanation", "explain_link", "explain_links"]
