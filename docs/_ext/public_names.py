"""Pages of the reference for public names, and links to them from wherever a name is used.

A name that several rooms export has one page, in the shortest room; a reference to the module that
defines it leads there too.
"""

import re
from collections import Counter
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

ROOMS = {
    "pyg_siamex.data": "Graphs, pairs and splits",
    "pyg_siamex.datasets": "Data sets",
    "pyg_siamex.datasets.connectome": "Connectomes",
    "pyg_siamex.chemistry": "Chemistry",
    "pyg_siamex.nn": "Models",
    "pyg_siamex.nn.similarity": "Similarity heads",
    "pyg_siamex.nn.neighbours": "Neighbours",
    "pyg_siamex.nn.training": "Training",
    "pyg_siamex.explain": "Explainers",
    "pyg_siamex.explain.self_learned": "Self-learned masks",
    "pyg_siamex.explain.self_learned.invariance": "Invariances",
    "pyg_siamex.explain.self_learned.solver": "Solvers",
    "pyg_siamex.explain.relevance": "Relevance of pairs",
    "pyg_siamex.explain.overview": "Overviews",
    "pyg_siamex.explain.check": "Checks",
    "pyg_siamex.metric": "Measures",
    "pyg_siamex.visualize": "Pictures and pages",
    "pyg_siamex.visualize.paper": "Parts of pictures",
    "pyg_siamex.visualize.report.domain": "Domains of pages",
    "pyg_siamex.recipe": "Recipes",
}
"""Public packages and what each is about, in the order of the reference."""

OTHERS = (
    *("torch", "torch_geometric", "numpy", "pandas", "networkx", "sklearn", "scipy", "rdkit"),
    *("matplotlib", "nilearn", "lightning", "torchmetrics", "pytorch_metric_learning", "captum"),
    *("collections", "pathlib", "typing", "typing_extensions", "os", "io", "datetime", "abc"),
    *("nn", "pd", "np", "nx", "pa", "dataclasses", "numbers", "types", "BaseDistance", "Data"),
)
"""Packages whose documentation is elsewhere."""


@cache
def pages() -> dict[str, str]:
    """The room in which each public name has its page, by ``room.name``."""
    home: dict[int, str] = {}
    for room in sorted(ROOMS, key=lambda name: (name.count("."), name)):
        for name in import_module(room).__all__:
            home.setdefault(_identity(room, name), f"{room}.{name}")
    return {
        f"{room}.{name}": home[_identity(room, name)]
        for room in ROOMS
        for name in import_module(room).__all__
    }


def own(room: str) -> list[str]:
    """Names that have their page in a room, in alphabetical order."""
    own = [name for name, page in pages().items() if page == name and _in(room, name)]
    return sorted(name.rpartition(".")[2] for name in own)


def elsewhere(room: str) -> list[str]:
    """Pages of names that a room exports and another one documents."""
    return sorted({page for name, page in pages().items() if page != name and _in(room, name)})


def page_of(target: str) -> str | None:
    """The page of what a dotted name leads to, with the rest of the name if it is a member."""
    parts = target.split(".")
    for cut in range(len(parts), 1, -1):
        found = _by_identity().get(id(_value(".".join(parts[:cut]))))
        if found is not None:
            return ".".join([found, *parts[cut:]])
    return None


def _in(room: str, name: str) -> bool:
    return name.rpartition(".")[0] == room


def _identity(room: str, name: str) -> int:
    return id(getattr(import_module(room), name))


@cache
def _by_identity() -> dict[int, str]:
    return {id(_value(page)): page for page in pages().values()}


def _value(target: str) -> Any:
    """What a dotted name leads to; an object of its own if it leads nowhere."""
    module, _, name = target.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        return object()


@cache
def _short_names() -> dict[str, str]:
    """Pages by the last part of their names, where that is one page."""
    found: dict[str, set[str]] = {}
    for page in pages().values():
        found.setdefault(page.rpartition(".")[2], set()).add(page)
    return {name: next(iter(several)) for name, several in found.items() if len(several) == 1}


def _resolve(app: Any, env: Any, node: Any, contnode: Any) -> Any:
    """Lead a reference to the page of its name; leave names without a page as text.

    Names that are neither here nor in another project are left to Sphinx, which warns of them.
    """
    if node.get("refdomain") != "py":
        return None
    target, place = node.get("reftarget", ""), node["refdoc"]
    if target in ROOMS:
        room = node.copy()
        room["reftarget"] = f"/docs/reference/{target.removeprefix('pyg_siamex.')}"
        return env.domains["std"].resolve_xref(
            env, place, app.builder, "doc", room["reftarget"], room, contnode
        )
    page = page_of(target) or page_of(_spelt_out(target))
    if page is not None:
        link = env.domains["py"].resolve_xref(env, place, app.builder, "obj", page, node, contnode)
        return contnode if link is None else link
    known = target.partition(".")[0] in OTHERS or _exists(target) or _is_private(target)
    return contnode if known else None


def _spelt_out(target: str) -> str:
    """A name, or a member of a name, with the room of the name in front."""
    name, dot, member = target.partition(".")
    return f"{_short_names().get(name, name)}{dot}{member}"


def _exists(target: str) -> bool:
    """Whether the package has a module, a name or a member of that dotted name."""
    parts = target.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:cut]))
        except ImportError:
            continue
        for name in parts[cut:]:
            known = getattr(found, "__dataclass_fields__", {}) | getattr(
                found, "__annotations__", {}
            )
            if not hasattr(found, name):
                return name in known
            found = getattr(found, name)
        return True
    return False


def _is_private(target: str) -> bool:
    """Whether a module of the package has that name."""
    first = target.partition(".")[0]
    return any(hasattr(module, first) for module in _modules())


@cache
def _modules() -> list[Any]:
    """All modules of the package but the command line's start."""
    package = import_module("pyg_siamex")
    names = [found.name for found in walk_packages(package.__path__, "pyg_siamex.")]
    return [import_module(name) for name in names if name != "pyg_siamex.__main__"]


def _without_pages(app: Any, doctree: Any) -> None:
    """Take the pages of names out of the table of contents, which stands beside every page."""
    if app.env.current_document.docname.startswith("docs/reference/"):
        for node in list(doctree.findall(lambda found: type(found).__name__ == "autosummary_toc")):
            node.parent.remove(node)


def _constant(app: Any, what: str, name: str, value: Any, options: Any, lines: list[str]) -> None:
    """Replace the docstring of a constant's type by what stands below the constant."""
    if what != "data":
        return
    label = name.rpartition(".")[2]
    analyse = import_module("sphinx.pycode").ModuleAnalyzer.for_module
    for module in _modules():
        if vars(module).get(label) is value:
            docs = analyse(module.__name__).find_attr_docs()
            if ("", label) in docs:
                lines[:] = docs["", label]
                return
    lines[:] = []


def _file_names() -> dict[str, str]:
    """Names of files for pages whose names differ by their case alone."""
    lower = Counter(page.lower() for page in set(pages().values()))
    twice = {page for page in pages().values() if lower[page.lower()] > 1}
    return {page: f"{page}_function" for page in twice if page.rpartition(".")[2].islower()}


def _keep_last_underscores(
    app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """Let attributes such as ``model_`` not be read as links of reStructuredText."""
    lines[:] = [re.sub(r"^(:ivar \w+)_:", r"\1\\_:", line) for line in lines]


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.config.autosummary_filename_map = _file_names()
    summary: Any = import_module("sphinx.ext.autosummary")
    summary.WELL_KNOWN_ABBREVIATIONS += ("eq.", "Mach.", "Learn.", "Comput.", "Oper.", "J.", "Med.")
    app.connect("autodoc-process-docstring", _keep_last_underscores, priority=900)
    app.connect("autodoc-process-docstring", _constant)
    app.connect("missing-reference", _resolve)
    app.connect("doctree-read", _without_pages, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
