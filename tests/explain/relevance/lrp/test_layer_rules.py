import pytest
from explain.relevance.models import Residual, random_graph, siamese
from torch_geometric.nn import (
    ChebConv,
    GCNConv,
)

from pyg_siamex.explain.relevance import GammaRule, lrp_factors


def test_unknown_convolutions_are_named():
    model = siamese(Residual(lambda w: ChebConv(w, w, 2)))
    with pytest.raises(ValueError, match=r"encoder\.first' \(ChebConv\).*GATv2Conv"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


class Doubled(GCNConv):
    def message(self, x_j, edge_weight):
        return 2 * super().message(x_j, edge_weight)


def test_a_subclass_that_computes_something_else_is_refused():
    model = siamese(Residual(lambda w: Doubled(w, w)))
    with pytest.raises(ValueError, match="Doubled"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())
