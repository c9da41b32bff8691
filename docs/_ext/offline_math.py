"""Formulas as MathML, which browsers draw themselves: pages need no script and no network."""

import re
from html import unescape
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

_MATHML = "http://www.w3.org/1998/Math/MathML"
_BARS = {"\u00af", "\u203e", "\u2015", "_"}

REPLACED = {
    r"\\[bB]ig[lr]?(?![a-zA-Z])": "",
    r"\\iff(?![a-zA-Z])": r"\\;\\Leftrightarrow\\;",
    r"\\tfrac(?![a-zA-Z])": r"\\frac",
    r"\\operatorname(?![a-zA-Z])": r"\\mathrm",
    r"\\dots(?![a-zA-Z])": r"\\ldots",
    r"(\\lVert(?:(?!\\rVert).)*\\rVert)([\^_])": r"{\1}\2",
}
"""Commands of LaTeX that the converter of docutils does not know, and norms with an exponent, which
would raise their closing bar alone."""


def mathml(text: str, block: bool) -> str:
    """A formula as MathML."""
    for command, other in REPLACED.items():
        text = re.sub(command, other, text)
    found: str = import_module("docutils.utils.math.latex2mathml").tex2mathml(text, as_block=block)
    return with_bars(found)


def with_bars(formula: str) -> str:
    """Draw bars over whole expressions, which browsers do not stretch without a font for them."""
    ElementTree.register_namespace("", _MATHML)
    text = re.sub(r"&(?!lt;|gt;|amp;)\w+;", lambda name: unescape(name[0]), formula)
    root = ElementTree.fromstring(text)
    for over in list(root.iter(f"{{{_MATHML}}}mover")):
        inner, mark = over
        if (mark.text or "").strip() in _BARS and not inner.tag.endswith("}mi"):
            over.clear()
            over.tag, over.text = f"{{{_MATHML}}}mrow", None
            over.set("style", "border-top: 1px solid; padding-top: 1px")
            over.append(inner)
    return ElementTree.tostring(root, encoding="unicode")


def _visit(block: bool) -> Any:
    def visit(translator: Any, node: Any) -> None:
        """Write the formula, or warn and write its source."""
        try:
            formula = mathml(node.astext(), block)
        except Exception as error:
            logger = import_module("sphinx.util.logging").getLogger(__name__)
            logger.warning("formula '%s': %s", node.astext(), error, location=node)
            formula = f"<code>{translator.encode(node.astext())}</code>"
        tag = "div" if block else "span"
        translator.body.append(f'<{tag} class="math">{formula}</{tag}>')
        raise import_module("docutils.nodes").SkipNode

    return visit


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(_visit(block=False), None),
        block_renderers=(_visit(block=True), None),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
