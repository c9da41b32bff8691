from explained import brain, molecule

from pyg_siamex.visualize.report.thumbnail import thumbnail


def test_a_small_molecule_is_drawn_where_there_is_one():
    assert "<path" in thumbnail(molecule("CCO"))
    assert thumbnail(brain(0)) is None
    other = molecule("CCO")
    other.smiles = "C1CC"
    assert thumbnail(other) is None
