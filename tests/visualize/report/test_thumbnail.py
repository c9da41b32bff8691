from explained import brain, molecule

from pyg_siamex.visualize.report.thumbnail import thumbnail


def test_a_small_molecule_is_drawn_where_there_is_one():
    assert "<path" in thumbnail(molecule("CCO"))
    assert thumbnail(brain(0)) is None
    other = molecule("CCO")
    other.smiles = "C1CC"
    assert thumbnail(other) is None
    assert thumbnail(molecule("C" * 2001)) is None
    named = molecule("CCO")
    del named.smiles
    assert thumbnail(named) is None
    named.elements = ["C", "C", "O"]
    assert "<path" in thumbnail(named)
