"""Maps of changes and of likeness."""

import pytest

from pyg_siamex.visualize import draw_changes


def words(figure):
    return " ".join(text.get_text() for text in figure.texts)


@pytest.mark.parametrize("columns", [1, 2])
def test_changes_and_likeness_are_drawn_and_said(found_changes, tmp_path, columns):
    found = found_changes
    for which, said in (
        ("change", "purple: stronger in ses-b"),
        ("likeness", "more alike than the average"),
    ):
        path = tmp_path / f"{which}.svg"
        figure = draw_changes(
            found.tables, found.atlas, found.sessions, path, which=which, columns=columns
        )
        assert said in " ".join(words(figure).split())
        assert "<text" in path.read_text() and "ROI 1" in path.read_text()
        assert figure.get_size_inches()[0] == {1: 3.5, 2: 7.2}[columns]


def test_other_maps_are_refused(found_changes):
    with pytest.raises(ValueError, match="which must be one of change, likeness"):
        draw_changes(found_changes.tables, found_changes.atlas, ("a", "b"), which="both")
