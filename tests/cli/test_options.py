import pytest

from pyg_siamex.cli.options import of_domain
from pyg_siamex.recipe import Connections, MatrixReading, MoleculeColumns, Preparation


def test_the_options_of_the_domain_come_back():
    reading, edges = MatrixReading(labels="a.csv"), Connections(density=0.1)
    found = of_domain(
        "connectomes", "m", molecules=[MoleculeColumns()], connectomes=[reading, edges]
    )
    assert found == [reading, edges]


@pytest.mark.parametrize(
    ("columns", "named"),
    [(MoleculeColumns(smiles="s"), "smiles"), (Preparation(largest_fragment=True), "largest")],
)
def test_options_of_another_domain_are_refused(columns, named):
    with pytest.raises(ValueError, match=rf"`{named}.*` is for molecules, and m is of conn"):
        of_domain("connectomes", "m", molecules=[columns], connectomes=[MatrixReading()])
