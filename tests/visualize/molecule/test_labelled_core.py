"""Places of a scaffold have their numbers."""

from pyg_siamex.visualize.molecule.labelled_core import labelled_core


def test_a_core_is_drawn_with_letters_for_its_places():
    plain, placed = labelled_core("c1ccccc1"), labelled_core("c1ccc([*:1])cc1")
    assert placed.startswith("<svg ") and placed.count("<path") > plain.count("<path")
    assert labelled_core("c1ccc([*:2])cc1") != placed
