import numpy as np
import pandas as pd
import pytest
from connectomes import matrices, series

from pyg_siamex.datasets.connectome import Atlas, Connectomes, Subjects, connectivity

NAMES = list("abcdef")
FRAMES = [pd.DataFrame(matrix, index=NAMES, columns=NAMES) for matrix in matrices(3)]
TURNED = [frame.loc[NAMES[::-1], NAMES[::-1]] for frame in FRAMES]


def test_names_of_columns_are_regions():
    subjects = Subjects(FRAMES)
    assert subjects.regions == NAMES
    assert Subjects(matrices(3)).with_arrays(FRAMES).regions == NAMES
    found = Connectomes(TURNED, atlas=Atlas("six", NAMES))
    assert (found.matrices == Connectomes(matrices(3)).matrices).all()
    tables = [pd.DataFrame(one, columns=NAMES[: one.shape[1]]) for one in series(3)]
    assert connectivity(Subjects(tables)).regions == list(tables[0].columns)


@pytest.mark.parametrize("count", [0, 1])
def test_columns_that_count_name_nothing(count):
    labels = range(count, count + len(NAMES))
    frames = [pd.DataFrame(matrix, index=labels, columns=labels) for matrix in matrices(3)]
    assert Subjects(frames).regions is None
    assert Subjects([FRAMES[0], matrices(3)[1]]).regions is None


@pytest.mark.parametrize(
    ("arrays", "regions", "words"),
    [
        ([FRAMES[0], TURNED[1]], None, "arrays 0 and 1 .* same regions in different orders"),
        ([FRAMES[0], FRAMES[1].rename(columns={"f": "g"})], None, "different regions, from col"),
        ([FRAMES[0].loc[NAMES[::-1]]], None, "array 0 .* rows in another order"),
        (FRAMES, NAMES[::-1], "`regions` has the names .* in another order"),
    ],
    ids=["orders", "others", "rows", "given"],
)
def test_regions_in_another_order_are_refused(arrays, regions, words):
    with pytest.raises(ValueError, match=words):
        Subjects(arrays, regions=regions)


def test_other_names_may_be_given():
    assert Subjects(FRAMES, regions=list("uvwxyz")).regions == list("uvwxyz")
    sizes = [FRAMES[0], FRAMES[1].iloc[:4, :4]]
    assert Subjects(sizes).regions == NAMES and np.shape(Subjects(sizes).arrays[1]) == (4, 4)
