import json
import math
import re

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from pyg_siamex.visualize.report.rendering import inline, plain, render


def test_blocks_are_filled_and_values_escaped(tmp_path):
    (tmp_path / "mine.html.jinja").write_text(
        '{% extends "page.html.jinja" %}{% block title %}{{ name }}{% endblock %}'
        "{% block main %}<p>{{ name }}</p>{% endblock %}{% block data %}<i>data</i>{% endblock %}"
    )
    page = render("mine.html.jinja", tmp_path, name="<b>\x00")
    assert "<title>&lt;b&gt;\ufffd</title>" in page
    assert "<p>&lt;b&gt;\ufffd</p>" in page and "<i>data</i>" in page
    assert page.index("<i>data</i>") < page.rindex("<script>")


def test_what_is_missing_is_an_error(tmp_path):
    (tmp_path / "bad.html.jinja").write_text("{{ nothing }}")
    with pytest.raises(UndefinedError):
        render("bad.html.jinja", tmp_path)
    with pytest.raises(TemplateNotFound):
        render("none.html.jinja", tmp_path)


def test_data_cannot_end_its_script():
    text = "</script><!--\u2028 & '"
    block = render("data.html.jinja", key="pair-1", data={"text": text})
    inside = re.fullmatch(r"<script[^>]*>(.*)</script>", block.strip()).group(1)
    assert not set("<>&'\u2028") & set(inside)
    assert json.loads(inside) == {"text": text}


def test_texts_of_data_turn_no_others():
    found = plain({"rows": [["a\u202egnp.exe", ("\x00",)], "b\u2066"]})
    assert found == {"rows": [[r"a\u202egnp.exe", ["\ufffd"]], r"b\u2066"]}


def test_numbers_that_json_lacks_are_null():
    found = plain({"a": [1.5, math.nan, (math.inf, "x")], 2: None, "b": True})
    assert found == {"a": [1.5, None, [None, "x"]], "2": None, "b": True}
    with pytest.raises(ValueError, match="JSON"):
        render("data.html.jinja", key="k", data={"a": math.nan})


def test_the_script_is_small_and_needs_no_other():
    pair = ("relevance.js", "pair.js", "matrix.js", "download.js")
    names = ("helpers.js", *pair, "overview.js", "page.js")
    for name in names:
        text = inline(name)
        assert text.count("\n") < 250
        assert not re.search(r"\b(import|require|fetch|eval|innerHTML|XMLHttpRequest)\b", text)
