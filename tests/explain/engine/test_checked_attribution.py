"""Results of algorithms of one's own that are no explanation are refused by name."""

import pytest
import torch
from graphs import ENCODERS, random_graph

from pyg_siamex import PairAlgorithm, PairExplainer, SiameseGNN
from pyg_siamex.explain import Attribution, Masks

EDGES, NODES = random_graph(4, 1).num_edges, 4


class Own(PairAlgorithm):
    """Returns what it was given."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def attribute(self, problem):
        return self.make()


def explained(make, **kinds):
    model = SiameseGNN(ENCODERS["GIN"](), "mean")
    graph = random_graph(4, 1)
    kinds = {"edge_mask_type": "object", "node_mask_type": "object", **kinds}
    return PairExplainer(model, Own(make), **kinds)(graph, graph.clone())


def masks(edge=None, node=None, **parts):
    return lambda: Attribution(Masks(node, edge), Masks(node, edge), **parts)


RIGHT = torch.rand(EDGES)
NAN = torch.tensor(float("nan"))


def test_what_is_right_is_taken():
    found = explained(masks(RIGHT, torch.rand(NODES, 1), terms=[{"sum": 1.0}], info=[{"a": 1}]))
    assert found.query.edge_mask.tolist() == RIGHT.tolist() and found.info["a"] == 1


def test_one_masked_side_alone_is_taken():
    found = explained(lambda: Attribution(Masks(edge=RIGHT), Masks()), side="query")
    assert "edge_mask" in found.query and "edge_mask" not in found.reference


def test_a_mask_of_common_attributes_has_one_row():
    width = random_graph(4, 1).num_features
    found = explained(masks(node=torch.rand(1, width)), node_mask_type="common_attributes")
    assert list(found.query.node_mask.shape) == [1, width]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: None, TypeError, r"Own.attribute must return an Attribution \(got NoneType"),
        (lambda: RIGHT, TypeError, "must return an Attribution"),
        (lambda: Attribution(RIGHT, Masks()), TypeError, "Own must give Masks of each query"),
        (masks(), ValueError, "Own gives neither masks nor matrices"),
        (masks(RIGHT[1:]), ValueError, rf"each query edge masks of shape .*: give \[{EDGES}\]"),
        (masks(RIGHT[:, None]), ValueError, "edge masks of shape"),
        (masks(RIGHT > 0.5), TypeError, r"no tensor of floats \(got torch.bool"),
        (masks(RIGHT + 0j), TypeError, r"no tensor of floats \(got torch.complex64"),
        (masks(RIGHT.numpy()), TypeError, r"no tensor of floats \(got ndarray"),
        (masks(node=torch.rand(NODES)), ValueError, r"node masks of shape \[4\]: give \[4, 1\]"),
        (masks(node=torch.rand(3, 1)), ValueError, r"node masks of shape \[3, 1\]"),
        (masks(RIGHT, terms="x"), ValueError, r"must give terms of each of 1 pairs \(got 'x'\)"),
        (masks(RIGHT, terms=[{"a": "b"}]), TypeError, "term 'a' of Own must be a number"),
        (masks(RIGHT, completeness_error=[1.0, 2.0]), ValueError, r"of 1 pairs \(got 2\)"),
        (masks(RIGHT, completeness_error=["x"]), TypeError, "must be a number for each pair"),
        (masks(RIGHT, info=3), ValueError, r"info of each of 1 pairs \(got 3\)"),
        (masks(RIGHT, info=["x"]), TypeError, "info of Own must be a dict for each pair"),
        (masks(RIGHT, relevance=[]), ValueError, "relevance of each of 1 pairs"),
        (masks(RIGHT, relevance=[None]), TypeError, "relevance of Own must be a tensor"),
        (
            masks(RIGHT, relevance=[torch.rand(2, 2)]),
            ValueError,
            r"is \[2, 2\], and must be \[4, 4\]",
        ),
        (masks(RIGHT, relevance=[torch.rand(4, 4) + 0j]), TypeError, "of Own has complex numbers"),
        (masks(RIGHT, relevance=[NAN.expand(4, 4)]), ValueError, "Own gives NaN or infinite relev"),
        (
            lambda: Attribution(Masks(edge=RIGHT), Masks()),
            ValueError,
            "each reference no edge mask",
        ),
        (lambda: Attribution(Masks(), Masks(edge=RIGHT)), ValueError, "each query no edge mask"),
        (masks(node=torch.rand(1, 1)), ValueError, r"node masks of shape \[1, 1\]: give \[4, 1\]"),
        (masks(RIGHT.to("meta")), ValueError, "device 'meta'"),
        (masks(RIGHT.to_sparse()), TypeError, "sparse"),
        (masks(RIGHT, terms=None), ValueError, r"must give terms of each of 1 pairs \(got None"),
        (masks(RIGHT, terms=[{"a": float("nan")}]), ValueError, "Own gives terms of NaN"),
        (masks(RIGHT, terms=[{3: 1.0}]), TypeError, r"names in terms of Own must be texts \(got 3"),
        (masks(RIGHT, info=[{3: 1.0}]), TypeError, "names in info of Own must be texts"),
        (masks(RIGHT, completeness_error=[float("nan")]), ValueError, "completeness_error of NaN"),
        (masks(RIGHT, completeness_error=[True]), TypeError, "must be a number for each pair"),
    ],
)
def test_what_is_no_explanation_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        explained(make)
