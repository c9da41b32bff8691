"""What docs/recipes.md shows is what runs."""

import re
from pathlib import Path

import pytest
from molecule_tables import write_measured, write_molecules
from study import write_sessions, write_study

from pyg_siamex.recipe import Domain, domain_named

DOCS = Path(__file__).parents[1] / "docs"
TEXT = (DOCS / "recipes.md").read_text()


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Everything that the document's code defines, run from top to bottom."""
    folder = tmp_path_factory.mktemp("recipes")
    write_molecules(folder / "molecules.csv", every=10)
    write_measured(folder / "molecules.csv", folder / "measured.csv")
    (folder / "study").mkdir()
    write_study(folder / "study")
    write_sessions(folder / "study")
    out: dict = {"folder": folder}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
            exec(block.replace("epochs=20", "epochs=2"), out)
    return out


def test_every_file_of_the_examples_is_written(names):
    written = {path.name for path in names["folder"].iterdir()}
    pages = {"pair.html", "search.html", "overview.html", "cliffs.html", "hits.sdf", "hits.png"}
    assert {"molecules.siamex", "brains.siamex", "pair.svg", "brains.svg"} | pages <= written
    assert {"tumours.siamex", "tumours.svg"} <= written
    assert {"subject.svg", "change.svg", "likeness.svg", "change.html"} <= written


def test_what_the_examples_show_is_true(names):
    assert len(names["found"].result.hits) == 5
    assert 0 < len(names["explained"].strongest.rows) <= 8
    assert set(names["seen"].labelled.class_names) == {"nitro", "nitrile"}
    assert len(names["near"].result.hits) == 3
    assert {row[0] for row in names["alike"].strongest.rows} == {"0", "19"}
    assert set(names["columns_seen"].overview.drivers["group"]) == set(names["cells"].columns[:-1])
    assert isinstance(domain_named("molecules"), Domain)
    assert domain_named("connectomes").train is names["train_connectomes"]


def test_links_to_the_page_are_in_the_readme():
    assert "docs/recipes.md" in (DOCS.parent / "README.md").read_text()
