"""Explained pairs of every kind, the pages of them, and a browser to read these."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from explained import FOREIGN, NASTY, brain, molecule, row, small_model
from torch_geometric.nn import GCN

from pyg_siamex import BiLRP, Occlusion, PairExplainer, PairExplanation
from pyg_siamex.visualize import report


@pytest.fixture(scope="session")
def alike() -> PairExplanation:
    """Two molecules with relevance between their atoms; the first and only session copy."""
    explainer = PairExplainer(small_model(9), BiLRP(), node_mask_type="object")
    query = molecule("CC(=O)Oc1ccccc1C(=O)O", "aspirin")
    return explainer(query, molecule("OC(=O)c1ccccc1O", "salicylic acid"))


@pytest.fixture(scope="session")
def bonds() -> PairExplanation:
    """The same molecules with signed masks of bonds."""
    explainer = PairExplainer(small_model(9), Occlusion(), edge_mask_type="object", undirected=True)
    query = molecule("CC(=O)Oc1ccccc1C(=O)O", "aspirin")
    return explainer(query, molecule("OC(=O)c1ccccc1O", "salicylic acid"))


@pytest.fixture(scope="session")
def brains() -> PairExplanation:
    """Two connectomes of the same regions with masks of connections."""
    model = small_model(12, GCN)
    explainer = PairExplainer(model, Occlusion(), edge_mask_type="object", undirected=True)
    return explainer(brain(0), brain(1))


@pytest.fixture(scope="session")
def rows() -> PairExplanation:
    """Two rows of a table with masks of columns."""
    names = ["mean radius", "=texture", *(f"column {k}" for k in range(6))]
    explainer = PairExplainer(small_model(8), Occlusion(), node_mask_type="attributes")
    return explainer(row(0, names), row(1, names))


@pytest.fixture(scope="session")
def nasty() -> PairExplanation:
    """Connectomes all of whose texts try to be markup, in several scripts."""
    texts = [NASTY, FOREIGN, *(f"=cmd {k}" for k in range(10))]
    groups = [NASTY, FOREIGN, "'><svg onload=window.hurt=1>"] * 4
    graphs = [brain(k, roi_names=texts, networks=groups, name=NASTY + FOREIGN) for k in range(2)]
    explainer = PairExplainer(small_model(12, GCN), BiLRP(), node_mask_type="object")
    explanation = explainer(*graphs)
    explanation.algorithm = NASTY
    explanation.terms = {NASTY: 1.0, FOREIGN: float("nan")}
    explanation.settings["algorithm"][NASTY] = FOREIGN
    return explanation


@pytest.fixture(scope="session")
def pages(
    alike, bonds, brains, rows, nasty, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """One page of each kind."""
    folder = tmp_path_factory.mktemp("pages")
    written = {
        "alike": alike,
        "bonds": bonds,
        "brains": brains,
        "rows": rows,
        "nasty": nasty,
        "three": [alike, bonds, brains],
    }
    for name, explanations in written.items():
        title = NASTY if name == "nasty" else None
        report(explanations, folder / f"{name}.html", title=title)
    return {name: folder / f"{name}.html" for name in written}


@pytest.fixture(scope="session")
def browser(launched: Callable[..., Any]) -> Iterator[Any]:
    """A browser without a window; what needs it is skipped where there is none."""
    found = launched()
    yield found
    found.close()


@pytest.fixture
def opened(browser: Any, pages: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Open a page from disk; a request, an error or a word on the console fails the test."""
    contexts, wrong = [], []

    def open_page(name: str | Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1200, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: _note_request(request.url, wrong))
        page.goto((pages[name] if isinstance(name, str) else name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _note_request(url: str, wrong: list[str]) -> None:
    if not url.startswith(("file:", "blob:", "data:", "about:")):
        wrong.append(f"asked the network for {url}")
