"""What makes two scans of one person alike."""

import numpy as np
import torch
from small_study import REGIONS, noise

from pyg_siamex import SiameseGNN
from pyg_siamex.metric.likeness_evidence import likeness_evidence
from pyg_siamex.nn import RoiGCN, RoiReadout
from pyg_siamex.recipe.connectomes.matrix_graph import graph_of_edges


def model():
    torch.manual_seed(0)
    return SiameseGNN(RoiGCN(REGIONS), RoiReadout(REGIONS, REGIONS, 8, eps=1.0)).eval()


def similarity(net, one, other, graph_of):
    h, r = (net.encode(net.inputs_of([graph_of(matrix)])) for matrix in (one, other))
    return float(net.similarity(h, r))


def test_it_sums_to_the_likeness_beyond_that_of_the_average_and_swaps():
    scans = torch.from_numpy(noise(10)).float()
    first, second = scans[:5], scans[5:] + scans[:5]
    net, graph_of = model(), graph_of_edges(scans)
    found = likeness_evidence(net, first, second, graph_of)
    assert found.shape == (5, 28)
    assert np.allclose(found, likeness_evidence(net, second, first, graph_of))
    with torch.no_grad():
        for k in range(5):
            own = 2 * similarity(net, first[k], second[k], graph_of)
            start = similarity(net, first[k], second.mean(0), graph_of)
            start += similarity(net, second[k], first.mean(0), graph_of)
            assert np.isclose(2 * found[k].sum(), own - start, atol=0.02)


def test_a_connection_that_no_scan_has_says_nothing():
    scans = torch.from_numpy(noise(6)).float()
    scans[:, 0, 1] = scans[:, 1, 0] = 0
    found = likeness_evidence(model(), scans[:3], scans[3:], graph_of_edges(scans))
    assert (found[:, 0] == 0).all() and np.abs(found[:, 1:]).max() > 0
