import base64
import hashlib
import html

import pytest

from pyg_siamex.visualize.paper.content_policy import POLICY, with_policy

HEAD = f'<head><meta http-equiv="Content-Security-Policy" content="{POLICY}">'


def source(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(page):
    text = html.unescape(page.split('content="')[1].split('"')[0])
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


def test_scripts_and_styles_are_known_by_their_digests():
    data = '<script type="application/json">{"a": 1}</script>'
    page = f"{HEAD}<style>a {{}}</style></head><script>\nlet é = 1;\n</script>{data}"
    policy = policy_of(with_policy(page))
    assert policy["script-src"] == [source("\nlet é = 1;\n")]
    assert policy["style-src"] == [source("a {}")]
    for name in ("default-src", "base-uri", "form-action"):
        assert policy[name] == ["'none'"]
    assert policy["img-src"] == ["data:"]


def test_a_page_without_scripts_allows_none():
    policy = policy_of(with_policy(f"{HEAD}</head><p>text</p>"))
    assert policy["script-src"] == policy["style-src"] == ["'none'"]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ('<g style="--a:0.5">', '<g class="s0">'),
        (
            '<g class="node" id="x" style="--a:0.5" data-b="1">',
            '<g class="node s0" id="x" data-b="1">',
        ),
        ('<g id="x" style="--a:0.5"/>', '<g class="s0" id="x"/>'),
        ("<g style='--a:0.5' aria-label='C &gt; 1'>", "<g class=\"s0\" aria-label='C &gt; 1'>"),
    ],
)
def test_styles_of_elements_become_classes_as_strong_as_they_were(element, expected):
    page = with_policy(f"{HEAD}</head>{element}")
    assert page.endswith(expected)
    assert "<style>.s0{--a:0.5!important}</style>\n</head>" in page


def test_equal_styles_are_one_class_and_scripts_stay_as_they_are():
    script = "<script>const x = '<g style=\"--a:1\">';</script>"
    page = with_policy(
        f'{HEAD}</head><g style="a:1;b:2"><g style="a:1;b:2"><b style="c:3">{script}'
    )
    assert page.count('class="s0"') == 2 and page.count('class="s1"') == 1 and script in page
    assert ".s0{a:1!important;b:2!important}.s1{c:3!important}" in page


def test_frames_inherit_the_policy_and_have_their_scripts_in_it():
    frame = html.escape("<style>b{}</style><script>draw()</script>")
    page = with_policy(f'{HEAD}</head><iframe srcdoc="{frame}">', draws_itself=True)
    policy = policy_of(page)
    assert policy["script-src"] == [source("draw()"), "'unsafe-eval'"]
    assert policy["style-src"] == [source("b{}"), source("")]


def test_parts_of_pages_are_left_alone():
    assert with_policy('<g style="--a:0.5">') == '<g style="--a:0.5">'
