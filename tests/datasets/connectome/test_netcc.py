import numpy as np
import pytest

from pyg_siamex.datasets.connectome.netcc import read_netcc

TEXT = """# 3  # Number of network ROIs
# 2  # Number of netcc matrices
# WITH_ROI_LABELS
   lh.cuneus    rh.cuneus    brainstem
           1            2           16
# CC
  1.0   0.5  -0.2
  0.5   1.0   0.1
 -0.2   0.1   1.0
# FZ
  4.0   0.55 -0.2
  0.55  4.0   0.1
 -0.2   0.1   4.0
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "sub_000.netcc"
    path.write_text(TEXT)
    return path


def test_the_correlations_and_their_labels_are_read(path):
    found = read_netcc(path)
    assert found.names == ["lh.cuneus", "rh.cuneus", "brainstem"]
    assert found.values[0].tolist() == [1.0, 0.5, -0.2]


def test_another_matrix_is_read_by_its_name(path):
    assert read_netcc(path, "FZ").values[0, 1] == 0.55
    with pytest.raises(ValueError, match="no matrix 'PC': it has CC, FZ"):
        read_netcc(path, "PC")


def test_numbers_are_names_where_there_are_no_labels(path):
    lines = [line for line in TEXT.splitlines() if "cuneus" not in line and "LABELS" not in line]
    path.write_text("\n".join(lines))
    assert read_netcc(path).names == ["1", "2", "16"]
    assert np.array_equal(read_netcc(path).values, read_netcc(path).values.T)


def test_a_row_that_begins_with_an_error_of_a_spreadsheet_is_a_row(path):
    path.write_text(TEXT.replace("  0.5   1.0", "  #N/A  1.0"))
    assert np.isnan(read_netcc(path).values[1, 0]) and read_netcc(path).values.shape == (3, 3)
