"""Arguments that no public function should take, and how calls with them end."""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from graphs import FEATURES, random_graph
from group_tables import SMALL, of_kind, tables
from torch_geometric.data import Data
from torch_geometric.nn import GIN

from pyg_siamex import chemistry, data, datasets, explain, metric, nn, recipe, visualize
from pyg_siamex.datasets import connectome
from pyg_siamex.nn import similarity, training
from pyg_siamex.nn.neighbours import NeighbourIndex


class _Counted(IntEnum):
    ONE = 1


class _Unread(list[int]):
    """A list that fails where it is read."""

    def __iter__(self) -> Iterator[int]:
        raise RuntimeError("unread")


class _Everything:
    """Has every attribute."""

    def __getattr__(self, name: str) -> "_Everything":
        return _Everything()


class _Unsaid:
    """Fails where it is written."""

    def __repr__(self) -> str:
        raise RuntimeError("unsaid")


def _fail(*given: Any, **named: Any) -> Any:
    raise ZeroDivisionError("no result")


GIVEN: Mapping[str, Callable[[], Any]] = {
    "nothing": lambda: None,
    "a text": lambda: "abc",
    "no text": lambda: "",
    "a long text": lambda: "x" * 1_000_000,
    "a zero in a text": lambda: "a\0b",
    "half a character": lambda: "\udcff",
    "bytes": lambda: b"ab",
    "yes": lambda: True,
    "zero": lambda: 0,
    "below zero": lambda: -1,
    "a half": lambda: 1.5,
    "nan": lambda: math.nan,
    "infinity": lambda: math.inf,
    "a huge number": lambda: 2**70,
    "a complex number": lambda: 1j,
    "a decimal": lambda: Decimal("1.5"),
    "a fraction": lambda: Fraction(1, 3),
    "a date": lambda: date(2020, 1, 1),
    "no list": list,
    "a list of nothing": lambda: [None],
    "a list of texts": lambda: ["a", "b"],
    "a list of lists": lambda: [[1], [2, 3]],
    "a long list": lambda: list(range(300_000)),
    "a tuple": lambda: (1, 2),
    "a set": lambda: {1, 2},
    "a dict": lambda: {0: "a"},
    "a range": lambda: range(3),
    "a generator": lambda: (k for k in (1, 2)),
    "a function": lambda: len,
    "a class": lambda: dict,
    "an object": object,
    "an array with nan": lambda: np.array([1.0, math.nan]),
    "an array of texts": lambda: np.array(["a", "b"]),
    "an array of objects": lambda: np.array([None, 1], dtype=object),
    "a tensor": lambda: torch.rand(3, 3),
    "an empty tensor": lambda: torch.tensor([]),
    "a complex tensor": lambda: torch.ones(4, dtype=torch.complex64),
    "a tensor without memory": lambda: torch.ones(4, device="meta"),
    "a tensor of nan": lambda: torch.tensor(math.nan),
    "a frame": lambda: pd.DataFrame({"a": [1, 2]}),
    "a series": lambda: pd.Series(["a", None]),
    "a path": lambda: Path("nothing/here"),
    "a graph": lambda: Data(x=torch.rand(3, 9), edge_index=torch.tensor([[0], [1]])),
    "a module": lambda: torch.nn.Linear(2, 2),
    "a masked array": lambda: np.ma.masked_array([1.0, 2.0], [True, False]),
    "an array of dates": lambda: np.array(["2020-01-01"] * 8, "datetime64[D]"),
    "an array of one": lambda: np.array(3),
    "a complex array": lambda: np.ones(8) * 1j,
    "a sparse tensor": lambda: torch.eye(3).to_sparse(),
    "a tensor of numbers": lambda: torch.arange(8),
    "a list of nan": lambda: [math.nan] * 8,
    "a list of yes": lambda: [True] * 8,
    "a missing value": lambda: pd.NA,
    "markup": lambda: "[red]<b>a\u202eb",
    "a member of an enumeration": lambda: _Counted.ONE,
    "a list that cannot be read": lambda: _Unread([1, 2]),
    "anything by any name": _Everything,
    "what has no text": _Unsaid,
    "a function that fails": lambda: _fail,
    "a function of nothing": lambda: lambda *given, **named: None,
}
"""Values by what they are; each call makes a new one."""


@dataclass(frozen=True)
class Tried:
    """A call that works.

    Attributes:
        name: What it is called.
        function: The function.
        arguments: Arguments by name.
    """

    name: str
    function: Callable[..., Any]
    arguments: Mapping[str, Any]


def ending(tried: Tried, argument: str, what: str) -> str:
    """How a call ends with another value for an argument: empty if well, else what is wrong."""
    try:
        tried.function(**{**tried.arguments, argument: GIVEN[what]()})
    except (TypeError, ValueError, OSError, IndexError, KeyError) as error:
        return told(error)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:150]}"
    return ""


def told(error: Exception) -> str:
    """What is wrong with an error: it is not of this library, or too long."""
    frame = inspect.trace()[-1]
    line = (frame.code_context or [""])[0].strip()
    if "pyg_siamex" not in frame.filename or not line.startswith("raise"):
        return f"{type(error).__name__} of {Path(frame.filename).name}: {str(error)[:150]}"
    return f"{len(str(error)):,} characters" if len(str(error)) > 1500 else ""


def calls() -> list[Tried]:
    """Calls of the doors that users come by; they write into the working folder."""
    torch.manual_seed(0)
    graphs = [random_graph(6, seed=k) for k in range(8)]
    labels = [k % 2 for k in range(8)]
    sizes = {"in_channels": FEATURES, "hidden_channels": 4, "num_layers": 2}
    model = nn.build_siamese("GIN", "add", **sizes).eval()
    dot = nn.build_siamese("GCN", "add", "dot", **sizes).eval()
    pairs = data.PairDataset(graphs, 6, labels=labels)
    library = nn.Library.embed(model, graphs)
    explainer = explain.PairExplainer(model, explain.Occlusion(), edge_mask_type="object")
    explanations = explainer.explain(graphs[:3], graphs[3:6])
    relevance = explain.PairExplainer(model, explain.BiLRP(), node_mask_type="object")
    matrix = relevance(*graphs[:2])
    matrices = np.arange(1.0, 5)[:, None, None] * (np.ones((5, 5)) - np.eye(5))
    groups = [[k % 3 for k in range(6)]] * 8
    inputs = data.GraphInputs.from_graphs(graphs)
    importance, truth = torch.tensor([0.5, 0.1, 0.9]), torch.tensor([1, 0, 1])
    both = {"queries": graphs[:2], "references": graphs[2:4]}
    found: list[tuple[Callable[..., Any], dict[str, Any]]] = [
        (data.PairDataset, {"graphs": graphs, "num_pairs": 6, "seed": 0, "labels": labels}),
        (
            data.PairDataset.from_difference,
            {"graphs": graphs, "max_difference": 2.0, "values": list(range(8)), "num_pairs": 4},
        ),
        (data.PairDataset.from_pairs, {"graphs": graphs, "index": [[0, 1]], "scores": [1.0]}),
        (pairs.split, {"fractions": (0.5, 0.5), "seed": 0, "reads": ("x",)}),
        (nn.save_model, {"model": model, "path": "m.siamex"}),
        (nn.Library.embed, {"model": model, "graphs": graphs, "batch_size": 4}),
        (library.nearest, {"query": graphs[0], "k": 2, "exclude": (1,), "estimator": None}),
        (library.save, {"path": "l.embeddings"}),
        (nn.Library.load, {"path": "none.embeddings", "model": model}),
        (nn.similarity_resolver, {"query": "mlp", "channels": 4}),
        (nn.RBFSimilarity, {"gamma": 1.0}),
        (nn.MLPSimilarity, {"channels": 4, "hidden": 4}),
        (
            lambda **some: explain.PairExplainer(**some)(*graphs[:2]),
            {"model": model, "algorithm": explain.Occlusion(), "edge_mask_type": "object"},
        ),
        (explainer.explain, both),
        (relevance.explain, both),
        (explain.contrast, {"explainer": relevance, "query": graphs[0], "preferred": graphs[1],
                            "other": graphs[2]}),
        (explain.overview, {"model": dot, "graphs": graphs, "groups": groups, "labels": labels,
                            "names": None, "class_names": ["a", "b"]}),
        (explain.search, {"library": library, "graphs": graphs, "query": graphs[0], "k": 2,
                          "explainer": explainer, "name": "q", "explained": 1}),
        (explain.Invariance.learn, {"model": model, "pool": graphs, "references": 3, "seed": 0}),
        (explain.BiLRP, {"gamma": 0.25, "epsilon": 1e-9, "rule": "generalised"}),
        (explain.IntegratedGradients, {"steps": 4, "quadrature": "midpoint"}),
        (explain.SelfLearned, {"solver": "gda", "delta": 0.1, "size": 0.1, "signed": False}),
        (explain.ShapleySampling, {"samples": 2, "seed": 0}),
        (matrix.top_pairs, {"k": 2}),
        (matrix.group, {"query_groups": groups[0], "reference_groups": groups[0]}),
        (explanations[0].save, {"path": "e.siamex"}),
        (explain.PairExplanation.load, {"path": "none.siamex"}),
        (metric.fidelity, {"model": model, "explanations": explanations, "share": 0.2}),
        (metric.insertion_deletion, {"model": model, "explanations": explanations, "steps": 3}),
        (metric.completeness, {"explanations": [matrix], "tolerance": 0.01}),
        (metric.gini, {"importance": importance}),
        (metric.ground_truth_precision, {"importance": importance, "truth": truth, "k": 1}),
        (metric.top_jaccard, {"a": importance[None], "b": importance[None], "share": 0.5}),
        (visualize.draw_graphs, {"explanation": matrix, "path": "o.svg", "links": 2,
                                 "names": ["a", "b"], "title": "t", "limit": 1.0}),
        (visualize.draw_relevance, {"explanation": matrix, "path": "o.svg", "limit": 1.0}),
        (visualize.report, {"explanations": explanations, "path": "r.html", "title": "t", "top": 1,
                            "notes": ["n"]}),
        (datasets.molecule, {"smiles": "CCO"}),
        (datasets.OneHotMolecule, {"node_features": ("atomic_num",), "edge_features": ()}),
        (datasets.MoleculeTable, {"path": "none.csv", "smiles": "smiles", "label": "y"}),
        (datasets.TableRows, {"frame": pd.DataFrame({"a": [1.0, 2], "b": [3, 4.0]}), "label": None,
                              "name": None}),
        (connectome.Subjects, {"arrays": matrices, "names": list("abcd"), "labels": [0, 1, 0, 1]}),
        (datasets.Connectomes, {"subjects": connectome.Subjects(matrices), "sign": "weight",
                                "connections": connectome.Density(0.5), "asymmetric": "raise"}),
        (connectome.Atlas, {"name": "a", "names": ["x", "y"], "networks": ["n", "m"]}),
        (connectome.Density, {"density": 0.5}),
        (connectome.read_folder, {"folder": "none", "table": None, "label": None}),
        (recipe.Settings, {"hidden": 4, "lr": 0.1, "seed": 0, "encoder": "GIN"}),
        (recipe.Trained.load, {"path": "none.siamex"}),
        (
            lambda **some: nn.SiameseGNN(**some)(*graphs[:2]),
            {"encoder": GIN(FEATURES, 4, 2), "pool": "add", "similarity": "dot", "biases": "nodes"},
        ),
        (nn.build_siamese, {"encoder": "GIN", "dropout": 0.0, "act": "relu", **sizes}),
        (nn.GINE, {"dropout": 0.0, "act": "relu", "norm": None, "edge_dim": 3, **sizes}),
        (nn.RoiGCN, {"num_rois": 5, "num_layers": 1, "dropout": 0.1}),
        (nn.RoiReadout, {"num_rois": 5, "in_channels": 4, "out_channels": 3, "dropout": 0.5}),
        (NeighbourIndex, {"similarity": nn.CosineSimilarity(), "embeddings": library.embeddings,
                          "estimator": None}),
        (nn.Library, {"model": model, "embeddings": library.embeddings, "names": list("abcdefgh")}),
        (similarity.compare, {"head": nn.CosineSimilarity(), "a": torch.rand(2, 3),
                              "b": torch.rand(2, 3)}),
        (training.embed_all, {"model": model, "graphs": graphs, "batch_size": 2}),
        (training.spread, {"embeddings": torch.rand(3, 2)}),
        (data.GraphInputs.from_data, {"data": graphs[0], "extras": ()}),
        (data.GraphInputs.from_graphs, {"graphs": graphs, "extras": (), "naming": None}),
        (data.GraphInputs, {"x": inputs.x, "edge_index": inputs.edge_index, "batch": inputs.batch,
                            "num_graphs": 8, "extras": {}, "constants": {}}),
        (inputs.select_graphs, {"graphs": torch.tensor([0, 1])}),
        (inputs.select_edges, {"edges": torch.tensor([0, 1])}),
        (inputs.select_nodes, {"nodes": inputs.batch > 2}),
        (inputs.repeat, {"times": 2}),
        (inputs.concat, {"other": inputs}),
        (inputs.with_values, {"edge_weight": torch.ones(inputs.edge_index.size(1))}),
        (data.ListedPairs(torch.tensor([[0, 1], [2, 3]]), torch.ones(2)).among,
         {"part": torch.tensor([0, 1])}),
        (data.NodePairs, {"data": graphs[0], "pairs": [(0, 1)], "num_hops": 1, "y": [1.0]}),
        (lambda **some: list(explainer.stream(**some)), {"pairs": [tuple(graphs[:2])], "size": 2}),
        (explanations[0].threshold, {"threshold_type": "topk", "value": 2}),
        (explain.PairExplanation, {"query": matrix.query, "reference": matrix.reference,
                                   "prediction": 0.5, "relevance": torch.ones(6, 6), "terms": {},
                                   "completeness_error": None, "algorithm": "x", "settings": {}}),
        (explain.MaskKinds, {"node_mask_type": "object", "edge_mask_type": None,
                             "undirected": False, "mask_mode": "message"}),
        (explain.explain_smiles, {"function": lambda text: [len(text), 1], "query": "CCO",
                                  "reference": "CCN", "compare": "cosine", "groups": None}),
        (explain.same_graph, {"one": graphs[0], "other": graphs[1]}),
        (metric.Column, {"name": "a", "better": "high", "least": 0.0, "most": 1.0}),
        (metric.Faithfulness, {"model": model, "share": 0.2, "steps": 5}),
        (metric.removal_resolver, {"query": "deletion"}),
        (visualize.draw_group, {"tables": tables(), "atlas": SMALL, "names": ("healthy", "ill")}),
        (visualize.draw_subject, {"tables": of_kind("subject"), "atlas": SMALL, "of": "ill"}),
        (visualize.draw_changes, {"tables": of_kind("changes"), "atlas": SMALL,
                                  "sessions": ("healthy", "ill"), "which": "change"}),
        (chemistry.tanimoto, {"one": chemistry.ecfp4(["CCO"]), "other": chemistry.ecfp4(["CC"])}),
        (chemistry.bond_name, {"molecule": chemistry.parse_smiles("CCO"), "one": 0, "other": 1,
                               "atoms": None}),
    ]  # fmt: skip
    return [Tried(_name(function), function, arguments) for function, arguments in found]


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", function))
