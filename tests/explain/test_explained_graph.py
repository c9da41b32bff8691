"""Explanations that were edited by hand are refused before anything is read from them."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from graphs import FEATURES, random_graph
from torch_geometric.nn import GIN

from pyg_siamex import Occlusion, PairExplainer, PairExplanation, SiameseGNN
from pyg_siamex.explain import edge_importance, mean_explanation, node_importance
from pyg_siamex.metric import element_importance, evaluate, fidelity, robust_fidelity, stability
from pyg_siamex.visualize import draw_features, draw_graphs, view_connectomes
from pyg_siamex.visualize.notebook import pair_html

EDITS = {
    "a value less": ("edge_mask", lambda mask: mask[:-1]),
    "NumPy": ("edge_mask", lambda mask: mask.numpy()),
    "a list": ("edge_mask", lambda mask: mask.tolist()),
    "two axes": ("edge_mask", lambda mask: mask[:, None].repeat(1, 2)),
    "complex": ("edge_mask", lambda mask: mask * 1j),
    "NaN": ("edge_mask", lambda mask: mask * float("nan")),
    "a node less": ("node_mask", lambda mask: mask[:-1]),
    "nodes without columns": ("node_mask", lambda mask: mask[:, 0]),
    "nodes as a list": ("node_mask", lambda mask: mask.tolist()),
    "no edges": ("edge_index", lambda edges: None),
    "floating edges": ("edge_index", lambda edges: edges.float()),
    "far edges": ("edge_index", lambda edges: edges + 50),
    "negative edges": ("edge_index", lambda edges: edges - 50),
    "no features": ("x", lambda x: None),
    "features as a list": ("x", lambda x: x.tolist()),
    "a sum of features": ("x", lambda x: x.sum()),
}

MODEL = SiameseGNN(GIN(FEATURES, 8, 2))

READERS = {
    "fidelity": lambda found, path: fidelity(MODEL, [found]),
    "robust fidelity": lambda found, path: robust_fidelity(MODEL, [found]),
    "evaluate": lambda found, path: evaluate({"mine": [found]}, model=MODEL),
    "stability": lambda found, path: stability([found, found]),
    "importance": lambda found, path: element_importance(found),
    "mean": lambda found, path: mean_explanation([found, found]),
    "threshold": lambda found, path: found.threshold("topk", 2),
    "table": lambda found, path: found.to_frame(),
    "networkx": lambda found, path: found.to_networkx(),
    "file": lambda found, path: found.save(path / "pair"),
    "drawing": lambda found, path: draw_graphs(found),
    "features": lambda found, path: draw_features(found),
    "brains": lambda found, path: view_connectomes(found, path / "pair.html"),
    "notebook": lambda found, path: pair_html(found),
    "nodes": lambda found, path: node_importance(found.query),
    "edges": lambda found, path: edge_importance(found.query),
}


def explained():
    graphs = [random_graph(6, 1)], [random_graph(5, 2)]
    kinds = {"node_mask_type": "object", "edge_mask_type": "object"}
    (found,) = PairExplainer(MODEL, Occlusion(), **kinds).explain(*graphs)
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("edit", EDITS)
def test_what_reads_an_explanation_refuses_parts_that_do_not_fit(edit, reader, tmp_path):
    found, (key, change) = explained(), EDITS[edit]
    found.query[key] = change(found.query[key])
    with pytest.raises((TypeError, ValueError), match=r"query|the explanation"):
        READERS[reader](found, tmp_path)


def test_the_argument_and_the_entry_are_named():
    found = explained()
    other = copy.deepcopy(found)
    other.reference.edge_mask = other.reference.edge_mask[:-1]
    with pytest.raises(ValueError, match=r"edge_mask of the reference of `explanations\[1\]`"):
        fidelity(MODEL, [found, other])
    with pytest.raises(ValueError, match=r"the reference of `methods\['mine'\]\[0\]`"):
        evaluate({"mine": [other]}, model=MODEL)


@pytest.mark.parametrize("dtype", [torch.long, torch.bool, torch.half])
def test_masks_of_whole_numbers_truths_and_halves_are_read(dtype):
    found = explained()
    for graph in (found.query, found.reference):
        graph.edge_mask = (graph.edge_mask > 0).to(dtype)
    assert len(found.threshold("topk", 2).to_frame()) == len(found.to_frame())
    mean = mean_explanation([found, found])
    assert torch.equal(mean.query.edge_mask.float(), found.query.edge_mask.float())
    assert torch.isfinite(element_importance(found)).all()


def test_pair_matrices_are_of_nodes_or_of_features():
    found = explained()
    for shape in ([6, 5], [FEATURES, FEATURES]):
        assert replace(found, relevance=torch.ones(*shape)).pulls().gives_pairs
    with pytest.raises(ValueError, match=r"relevance of .* is \[5, 6\], and must be \[6, 5\] or"):
        replace(found, relevance=torch.ones(5, 6)).pulls()


def test_graphs_without_features_have_a_mean_and_no_measures():
    found = explained()
    for graph in (found.query, found.reference):
        count, graph.x = len(graph.x), None
        graph.num_nodes = count
    assert mean_explanation([found, found]).query.num_nodes == 6
    with pytest.raises(ValueError, match="no node features"):
        fidelity(MODEL, [found])


def test_an_array_of_explanations_is_a_list_of_them():
    found = np.array([explained(), explained()], dtype=object)
    given = fidelity(MODEL, list(found))
    assert not given.undefined
    assert torch.equal(fidelity(MODEL, found).plus, given.plus)


def test_numbers_of_an_explanation_are_finite():
    found = explained()
    for value in (float("nan"), float("-inf")):
        with pytest.raises(ValueError, match="`prediction`"):
            PairExplanation(found.query, found.reference, value)
        with pytest.raises(ValueError, match="`relevance`"):
            PairExplanation(found.query, found.reference, 0.5, torch.full((6, 5), value))


@pytest.mark.parametrize("part", ["terms", "info", "settings"])
def test_parts_that_are_no_dict_are_refused(part):
    found = explained()
    setattr(found, part, None)
    with pytest.raises(TypeError, match=f"{part} of `explanation` must be a dict"):
        draw_features(found)


def test_explanations_with_other_terms_have_no_mean():
    found = [replace(explained(), terms={name: 1.0}) for name in ("sum", "rest")]
    with pytest.raises(ValueError, match="other `terms`"):
        mean_explanation(found)
    with pytest.raises(TypeError, match="`relevance` is sparse"):
        replace(explained(), relevance=torch.ones(6, 5).to_sparse())
