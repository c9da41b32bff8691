"""Places of the Desikan-Killiany regions."""

import numpy as np

from pyg_siamex.datasets.connectome.desikan import DESIKAN_CENTRES


def test_hemispheres_mirror_each_other_and_lobes_lie_where_they_do():
    places = np.array(list(DESIKAN_CENTRES.values()))
    assert places.shape == (34, 2, 3)
    assert (places[:, 0, 0] < 0).all() and (places[:, 1, 0] > 0).all()
    assert np.abs(places[:, 0] * [-1, 1, 1] - places[:, 1]).max() <= 5
    at = {name: place[0] for name, place in zip(DESIKAN_CENTRES, places, strict=True)}
    assert at["frontalpole"][1] > 60 and at["lateraloccipital"][1] < -80
    assert at["temporalpole"][2] < -30 and at["paracentral"][2] > 50
