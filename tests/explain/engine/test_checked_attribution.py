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
NODE = torch.rand(NODES, 1)


def both(**parts):
    return masks(RIGHT, NODE, **parts)


NAN = torch.tensor(float("nan"))


def test_what_is_right_is_taken():
    found = explained(masks(RIGHT, torch.rand(NODES, 1), terms=[{"sum": 1.0}], info=[{"a": 1}]))
    assert found.query.edge_mask.tolist() == RIGHT.tolist() and found.info["a"] == 1


def test_one_masked_side_alone_is_taken():
    found = explained(
        lambda: Attribution(Masks(edge=RIGHT), Masks()), side="query", node_mask_type=None
    )
    assert "edge_mask" in found.query and "edge_mask" not in found.reference


def test_a_mask_of_common_attributes_has_one_row():
    width = random_graph(4, 1).num_features
    found = explained(masks(RIGHT, torch.rand(1, width)), node_mask_type="common_attributes")
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
        (
            both(terms="x"),
            ValueError,
            r"must give terms of each of 1 pairs \(got 'x'\)",
        ),
        (both(terms=[{"a": "b"}]), TypeError, "term 'a' of Own must be a number"),
        (both(completeness_error=[1.0, 2.0]), ValueError, r"of 1 pairs \(got 2\)"),
        (both(completeness_error=["x"]), TypeError, "must be a number for each pair"),
        (both(info=3), ValueError, r"info of each of 1 pairs \(got 3\)"),
        (both(info=["x"]), TypeError, "info of Own must be a dict for each pair"),
        (both(relevance=[]), ValueError, "relevance of each of 1 pairs"),
        (both(relevance=[None]), TypeError, "relevance of Own must be a tensor"),
        (
            both(relevance=[torch.rand(2, 2)]),
            ValueError,
            r"is \[2, 2\], and must be \[4, 4\]",
        ),
        (
            both(relevance=[torch.rand(4, 4) + 0j]),
            TypeError,
            "of Own has complex numbers",
        ),
        (
            both(relevance=[NAN.expand(4, 4)]),
            ValueError,
            "Own gives NaN or infinite relev",
        ),
        (
            lambda: Attribution(Masks(edge=RIGHT), Masks()),
            ValueError,
            "each reference no edge mask",
        ),
        (lambda: Attribution(Masks(), Masks(edge=RIGHT)), ValueError, "each query no edge mask"),
        (masks(node=torch.rand(1, 1)), ValueError, r"node masks of shape \[1, 1\]: give \[4, 1\]"),
        (masks(RIGHT.to("meta")), ValueError, "device 'meta'"),
        (masks(RIGHT.to_sparse()), TypeError, "sparse"),
        (
            both(terms=None),
            ValueError,
            r"must give terms of each of 1 pairs \(got None",
        ),
        (both(terms=[{"a": float("nan")}]), ValueError, "Own gives terms of NaN"),
        (
            both(terms=[{3: 1.0}]),
            TypeError,
            r"names in terms of Own must be texts \(got 3",
        ),
        (both(info=[{3: 1.0}]), TypeError, "names in info of Own must be texts"),
        (
            both(completeness_error=[float("nan")]),
            ValueError,
            "completeness_error of NaN",
        ),
        (
            both(completeness_error=[True]),
            TypeError,
            "must be a number for each pair",
        ),
    ],
)
def test_what_is_no_explanation_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        explained(make)


ASKED = {
    "edge": {"edge_mask_type": "object", "node_mask_type": None},
    "node": {"edge_mask_type": None, "node_mask_type": "object"},
    "edge and node": {"edge_mask_type": "object", "node_mask_type": "object"},
}
GIVEN = {"edge": masks(RIGHT), "node": masks(node=NODE), "edge and node": masks(RIGHT, NODE)}


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("given", GIVEN)
def test_masks_are_of_the_kinds_that_were_asked_for(asked, given):
    if asked == given:
        found = explained(GIVEN[given], **ASKED[asked])
        assert ("edge_mask" in found.query) == ("edge" in asked)
        return
    told = f"Own gives each query {given} masks, and {asked} masks were asked for"
    with pytest.raises(ValueError, match=told):
        explained(GIVEN[given], **ASKED[asked])


@pytest.mark.parametrize(
    ("kind", "wrong"), [("object", (NODES, 5)), ("attributes", (NODES, 1)), ("object", (1, 5))]
)
def test_node_masks_are_of_the_type_that_was_asked_for(kind, wrong):
    with pytest.raises(ValueError, match="node masks of shape"):
        explained(masks(RIGHT, torch.rand(wrong)), node_mask_type=kind)
