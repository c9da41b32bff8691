import json
import re

import numpy as np
import pytest
from small_study import study

from pyg_siamex.recipe import Settings
from pyg_siamex.recipe.connectomes.group_inference import group_of_study
from pyg_siamex.recipe.connectomes.study import Study
from pyg_siamex.visualize import group_report


@pytest.fixture(scope="module")
def found():
    graphs = study(40, effect=3.0, names=[f"<i>{k}</i>" for k in range(40)])
    settings = Settings(epochs=4, hidden=8, lr=1e-2)
    return group_of_study(Study(graphs), settings, permutations=99, models=2, notes=["a note"])


def test_the_page_says_what_was_found_and_how(found, tmp_path):
    group_report(found, tmp_path / "g.html", title="Study & more")
    page = (tmp_path / "g.html").read_text()
    assert "Study &amp; more" in page and "A note" in page
    assert "Raw connections, without a model" in page and "family-wise" in page
    assert "<i>" not in page and "data:image/svg+xml;base64," in page
    assert "correlate by" in page and "never from its own" in page
    for name in ("connections", "regions", "subjects"):
        block = re.search(rf'id="file-{name}">(.*?)</script>', page, re.S)[1]
        rows = json.loads(block)["rows"]
        table = found.subjects if name == "subjects" else found.tables[name]
        assert len(rows) == 1 + len(table) and rows[0] == list(table.columns)


def test_a_subject_is_shown_against_its_class(found, tmp_path):
    name = found.maps.subjects[3]
    group_report(found, tmp_path / "g.html", subject=name)
    page = (tmp_path / "g.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 2
    assert f"against other members of {found.maps.class_of(name)}" in page
    rows = json.loads(re.search(r'id="file-subject_maps">(.*?)</script>', page, re.S)[1])["rows"]
    assert len(rows) == 1 + 20 * len(found.subjects)
    with pytest.raises(ValueError, match="no subject 'nobody'"):
        group_report(found, tmp_path / "g.html", subject="nobody")


def test_nothing_found_is_said(found, tmp_path):
    from dataclasses import replace

    none = {name: table.assign(p_fwe=1.0) for name, table in found.tables.items()}
    group_report(replace(found, tables=none, stability=None), tmp_path / "g.html")
    page = (tmp_path / "g.html").read_text()
    assert "Nothing tells a and b apart" in page and "stability is not known" in page
    assert np.isfinite(found.stability)
    with pytest.raises(ValueError, match="supported suffixes"):
        group_report(found, tmp_path / "g.svg")
