"""Every public name has a complete type for programs that check types."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYRIGHT = shutil.which("pyright")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PYRIGHT is None, reason="needs pyright on the path: run make types"),
]


def untyped() -> list[str]:
    """Packages without types, as mypy is told."""
    tomllib = pytest.importorskip("tomllib")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    named = [one["module"] for one in settings["overrides"] if "ignore_missing_imports" in one]
    return sorted({name.removesuffix(".*") for names in named for name in names})


def mark_typed(name: str, folder: Path) -> None:
    """Links to the files of a package, beside the marker that makes pyright read them."""
    package = folder / name
    package.mkdir()
    (source,) = importlib.util.find_spec(name).submodule_search_locations
    for path in Path(source).iterdir():
        (package / path.name).symlink_to(path)
    (package / "py.typed").touch(exist_ok=True)


def test_every_public_name_has_a_complete_type(tmp_path):
    for name in filter(importlib.util.find_spec, untyped()):
        mark_typed(name, tmp_path)
    places = {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    words = ["--verifytypes", "pyg_siamex", "--ignoreexternal", "--outputjson"]
    run = subprocess.run(
        [PYRIGHT, *words], env={**os.environ, **places}, capture_output=True, text=True
    )
    report = json.loads(run.stdout)["typeCompleteness"]
    assert report["packageRootDirectory"] == str(ROOT / "pyg_siamex")
    vague = {
        symbol["name"]: [found["message"] for found in symbol["diagnostics"]]
        for symbol in report["symbols"]
        if symbol["isExported"] and (not symbol["isTypeKnown"] or symbol["isTypeAmbiguous"])
    }
    assert not vague
    assert report["completenessScore"] == 1
