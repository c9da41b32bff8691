import numpy as np
import pytest
import torch

from pyg_siamex.datasets.connectome import Atlas
from pyg_siamex.datasets.connectome.coordinate_unit import check_unit

MM = np.array([[-40.0, 20.0, 30.0], [35.0, -60.0, 12.0]])


@pytest.mark.parametrize("factor", [1e-3, 1e-2, 1e3], ids=["m", "cut", "um"])
def test_other_units_are_refused(factor):
    with pytest.raises(ValueError, match=r"it has coordinates up to .*: give them in mm"):
        check_unit(MM * factor, "it")
    with pytest.raises(ValueError, match=r"atlas 'own' has coordinates up to .*: give them in mm"):
        Atlas("own", ["a", "b"], torch.from_numpy(MM * factor))


def test_mm_are_taken():
    check_unit(MM, "it")
    check_unit(MM[:1] * 0, "one region at the origin")
    check_unit(MM[:1] * 1e-3, "one region near the origin")
    assert len(Atlas("own", ["a", "b"], torch.from_numpy(MM).requires_grad_())) == 2
