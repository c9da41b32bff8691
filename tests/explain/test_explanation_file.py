"""Files of explanations hold what fits together, when written and when read."""

import pytest
import torch
from damage import damages
from hypothesis import HealthCheck, given, settings
from safetensors import safe_open
from safetensors.torch import save
from torch_geometric.explain import Explanation

from pyg_siamex.data.content import content_digest
from pyg_siamex.explain import PairExplanation
from pyg_siamex.explain.explanation_file import read_parts, write_parts

EDGES = torch.tensor([[0, 1], [1, 0]])
SHARED = [HealthCheck.function_scoped_fixture]


def made():
    graph = {"x": torch.ones(2, 3), "edge_index": EDGES, "edge_mask": torch.tensor([0.5, 0.1])}
    return PairExplanation(
        Explanation.from_dict(graph),
        Explanation.from_dict(dict(graph)),
        0.25,
        relevance=torch.ones(2, 2),
        terms={"sum": 4.0},
        algorithm="Hand",
        info={"steps": [1, (2, "a")]},
    )


def parts_of(explanation, path):
    explanation.save(path)
    return read_parts(path)


@settings(deadline=None, max_examples=200, suppress_health_check=SHARED)
@given(damages())
def test_no_damage_is_read(tmp_path, damage):
    path = tmp_path / "pair"
    path.unlink(missing_ok=True)
    made().save(path)
    path.write_bytes(damage(path.read_bytes()))
    try:
        loaded = PairExplanation.load(path)
    except ValueError as error:
        assert str(path) in str(error) and len(str(error)) < 400
    else:
        assert torch.equal(loaded.relevance, torch.ones(2, 2)) and loaded.prediction == 0.25


@pytest.mark.parametrize(
    ("side", "key", "value", "message"),
    [
        ("query", "num_nodes", 10**9, "says that it has 1000000000 nodes"),
        ("query", "x", None, "edge of its query"),
        ("query", "x", torch.ones(1, 3), "edge of its query leads to a node that is not there"),
        ("reference", "edge_index", EDGES - 1, "edge of its reference"),
        ("reference", "edge_index", EDGES.float(), r"not \[2, num_edges\]"),
        ("reference", "edge_index", EDGES[0], r"not \[2, num_edges\]"),
        (
            "query",
            "edge_mask",
            torch.ones(3),
            r"edge_mask of .* is \[3\], and must be \[2\]",
        ),
        ("query", "node_mask", torch.ones(3, 1), "node_mask of its query is"),
        ("query", "node_mask", "all", "node_mask of its query must be a tensor"),
        ("query", "edge_mask", torch.tensor([1.0, float("nan")]), "not finite"),
        ("query", "roi_names", ["a"], "its query has 1 roi_names and 2 of them in its values"),
        ("query", "networks", ["a"], "its query has 1 networks and 2 of them in its values"),
        ("reference", "feature_names", list("abcd"), "its reference has 4 feature_names and 3"),
        ("query", "__class__", 1, "is taken"),
        ("query", "_store", {}, "is taken"),
    ],
)
def test_graphs_that_do_not_fit_are_refused_both_ways(tmp_path, side, key, value, message):
    parts = parts_of(made(), tmp_path / "pair")
    parts[side][key] = value
    if value is None:
        parts[side]["num_nodes"] = 1
    with pytest.raises((TypeError, ValueError), match=message):
        write_parts(parts, tmp_path / "other")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("prediction", float("nan")),
        ("prediction", "0.5"),
        ("prediction", True),
        ("relevance", torch.ones(3, 2)),
        ("relevance", torch.ones(2, 2) * float("inf")),
        ("relevance", [[1.0]]),
        ("terms", {"sum": "4"}),
        ("terms", {1: 4.0}),
        ("completeness_error", "none"),
        ("algorithm", 3),
        ("info", []),
        ("settings", None),
        ("query", "graph"),
    ],
)
def test_parts_of_other_kinds_are_refused(tmp_path, part, value):
    parts = parts_of(made(), tmp_path / "pair")
    with pytest.raises(ValueError, match="its "):
        write_parts({**parts, part: value}, tmp_path / "other")
    with pytest.raises(ValueError, match="not the ones of an explanation"):
        write_parts({**parts, "more": 1}, tmp_path / "other")


def changed_x(tensor):
    return {
        "in a row": tensor.reshape(-1),
        "twice": torch.cat([tensor, tensor]),
        "longer": torch.cat([tensor, tensor[:1]]),
        "in halves": tensor.reshape(4, 3),
    }


@pytest.mark.parametrize("how", ["in a row", "twice", "longer", "in halves"])
def test_features_of_another_number_of_nodes_are_refused(tmp_path, how):
    path = tmp_path / "pair"
    explanation = made()
    explanation.query.x, explanation.relevance = torch.ones(2, 6), None
    explanation.save(path)
    with safe_open(str(path), framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        header = {name: text for name, text in file.metadata().items() if name != "digest"}
    [name] = [name for name, tensor in tensors.items() if tensor.shape == (2, 6)]
    tensors[name] = changed_x(tensors[name])[how].contiguous()
    path.write_bytes(save(tensors, {**header, "digest": content_digest(tensors, header)}))
    with pytest.raises(ValueError, match=r"its graphs have .* nodes, and it was written of others"):
        PairExplanation.load(path)
    del header["nodes"]  # a file of before
    path.write_bytes(save(tensors, {**header, "digest": content_digest(tensors, header)}))
    assert PairExplanation.load(path).query.x.numel() == tensors[name].numel()
