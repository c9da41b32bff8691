"""Files that a release and a public repository need."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

import pyg_siamex

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github").rglob("*.yml"))


def test_the_version_is_said_in_one_place():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["metadata"]["version"] == "attr: pyg_siamex.__version__"
    assert re.search(rf"^## {re.escape(pyg_siamex.__version__)}\b", changelog(), re.MULTILINE)


def test_the_citation_is_of_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == pyg_siamex.__version__
    assert {"cff-version", "message", "title", "authors", "license"} <= set(citation)


def test_all_tested_versions_of_python_are_named():
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    named = re.findall(r":: (3\.\d+)", config["metadata"]["classifiers"])
    least = config["options"]["python_requires"].removeprefix(">=")
    assert named[0] == least
    tested = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())["jobs"]
    matrices = [job["strategy"]["matrix"]["python"] for job in tested.values() if "strategy" in job]
    assert {version for python in matrices for version in python} == set(named)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_forms_and_workflows_are_read(path):
    assert yaml.safe_load(path.read_text())


def test_hooks_run_what_make_test_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert {"ruff", "ruff-format", "mypy"} <= {hook["id"] for hook in hooks}
    files = re.findall(r"tests/\w+\.py", str(hooks))
    assert files and all((ROOT / file).is_file() for file in files)


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()
