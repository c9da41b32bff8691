"""Examples in docstrings run as tests, in a folder of small real files."""

import shutil
import typing
from functools import partial
from pathlib import Path

import pytest

collect_ignore_glob = ["tests/parts/*"]  # scripts of other processes


def pytest_configure() -> None:
    """Let PyG 2.6 trace modules under a torch that is newer than it.

    It takes names of ``typing`` from a module of torch that does not import them any more.
    """
    import torch_geometric
    from torch.fx import _symbolic_trace

    if torch_geometric.__version__.startswith("2.6."):
        for name in ("List", "Type", "Union"):
            vars(_symbolic_trace).setdefault(name, getattr(typing, name))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse cases that are named by an address in memory: two workers would name them apart."""
    named = [item.nodeid for item in items if " at 0x" in item.nodeid]
    if named:
        raise pytest.UsageError(f"give the cases names of their own (ids=): {named[0]}")


@pytest.fixture(scope="session")
def example_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything that examples read."""
    import torch
    from example_names import write_files

    torch.set_num_threads(1)  # small graphs
    folder = tmp_path_factory.mktemp("examples")
    write_files(folder)
    return folder


@pytest.fixture(autouse=True)
def _example(request: pytest.FixtureRequest) -> None:
    """Prepare what an example in a docstring takes for granted; do nothing for other tests."""
    if isinstance(request.node, pytest.DoctestItem):
        request.getfixturevalue("_example_names")


@pytest.fixture
def _example_names(
    request: pytest.FixtureRequest,
    example_files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Change to a copy of the files, and add the names that examples share to the module's own."""
    import torch
    from example_names import names_of

    from pyg_siamex.nn.training import fit

    shutil.copytree(example_files, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    quiet = partial(fit, progress=False)  # a progress bar is not part of an example's output
    for module in ("molecules.training", "plain_training"):
        monkeypatch.setattr(f"pyg_siamex.recipe.{module}.fit", quiet)
    torch.manual_seed(0)
    example = request.node.dtest
    example.globs = names_of(example) | example.globs
