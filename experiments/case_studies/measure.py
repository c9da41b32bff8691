"""Train a case's model, explain its pair by several methods, and judge the explanations."""

import warnings
from typing import Any

import pandas as pd
import torch
from case_studies.cases import CASES, Case
from torch import Tensor
from torch_geometric.explain import Explanation

from pyg_siamex import (
    BiLRP,
    IntegratedGradients,
    IntegratedJacobians,
    Occlusion,
    PairExplainer,
    PairExplanation,
    SelfLearned,
)
from pyg_siamex.explain import (
    Invariance,
    PairAlgorithm,
    RandomExplainer,
    SharedInvariance,
)
from pyg_siamex.explain.elements import node_importance, strongest_edges, undirected_edges
from pyg_siamex.metric import GroupMap, evaluate, stability

KEYS = {"case": str, "seed": int, "epochs": int, "graphs": int, "pictured": int}
COLUMNS = ("kind", "method", "name", "side", "i", "j", "value", "text")
STRONGEST = 60
"""Connections that are kept of each connectome; nothing else of a subject leaves the data."""


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Rows of one case and one seed.

    Returns:
        ``kind`` is ``quality`` (of the model), ``fact``, ``number`` (of a ``method``), and, for
        the seed that is pictured, ``graph``, ``atom``, ``edge``, ``relevance`` and ``group``: what
        its pictures are drawn from.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case = CASES[unit["case"]](unit["seed"], unit["epochs"], unit["graphs"])
        return _Study(case, unit["seed"] == unit["pictured"]).frame()


class _Study:
    """All rows of a case."""

    def __init__(self, case: Case, pictured: bool) -> None:
        self.case, self.pictured = case, pictured
        self.of_brains = "edge_mask_type" in case.masks
        self.rows: list[dict[str, Any]] = []

    def frame(self) -> pd.DataFrame:
        for name, value in self.case.quality.items():
            self._add("quality", name=name, value=value)
        for name, value in self.case.facts.items():
            self._add("fact", name=name, **{_column(value): value})
        explained = {name: self._explainer(a) for name, a in self._methods().items()}
        pair = [self.case.query], [self.case.reference]
        found = {name: explainer.explain(*pair)[0] for name, explainer in explained.items()}
        self._add("fact", name="similarity", value=found["integrated gradients"].prediction)
        for name, explanation in found.items():
            self._judge(name, explanation)
            self._stay(name, explained[name])
        self._faithful(found)
        if self.pictured:
            self._picture(found)
        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return frame.astype({"i": "Int64", "j": "Int64"})

    def _methods(self) -> dict[str, PairAlgorithm]:
        # From a graph of average nodes: from zero features the embedding at the start of the path
        # is many times a molecule's, and swamps the rest.
        jacobians = IntegratedJacobians(reference="own")
        if self.of_brains:
            jacobians = IntegratedJacobians(path="edges")
        methods: dict[str, PairAlgorithm] = {
            "random": RandomExplainer(),
            "occlusion": Occlusion(),
            "integrated gradients": IntegratedGradients(),
            "SelfLearned GDA": SelfLearned("gda", self._invariance()),
            "BiLRP": BiLRP(),
            "integrated Jacobians": jacobians,
        }
        if self.of_brains:  # the labels of the training graphs, and no model
            methods["group t"] = GroupMap.of_t_values(self.case.pool)
            methods["ridge weights"] = GroupMap.of_ridge_weights(self.case.pool)
        return methods

    def _invariance(self) -> Invariance:
        case = self.case
        if case.shared:
            return SharedInvariance.learn(case.model, case.pool, **case.masks)
        return Invariance.learn(case.model, case.pool)

    def _explainer(self, algorithm: PairAlgorithm) -> PairExplainer:
        return PairExplainer(self.case.model, algorithm, **self.case.masks)

    def _judge(self, method: str, explanation: PairExplanation) -> None:
        """What an explanation says of itself, and where it puts what is known to be true."""
        if explanation.completeness_error is not None:
            self._number(method, "completeness error", explanation.completeness_error)
        for name, value in explanation.terms.items():
            self._number(method, f"term {name}", value)
        if "converged" in explanation.info:
            self._number(method, "converged", float(explanation.info["converged"]))
            if explanation.info["conformity"] is not None:
                self._number(method, "conformity", explanation.info["conformity"])
        if self.case.truth is not None:
            for side, truth in zip(("query", "reference"), self.case.truth, strict=True):
                value = _importance(explanation, side).abs()
                best = int((value[truth].max() <= value).sum())
                self._number(method, "rank of the best true atom", best, side)
                share = float(value[truth].sum() / value.sum())
                self._number(method, "share on true atoms", share, side)
        if explanation.relevance is not None and self.case.truth is not None:
            inside = torch.outer(*(truth.double() for truth in self.case.truth))
            positive = explanation.relevance.double().clamp_min(0)
            share = float((positive * inside).sum() / positive.sum())
            self._number(method, "positive relevance between true atoms", share)
        if explanation.relevance is not None and self.of_brains:
            self._judge_lobes(method, explanation)

    def _judge_lobes(self, method: str, explanation: PairExplanation) -> None:
        """How near the matrix of lobes is to one number per lobe and side, and whose are large."""
        lobes = self.case.query.networks
        grouped = explanation.group(lobes, lobes)
        squares = torch.linalg.svdvals(grouped.matrix.double()).square()
        self._number(
            method, "lobes, share of the nearest product", float(squares[0] / squares.sum())
        )
        large = ["frontal" in name or "temporal" in name for name in grouped.query_groups]
        rows = grouped.matrix.sum(1)
        share = float(rows[torch.tensor(large)].sum() / rows.sum())
        self._number(method, "lobes, share of frontal and temporal", share)

    def _stay(self, method: str, explainer: PairExplainer) -> None:
        """Whether the query's importances stay over references."""
        references = [self.case.reference, *self.case.others]
        with torch.random.fork_rng():
            torch.manual_seed(0)
            found = explainer.explain([self.case.query] * len(references), references)
        out = stability(
            found,
            model=self.case.model,
            elements="edge" if self.of_brains else "node",
            undirected=self.of_brains,
        )
        self._number(method, "stability", out.spearman)
        self._number(method, "stability of magnitudes", out.magnitude)
        self._number(method, "spread of references", float(out.spread or 0.0))

    def _faithful(self, found: dict[str, PairExplanation]) -> None:
        truth = None if self.case.truth is None else [self.case.truth[0]]
        frame = evaluate(
            {name: [explanation] for name, explanation in found.items() if name != "random"},
            model=self.case.model,
            truth=truth,
            measures=("ground_truth", "insertion_deletion"),
            elements="edge" if self.of_brains else "node",
            undirected=self.of_brains,
            seeds=tuple(range(5)),
        )
        for row in frame[frame["measure"].isin(["AUROC", "insertion - deletion"])].itertuples():
            if row.seed == 0 or row.method == "random":
                self._number(row.method, row.measure, row.value)

    def _picture(self, found: dict[str, PairExplanation]) -> None:
        graphs = {"query": self.case.query, "reference": self.case.reference}
        if self.case.missed is not None:
            graphs["missed"] = self.case.missed
        for side, graph in graphs.items():
            name = "" if self.of_brains else str(graph.name)
            self._add("graph", side=side, name=name, text=graph.get("smiles") or "")
        for method, explanation in found.items():
            if method != "random":
                self._picture_of(method, explanation)
        if self.case.missed is not None:
            explainer = self._explainer(IntegratedGradients())
            (missed,) = explainer.explain([self.case.query], [self.case.missed])
            self._picture_of("missed", missed)

    def _picture_of(self, method: str, explanation: PairExplanation) -> None:
        for side in ("query", "reference"):
            part: Explanation = getattr(explanation, side)
            if self.of_brains:
                for u, v, value in strongest_edges(undirected_edges(part), STRONGEST):
                    self._add("edge", method, side=side, i=u, j=v, value=value)
            elif part.get("node_mask") is not None:
                for atom, value in enumerate(node_importance(part).tolist()):
                    self._add("atom", method, side=side, i=atom, value=value)
        if explanation.relevance is None:
            return
        if self.of_brains:
            lobes = self.case.query.networks
            grouped = explanation.group(lobes, lobes)
            for row, a in enumerate(grouped.query_groups):
                for column, b in enumerate(grouped.reference_groups):
                    value = float(grouped.matrix[row, column])
                    self._add("group", method, name=a, text=b, i=row, j=column, value=value)
            return
        for i, row in enumerate(explanation.relevance.tolist()):
            for j, value in enumerate(row):
                self._add("relevance", method, i=i, j=j, value=value)

    def _number(self, method: str, name: str, value: float, side: str = "") -> None:
        self._add("number", method, name=name, value=float(value), side=side)

    def _add(self, kind: str, method: str = "", **cells: Any) -> None:
        self.rows.append({"kind": kind, "method": method, **cells})


def _column(value: str | float) -> str:
    return "text" if isinstance(value, str) else "value"


def _importance(explanation: PairExplanation, side: str) -> Tensor:
    part = getattr(explanation, side)
    matrix = explanation.relevance
    return node_importance(part, matrix if matrix is None or side == "query" else matrix.T)
