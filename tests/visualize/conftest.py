"""Explained pairs made by hand, and a reader of the pictures."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import torch
from torch_geometric.explain import Explanation
from torch_geometric.utils import from_smiles

from pyg_siamex.explain.explanation import PairExplanation

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SVG = "{http://www.w3.org/2000/svg}"


def _graph(smiles: str, nodes: Any = None, edges: Any = None, **options: bool) -> Explanation:
    data = from_smiles(smiles, **options)
    graph = Explanation(x=data.x, edge_index=data.edge_index, smiles=smiles)
    if nodes is not None:
        graph.node_mask = torch.as_tensor(nodes, dtype=torch.float).view(-1, 1)
    if edges is not None:
        graph.edge_mask = torch.as_tensor(edges, dtype=torch.float)
    return graph


@pytest.fixture(scope="session")
def launched() -> Iterator[Callable[..., Any]]:
    """Start a browser without a window with options; one driver serves all, in any order."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on the PATH")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with api.sync_playwright() as playwright:

        def launch(*options: str) -> Any:
            args = [*options, *(["--no-sandbox"] if root else [])]
            return playwright.chromium.launch(executable_path=path, args=args)

        yield launch


@pytest.fixture
def graph() -> Callable[..., Explanation]:
    return _graph


@pytest.fixture
def ramp() -> Callable[..., Explanation]:
    """A molecule whose atom k has importance k + 1."""

    def make(smiles: str, **options: bool) -> Explanation:
        size = from_smiles(smiles, **options).num_nodes
        return _graph(smiles, nodes=range(1, size + 1), **options)

    return make


@pytest.fixture
def pair() -> Callable[..., PairExplanation]:
    def make(query: Explanation, reference: Explanation, **rest: Any) -> PairExplanation:
        return PairExplanation(query, reference, **{"prediction": 0.8125, **rest})

    return make


class Drawn:
    """What is in an SVG picture."""

    def __init__(self, svg: str) -> None:
        self.root = ElementTree.fromstring(svg)

    def marked(self, tag: str, *classes: str) -> list[ElementTree.Element]:
        """Elements of a kind with all these classes."""
        wanted = set(classes)
        found = self.root.iter(SVG + tag)
        return [item for item in found if wanted <= set(item.get("class", "").split())]

    def atom(self, which: str, atom: int) -> ElementTree.Element:
        (disc,) = self.marked("circle", which, f"atom-{atom}")
        return disc

    def place(self, which: str, atom: int) -> tuple[float, float]:
        disc = self.atom(which, atom)
        return float(disc.get("cx", "")), float(disc.get("cy", ""))

    def bonds(self, which: str) -> dict[tuple[int, int], str]:
        """Colour by bond."""
        found = {}
        for bar in self.marked("path", "bond", which):
            u, v = (int(n) for n in re.findall(r"atom-(\d+)", bar.get("class", "")))
            found[u, v] = bar.get("stroke", "")
        return found

    def letters(self, left: float, right: float) -> dict[int, list[tuple[float, float]]]:
        """RDKit's own outline points of atom labels between two x, by its atom number."""
        points: dict[int, list[tuple[float, float]]] = {}
        for path in self.marked("path"):
            name = re.fullmatch(r"atom-(\d+)", path.get("class", ""))
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
            if name and left < numbers[0] < right:
                pairs = zip(numbers[::2], numbers[1::2], strict=True)
                points.setdefault(int(name[1]), []).extend(pairs)
        return points

    def words(self) -> list[str]:
        return [item.text or "" for item in self.root.iter(SVG + "text")]


@pytest.fixture
def read() -> type[Drawn]:
    return Drawn


@pytest.fixture(scope="session")
def found_changes():
    """What changes within persons, and what keeps them alike."""
    from sessions import model, scans

    from pyg_siamex.recipe.connectomes.longitudinal import changes_of

    return changes_of(scans(), model(), None, 99)
