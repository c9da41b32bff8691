"""The answers of the documentation run."""

import re
from pathlib import Path

import pytest
from molecule_tables import write_measured, write_molecules
from study import write_study

DOCS = Path(__file__).parents[1] / "docs" / "how_to"
PAGES = sorted(path for path in DOCS.glob("*.md") if path.stem != "index")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Small real files, as the pages name them."""
    folder = tmp_path_factory.mktemp("how_to")
    write_molecules(folder / "molecules.csv", every=8)
    write_measured(folder / "molecules.csv", folder / "measured.csv")
    (folder / "study").mkdir()
    write_study(folder / "study")
    return folder


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_all_answers_run(path, folder, monkeypatch):
    monkeypatch.chdir(folder)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)


def test_there_are_at_least_thirty_answers():
    pages = [path.read_text(encoding="utf-8") for path in PAGES]
    questions = [line for page in pages for line in page.splitlines() if line.startswith("## ")]
    assert len(questions) == len(set(questions)) >= 30
