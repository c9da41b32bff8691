"""What a page allows a browser: its own scripts and styles, known by their digests, and no more."""

import base64
import hashlib
import re
from collections.abc import Iterable
from html import escape, unescape

POLICY = "@content-policy@"
"""What stands in a page in place of its policy, until its scripts and styles are known."""

_BLOCK = re.compile(r"<(script|style)\b([^>]*)>(.*?)</\1\s*>", re.S | re.I)
_STYLED = re.compile(r"<([a-zA-Z][\w-]*)((?:\s[^<>]*?)?)\sstyle=(\"[^\"]*\"|'[^']*')([^<>]*)>")
_CLASS = re.compile(r"(\sclass=)(\"[^\"]*\"|'[^']*')")
_FRAME = re.compile(r"\ssrcdoc=\"([^\"]*)\"")


def with_policy(page: str, draws_itself: bool = False) -> str:
    """Write the content policy of a page, and its ``style`` attributes as classes.

    Args:
        page: HTML with :data:`POLICY` where the policy belongs, in an attribute.
        draws_itself: Whether its scripts make functions of texts, pictures and an empty style, as
            drawings in three dimensions do.
    """
    if POLICY not in page:  # a part of a page
        return page
    page = _styles_as_classes(page)
    documents = [page, *(unescape(found) for found in _FRAME.findall(page))]
    scripts = _digests(documents, "script")
    styles = _digests(documents, "style")
    if draws_itself:
        scripts.append("'unsafe-eval'")
        styles += _digests(["<style></style>"], "style")
    rules = {
        "default-src": ["'none'"],
        "script-src": scripts or ["'none'"],
        "style-src": styles or ["'none'"],
        "img-src": ["data:", *(["blob:"] if draws_itself else [])],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    text = "; ".join(f"{name} {' '.join(values)}" for name, values in rules.items())
    return page.replace(POLICY, escape(text, quote=False))


def _digests(documents: Iterable[str], tag: str) -> list[str]:
    """Sources of the inline scripts or styles, each once; data are no scripts."""
    found = []
    for document in documents:
        for name, attributes, content in _BLOCK.findall(document):
            if name.lower() == tag and "application/json" not in attributes:
                digest = hashlib.sha256(_as_read(content).encode()).digest()
                found.append(f"'sha256-{base64.b64encode(digest).decode()}'")
    return list(dict.fromkeys(found))


def _as_read(content: str) -> str:
    """Text of a block as browsers read it, with one kind of end of line."""
    return content.replace("\r\n", "\n").replace("\r", "\n")


def _styles_as_classes(page: str) -> str:
    """Give elements a class for their ``style``, since a policy of digests knows no attributes."""
    names: dict[str, str] = {}

    def restyled(found: re.Match[str]) -> str:
        tag, before, style, after = found.groups()
        name = names.setdefault(unescape(style[1:-1]), f"s{len(names)}")
        rest = f"{before}{after}"
        if _CLASS.search(rest):
            rest = _CLASS.sub(lambda own: f'{own[1]}"{own[2][1:-1]} {name}"', rest, count=1)
            return f"<{tag}{rest}>"
        return f'<{tag} class="{name}"{rest}>'

    parts, last = [], 0
    for block in _BLOCK.finditer(page):
        parts += [_STYLED.sub(restyled, page[last : block.start()]), block[0]]
        last = block.end()
    parts.append(_STYLED.sub(restyled, page[last:]))
    if not names:
        return page
    # As strong as the attributes were.
    important = {
        name: style.rstrip("; ").replace(";", "!important;") for style, name in names.items()
    }
    rules = "".join(f".{name}{{{style}!important}}" for name, style in important.items())
    return "".join(parts).replace("</head>", f"<style>{rules}</style>\n</head>", 1)
