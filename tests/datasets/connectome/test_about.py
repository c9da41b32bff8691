import pytest

from pyg_siamex.datasets.connectome.about import about_subjects, check_label

ROWS = [{"id": "1", "dx": "a", "fam": "f"}, {"id": "2", "dx": "b", "fam": "g"}]


def test_columns_are_told_apart():
    found = about_subjects(ROWS, "id", "dx", "fam", "fam")
    assert found["labels"] == ["a", "b"] and found["groups"] == found["sites"] == ["f", "g"]


@pytest.mark.parametrize(("label", "group"), [("id", None), ("fam", "fam")])
def test_a_label_is_nothing_else(label, group):
    with pytest.raises(ValueError, match=f"`label` and `(subject|group)` are both '{label}'"):
        about_subjects(ROWS, "id", label, group)
    check_label(None, subject=None)
