"""Whatever is imported is declared in setup.cfg, in the right extra, and nothing else is."""

import ast
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from pyg_siamex._extras import EXTRAS

ROOT = Path(__file__).parents[1]

USED = {
    "tests": {"core", *EXTRAS.values(), "test", "experiments"},
    "experiments": {"core", *EXTRAS.values(), "experiments"},
    "docs": {"core"},
}
"""Parts of setup.cfg that a folder beside the package may import."""

HELD_UP = {
    "torch": "only some builds are at hand",
    "pandas": "nilearn 0.14 needs 2.3",
    "lightning": "nilearn 0.14 needs a newer packaging than Lightning 2.4 allows",
}
"""Packages whose oldest version cannot be in one environment with all others, and why."""


@cache
def declared() -> dict[str, dict[str, Requirement]]:
    """Requirements of the core and of every extra, by name; extras in extras are left out."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    parts = {"core": config["options"]["install_requires"], **config["options.extras_require"]}
    return {
        part: {
            canonicalize_name(r.name): r
            for r in map(Requirement, lines.split("\n")[1:])
            if part == "all" or r.name != "pyg_siamex"
        }
        for part, lines in parts.items()
    }


def pinned(file: str) -> dict[str, str]:
    """Versions in a file of constraints, by name."""
    lines = (ROOT / file).read_text().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}


def roots(path: Path) -> Iterator[str]:
    """Top-level packages that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def imported(folder: str) -> dict[str, str]:
    """Distributions that a folder imports, by package."""
    distributions = packages_distributions()
    found = {root for path in (ROOT / folder).rglob("*.py") for root in roots(path)}
    others = found & set(distributions) - {"pyg_siamex"}
    unknown = found - set(distributions) - sys.stdlib_module_names - own()
    assert not unknown, f"{folder} imports what nothing installs: {sorted(unknown)}"
    return {root: canonicalize_name(distributions[root][0]) for root in others}


def own() -> set[str]:
    """Modules that lie in the repository."""
    places = [ROOT / "pyg_siamex", ROOT / "tests", ROOT / "experiments"]
    files = {path.stem for place in places for path in place.glob("*.py")}
    return files | {path.parent.name for place in places for path in place.rglob("*.py")}


def test_the_package_imports_what_is_declared_for_it():
    for package, distribution in imported("pyg_siamex").items():
        part = EXTRAS.get(package, "core")
        assert distribution in declared()[part], f"declare {distribution} for {part} in setup.cfg"


@pytest.mark.parametrize("part", ["core", *sorted({*EXTRAS.values()})])
def test_what_is_declared_is_imported(part):
    unused = set(declared()[part]) - set(imported("pyg_siamex").values())
    assert not unused, f"{part} declares {sorted(unused)}, and nothing imports it"


@pytest.mark.parametrize("folder", USED)
def test_other_folders_import_what_is_declared(folder):
    allowed = {name for part in USED[folder] for name in declared()[part]}
    missing = set(imported(folder).values()) - allowed
    assert not missing, f"{folder} imports {sorted(missing)}, which setup.cfg does not declare"


@pytest.mark.parametrize("part", ["core", *sorted({*EXTRAS.values()})])
def test_licences_are_listed(part):
    listed = (ROOT / "docs" / "licences.md").read_text()
    for name in declared()[part]:
        assert f"| {name} | {part} |" in listed, f"list {name} in docs/licences.md"


def test_all_is_every_extra_but_the_one_for_clusters():
    (whole,) = declared()["all"].values()
    assert whole.name == "pyg_siamex" and whole.extras == {*EXTRAS.values()} - {"ray"}


@pytest.mark.parametrize("part", ["core", *sorted({*EXTRAS.values()})])
def test_lower_bounds_are_the_oldest_versions_that_are_tested(part):
    pins = pinned("constraints-oldest.txt")
    for name, requirement in declared()[part].items():
        (least,) = [s.version for s in requirement.specifier if s.operator == ">="]
        assert name in HELD_UP or Version(pins[name]) == Version(least)


@pytest.mark.parametrize("part", sorted(set(declared()) - {"all"}))
def test_every_requirement_has_a_lower_bound_that_a_constraint_meets(part):
    pins = pinned("constraints.txt")
    for name, requirement in declared()[part].items():
        assert any(s.operator == ">=" for s in requirement.specifier), f"{name} has no lower bound"
        assert requirement.specifier.contains(pins[name]), f"{name} is constrained to {pins[name]}"
