"""The page of what changes within persons."""

import json
import re

import pytest

from pyg_siamex.visualize import change_report


def test_the_page_says_what_changes_and_who_stays_alike(found_changes, tmp_path):
    change_report(found_changes, tmp_path / "c.html", title="Before & after")
    page = (tmp_path / "c.html").read_text()
    assert "Before &amp; after" in page and "24 persons have both sessions" in page
    assert "What changes from ses-a to ses-b, with a family-wise p" in page
    assert page.count("data:image/svg+xml;base64,") == 2
    assert "What keeps persons like themselves" in page and "without a test" in page
    for name, table in {**found_changes.tables, "persons": found_changes.persons}.items():
        block = re.search(rf'id="file-{name}">(.*?)</script>', page, re.S)[1]
        assert len(json.loads(block)["rows"]) == 1 + len(table)


def test_nothing_changed_is_said(found_changes, tmp_path):
    from dataclasses import replace

    none = {name: table.assign(p_fwe=1.0) for name, table in found_changes.tables.items()}
    change_report(replace(found_changes, tables=none), tmp_path / "c.html")
    assert "Nothing changes from ses-a to ses-b" in (tmp_path / "c.html").read_text()
    with pytest.raises(ValueError, match="supported suffixes"):
        change_report(found_changes, tmp_path / "c.svg")
