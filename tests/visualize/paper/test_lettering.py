from hypothesis import given, settings
from hypothesis import strategies as st

from pyg_siamex.visualize.paper.lettering import cut_to, inches, lettering, wrapped


@settings(deadline=None)
@given(st.text(alphabet="abc WM", max_size=60), st.floats(0.3, 3.0))
def test_a_fitted_line_is_no_wider_than_its_room(text, width):
    line = cut_to(text, width)
    assert inches(line) <= width + 1e-9
    whole = " ".join(text.split())
    assert line == whole or (line.endswith("\u2026") and whole.startswith(line[:-1].rstrip()))


def test_a_line_is_cut_as_late_as_it_can_be():
    text = "precentral gyrus of the left hemisphere"
    line = cut_to(text, 1.2)
    longer = text[: len(line)] + "\u2026"
    assert inches(longer) > 1.2
    assert cut_to("short", 1.2) == "short"


def test_bold_lines_are_measured_bold():
    assert inches("a bold line", weight="bold") > inches("a bold line")


def test_letters_outside_the_base_font_have_families_that_have_them():
    assert lettering("abc")["fontfamily"] == ["DejaVu Sans", "sans-serif"]


def test_long_lines_break_at_marks_then_at_blanks():
    text = "one two three \u00b7 four five six seven eight \u00b7 nine"
    lines = wrapped(text, max(map(inches, ("one two three", "four five six"))))
    assert lines == ["one two three", "four five six", "seven eight", "nine"]
    assert wrapped(text, 9.0) == [text]
    assert wrapped("x" * 99, 0.5)[0].endswith("\u2026")
