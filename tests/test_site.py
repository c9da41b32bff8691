"""The documentation site: every page is reachable, every public name is in the reference."""

import os
import re
import subprocess
import sys
from glob import glob
from importlib import import_module
from pathlib import Path

import pytest

import pyg_siamex

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
sys.path.insert(0, str(DOCS / "_ext"))
public_names = import_module("public_names")
ROOMS = list(public_names.ROOMS)

PAGES = sorted(
    path
    for pattern in ("docs/**/*.md", "docs/**/*.rst", "datasets/*.md", "experiments/*/*.md", "*.md")
    for path in ROOT.glob(pattern)
    if not {"generated", "results"} & set(path.relative_to(ROOT).parts)
    and not path.relative_to(DOCS.parent).as_posix().startswith("docs/_")
    and path != ROOT / "README.md"
)
"""Sources of the site, as docs/conf.py includes them."""


def text_of(path):
    return path.read_text(encoding="utf-8")


def toctrees(path):
    """Sources that the tables of contents of a page name."""
    blocks = re.findall(r"^```\{toctree\}\n(.*?)^```", text_of(path), re.DOTALL | re.MULTILINE)
    blocks += re.findall(r"^\.\. toctree::\n((?:   .*\n|\n)*)", text_of(path), re.MULTILINE)
    for line in (line.strip() for block in blocks for line in block.splitlines()):
        if line and not line.startswith(":"):
            entry = re.sub(r"^.*<(.*)>$", r"\1", line)
            yield from found(path.parent, entry)


def found(folder, entry):
    if "*" in entry:
        return [Path(name).resolve() for name in glob(str(folder / f"{entry}.md"))]
    sources = [(folder / f"{entry}{suffix}").resolve() for suffix in (".md", ".rst")]
    return [source for source in sources if source.exists()] or [folder / f"{entry} is missing"]


def reachable():
    seen, waiting = set(), [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen:
            seen.add(page)
            waiting += list(toctrees(page)) if page.exists() else []
    return seen


def test_every_page_is_in_the_table_of_contents_and_every_entry_is_a_page():
    missing = {str(page) for page in set(PAGES) - reachable()}
    assert not missing, f"name these pages in a toctree: {sorted(missing)}"
    assert not {str(page) for page in reachable() if not page.exists()}


def listed(room):
    """Names in the tables of a page of the reference that have pages of their own."""
    text = text_of(REFERENCE / f"{room.removeprefix('pyg_siamex.')}.rst")
    tables = re.findall(r":toctree: generated\n.*?\n\n((?:   \S+\n)+)", text)
    return sorted(name for table in tables for name in table.split())


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_in_the_reference(room):
    page = f"docs/reference/{room.removeprefix('pyg_siamex.')}.rst"
    assert listed(room) == public_names.own(room), f"{page} lists other names than {room}.__all__"


def test_the_names_of_the_package_itself_have_pages():
    text = text_of(REFERENCE / "index.rst")
    for name in pyg_siamex.__all__:
        page = public_names.page_of(f"pyg_siamex.{name}")
        assert page is not None and f"   ~{page}\n" in text, name


def test_names_of_packages_have_a_page_in_one_of_the_rooms():
    for path in sorted((ROOT / "pyg_siamex").rglob("__init__.py")):
        package = ".".join(path.parent.relative_to(ROOT).parts)
        for name in getattr(import_module(package), "__all__", []):
            page = public_names.page_of(f"{package}.{name}")
            assert page, f"{package}.{name}: make its package a room in docs/_ext/public_names.py"


def imported(page):
    """Modules and names that the code of a page imports from the package."""
    blocks = re.findall(r"^```[^\n]*python\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)
    code = "\n".join(blocks)
    for module, names in re.findall(r"from (pyg_siamex[\w.]*) import (\([^)]*\)|[^\n]*)", code):
        for name in names.strip("()").split(","):
            if name.strip():
                yield module, name.split(" as ")[0].strip()


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "README.md"], ids=lambda path: str(path.relative_to(ROOT))
)
def test_the_code_of_pages_imports_public_names(page):
    public = {(room, name) for room in ROOMS for name in import_module(room).__all__}
    public |= {("pyg_siamex", name) for name in pyg_siamex.__all__}
    hidden = {f"{module}.{name}" for module, name in imported(page) if (module, name) not in public}
    assert not hidden, "export what users need, in the __all__ of its room"


def test_references_lead_from_the_module_that_defines_a_name_to_its_page():
    page = public_names.page_of("pyg_siamex.explain.explainer.PairExplainer.explain")
    assert page == "pyg_siamex.explain.PairExplainer.explain"
    assert public_names.page_of("pyg_siamex.explain.no_such_name") is None


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_files_lead_somewhere(page):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"(?<!!)\]\((?!https?:|mailto:|#)([^)\s]+)\)", prose):
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve()
        assert there.exists(), f"{page.name} links to {target}"
        if anchor and there.suffix == ".md":
            assert anchor in anchors(there), f"{page.name} links to {target}"


def anchors(page):
    """Anchors of headings as the site and the host of the repository make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pictures_have_a_text_for_those_who_do_not_see_them(page):
    assert not re.findall(r"!\[\s*\]\(", text_of(page))
    for block in re.findall(r"```\{(?:image|figure)\}.*?```", text_of(page), re.DOTALL):
        assert re.search(r":alt: \w", block)


def test_the_gallery_has_every_picture_and_page():
    visualize = import_module("pyg_siamex.visualize")
    rooms = ("gallery", "tutorials", "start")
    shown = "".join(text_of(path) for room in rooms for path in (DOCS / room).glob("*.md"))
    missing = {
        name for name in visualize.__all__ if name != "pair_html" and f"{name}(" not in shown
    }
    assert not missing, f"show these in docs/gallery: {sorted(missing)}"


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    pytest.importorskip("sphinx", reason="needs the extra docs")
    words = [
        "-W",
        "--keep-going",
        "-q",
        "-E",
        "-D",
        "nb_execution_mode=off",
        "-d",
        tmp_path / "tree",
    ]
    told = subprocess.run(
        [sys.executable, "-m", "sphinx", *words, "-c", DOCS, ROOT, tmp_path / "site"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr[-3000:]
    assert (tmp_path / "site" / "docs" / "index.html").exists()


def test_the_exponent_of_a_norm_is_one_of_the_whole_norm():
    pytest.importorskip("docutils", reason="needs the extra docs")
    mathml = import_module("offline_math").mathml
    norm = mathml(r"\lVert a - b\rVert^2 - \lVert c\rVert", True)
    raised = norm.split("<msup>")[1].split("</msup>")[0]
    assert raised.count("\u2016") == 2 and norm.count("\u2016") == 4


def test_formulas_become_mathml():
    pytest.importorskip("docutils", reason="needs the extra docs")
    mathml = import_module("offline_math").mathml
    for path in (ROOT / "pyg_siamex").rglob("*.py"):
        for formula in re.findall(r":math:`([^`]+)`", text_of(path)):
            assert mathml(formula, False).startswith("<math"), f"{path}: {formula}"
    bar = mathml(r"\overline{a + b} + \overline{m^2} + \bar J", True)
    assert bar.count("border-top") == 2
