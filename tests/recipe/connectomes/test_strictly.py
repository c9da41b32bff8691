"""Each room names its own argument for subjects that cannot be used."""

import numpy as np
import pytest
from connectomes import matrices

from pyg_siamex.cli.errors import with_flags
from pyg_siamex.datasets.connectome import Connectomes, Subjects, read_folder
from pyg_siamex.recipe.connectomes.graph_recipe import GraphRecipe
from pyg_siamex.recipe.connectomes.matrix_source import MatrixSource
from pyg_siamex.recipe.connectomes.reading import MatrixReading


def _folder(folder):
    (folder / "m").mkdir()
    for k, matrix in enumerate(matrices(4)):
        np.savetxt(folder / "m" / f"s{k}.csv", matrix, delimiter=",")
    (folder / "t.csv").write_text("subject,group\ns0,a\ns1,b\ns2,a\n")
    return folder / "m", folder / "t.csv"


def _of_files(folder):
    place, table = _folder(folder)
    read_folder(place, table, label="group")


def _of_matrices(folder):
    Connectomes(Subjects([*matrices(3), matrices(1, 7)[0]]))


def _of_source(folder):
    place, table = _folder(folder)
    MatrixSource(str(place)).read_labelled("group", MatrixReading(labels=table), True)


def _of_recipe(folder):
    GraphRecipe().graphs(Subjects([*matrices(3), matrices(1, 7)[0]]), strict=True)


@pytest.mark.parametrize(
    ("read", "way_out"),
    [
        (_of_files, "`invalid='skip'` leaves such subjects out"),
        (_of_matrices, "`invalid='skip'` leaves such subjects out"),
        (_of_source, "without `strict` such subjects are left out"),
        (_of_recipe, "without `strict` such subjects are left out"),
    ],
)
def test_the_way_out_is_an_argument_of_the_function(tmp_path, read, way_out):
    with pytest.raises(ValueError) as found:
        read(tmp_path)
    assert way_out in str(found.value) and "--" not in str(found.value)
    assert "strict" not in way_out or "without --strict" in with_flags(str(found.value))
