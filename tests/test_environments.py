"""Fresh environments with one extra each install, import and do their part."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from pyg_siamex._extras import EXTRAS

ROOT = Path(__file__).parents[1]
PARTS = Path(__file__).parent / "parts"
NAMES = ["core", *sorted({*EXTRAS.values()})]

pytestmark = pytest.mark.slow

SCRIPTS = {"ray": "ray_workers"}
"""Names of scripts that would hide a package of their name."""

NOT_IN_ALL = {"ray"}
"""Extras for clusters."""

BROUGHT = {
    "jinja2": {*NAMES},
    "markupsafe": {*NAMES},
    "matplotlib": {"shapley"},
    "openpyxl": {"molecules", "ray"},
    "pyarrow": {"molecules", "ray"},
}
"""Other extras whose packages require a package."""

FIND = f"import importlib.util as u; print(*[n for n in {list(EXTRAS)} if u.find_spec(n)])"
"""Code that prints which packages of extras are installed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of the package, built from a copy of the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "pyg_siamex", folder / "tree" / "pyg_siamex")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / "tree")
    words = ["wheel", "-q", "--no-deps", "--wheel-dir", folder, folder / "tree"]
    call(Path(sys.executable), "-m", "pip", *words, cwd=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        held = set(archive.namelist())
    others = {f"pyg_siamex/{name}" for name in ("py.typed", *_templates())}
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "pyg_siamex").rglob("*.py")}
    assert {name for name in held if ".dist-info/" not in name} == modules | others
    assert any(name.endswith("licenses/LICENSE") for name in held)


def _templates() -> list[str]:
    folder = ROOT / "pyg_siamex"
    found = (folder / "visualize" / "report" / "templates").iterdir()
    return [str(path.relative_to(folder)) for path in found]


@pytest.mark.parametrize("extra", [*NAMES, "all"])
def test_a_fresh_environment_with_one_extra_does_its_part(extra, wheel, tmp_path):
    python = environment(tmp_path / "venv", wheel, extra)
    for name in {"core", extra} if extra != "all" else {*NAMES, "all"} - {"cli", *NOT_IN_ALL}:
        call(python, "-W", "ignore", PARTS / f"{SCRIPTS.get(name, name)}.py", cwd=tmp_path)
    found = call(python, "-c", FIND, cwd=tmp_path).split()
    asked = {extra} if extra != "all" else {*EXTRAS.values()} - NOT_IN_ALL
    expected = {package for package in EXTRAS if EXTRAS[package] in asked}
    assert set(found) == expected | {name for name, by in BROUGHT.items() if extra in by}
    shutil.rmtree(tmp_path / "venv")


def environment(folder: Path, wheel: Path, extra: str) -> Path:
    """A new virtual environment with the package and an extra, by the tested versions."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "install", "-q", "--constraint", ROOT / "constraints.txt")
    call(python, *pip, "torch", cwd=folder)
    call(python, *pip, wheel if extra == "core" else f"{wheel}[{extra}]", cwd=folder)
    return python


def call(python: Path, *words: str | Path, cwd: Path) -> str:
    done = subprocess.run([python, *words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout
