import torch
from explain.relevance.direct import SIZES
from explain.relevance.models import random_graph


def test_batches_do_not_change_factors(model, factors):
    from pyg_siamex.explain.relevance import lrp_factors
    from pyg_siamex.explain.relevance.in_batches import in_batches

    graphs = [random_graph(k, n, 2 * n - 2) for k, n in enumerate(SIZES)]
    small = in_batches(
        model, graphs, lambda i: lrp_factors(model, i, accounts=False, messages=True)[0], 20
    )
    torch.testing.assert_close(small.node, factors.node)
    torch.testing.assert_close(small.edge, factors.edge)
    part = factors.select([4, 1])
    torch.testing.assert_close(part[1], factors[1])
    torch.testing.assert_close(part.edges(0), factors.edges(4))
