"""What imports what, and what an import costs."""

import subprocess
import sys

import grimp
import networkx as nx
import pytest

ROOMS = ["cli", "recipe", "visualize", "metric", "explain", "nn", "data"]
"""Rooms of the package; each may import those to its right."""

ALLOWED = {room: set(ROOMS[place:]) for place, room in enumerate(ROOMS)}
ALLOWED |= {"datasets": {"data", "chemistry"}, "chemistry": {"data"}}
for room in ("cli", "recipe", "visualize"):
    ALLOWED[room] |= {"datasets", "chemistry"}
ALLOWED["explain"] |= {"chemistry"}

HEAVY = {
    "lightning",
    "matplotlib",
    "nilearn",
    "pandas",
    "rdkit",
    "scipy",
    "sklearn",
    "torchmetrics",
}


@pytest.fixture(scope="module")
def imports():
    """Every import of the package, also those inside functions and for types alone."""
    graph = grimp.build_graph("pyg_siamex", cache_dir=None)
    return nx.DiGraph(
        (module, other)
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
    )


def room_of(module):
    return module.split(".")[1] if "." in module else ""


def test_no_modules_import_each_other(imports):
    circles = [sorted(c) for c in nx.strongly_connected_components(imports) if len(c) > 1]
    assert not circles


def test_rooms_import_in_one_direction(imports):
    wrong = [
        f"{module} imports {other}"
        for module, other in imports.edges
        if room_of(module) in ALLOWED
        and room_of(other) in ALLOWED
        and room_of(other) not in {*ALLOWED[room_of(module)], room_of(module)}
    ]
    assert not wrong, "\n".join(wrong)


def loaded_by(statement):
    """Names of the top-level modules that a statement loads in a fresh interpreter."""
    code = f"import sys; {statement}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stdout.split())


def test_the_package_itself_loads_nothing():
    assert not loaded_by("import pyg_siamex") & {*HEAVY, "torch", "numpy", "networkx", "typer"}


def test_explainers_load_no_more_than_pyg():
    own = loaded_by("from pyg_siamex import PairExplainer, SelfLearned, SiameseGNN, PairDataset")
    pyg = loaded_by("import torch_geometric.explain, torch_geometric.nn")
    # Newer PyG imports pandas itself, and tables of results need it.
    assert not (own - pyg - {"pandas"}) & {*HEAVY, "networkx", "rich", "typer"}
