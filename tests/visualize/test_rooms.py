"""Which room of pictures imports which."""

from collections import Counter
from pathlib import Path

import grimp
import pytest

import pyg_siamex.visualize

ROOT = "pyg_siamex.visualize"
PICTURES = {"molecule", "connectome", "graph", "relevance", "table"}


@pytest.fixture(scope="module")
def imports():
    """Pairs of a room and a room of pictures that it imports."""
    graph = grimp.build_graph("pyg_siamex", cache_dir=None)
    below = graph.find_descendants(ROOT)
    pairs = {(one, two) for one in below for two in graph.find_modules_directly_imported_by(one)}
    return {(room(one), room(two)) for one, two in pairs if two in below and room(one) != room(two)}


def room(module: str) -> str:
    return module.removeprefix(f"{ROOT}.").split(".")[0]


def test_paper_knows_no_picture(imports):
    assert not [two for one, two in imports if one == "paper"]


def test_pictures_know_paper_and_connectomes_the_pair_matrix(imports):
    own = {(one, two) for one, two in imports if one in PICTURES and two != "paper"}
    assert own == {("connectome", "relevance")}


def test_no_room_imports_pages(imports):
    assert not [one for one, two in imports if two == "report" and one in {*PICTURES, "paper"}]


def test_no_two_modules_have_one_name():
    folder = Path(pyg_siamex.visualize.__file__).parent
    names = Counter(path.stem for path in folder.rglob("*.py") if path.stem != "__init__")
    assert [name for name, count in names.items() if count > 1] == []
