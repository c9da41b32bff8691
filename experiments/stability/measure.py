"""Judge every method on the pairs of one set and one model."""

from collections.abc import Callable
from typing import Any

import pandas as pd
from runner.quiet import quiet
from stability import brains, methods, molecules, tables
from stability.trial import Drawn, Trial
from torch import Tensor

from pyg_siamex import PairExplanation
from pyg_siamex.explain import Invariance
from pyg_siamex.metric import evaluate, ground_truth_auroc
from pyg_siamex.metric.agreement import spearman

KEYS = {
    "set": str,
    "seed": int,
    "queries": int,
    "references": int,
    "of_another": int,
    "few_queries": int,
    "few_references": int,
    "steps": int,
    "draws": int,
    "epochs": int,
}
SETS: dict[str, Callable[..., Trial]] = {
    "nci": molecules.nci,
    "alkane_carbonyl": molecules.alkane_carbonyl,
    "crippen": molecules.crippen,
    "mutag": molecules.mutag,
    "esol": molecules.esol,
    "planted": brains.planted,
    "two_motifs": brains.two_motifs,
    "hcp": brains.hcp,
    "abide": brains.abide,
    "breast_cancer": tables.breast_cancer,
}
MEASURES = (
    "ground_truth",
    "insertion_deletion",
    "robust_fidelity",
    "fidelity",
    "conformity",
    "simplicity",
)
KEPT = (
    "AUROC",
    "average precision",
    "stability",
    "stability, magnitude",
    "other class, magnitude",
    "top overlap",
    "spread",
    "seed floor",
    "conformity",
    "insertion - deletion",
    "robust fidelity",
    "fidelity+",
    "fidelity-",
    "characterisation",
    "effective share",
)
Explained = dict[int, list[PairExplanation]]


def measure(unit: dict[str, Any]) -> pd.DataFrame:
    """Means over a query's references, of its class (``alike`` 1) and of another (0).

    Columns: ``pairs`` (``all``, or ``few`` for methods that take pairs one by one), ``query``,
    ``alike``, ``method``, ``measure``, ``value``. The model's pair AUC is a measure of ``model``;
    a method that refuses the model has the measure ``refused``.
    """
    with quiet():
        sizes = {name: unit[name] for name in ("queries", "references", "of_another")}
        trial = SETS[unit["set"]](unit["seed"], **sizes)
        learned = methods.invariance(trial)
        everything = list(range(len(trial.pairs)))
        few = _few(trial.pairs, unit["few_queries"], unit["few_references"])
        parts = [
            judged(trial, learned, methods.batched(trial, learned), everything, unit).assign(
                pairs="all"
            ),
            judged(
                trial, learned, methods.sampled(trial, learned, unit["epochs"]), few, unit
            ).assign(pairs="few"),
        ]
    frame = pd.concat(parts, ignore_index=True)
    quality = {"pairs": "all", "method": "model", "measure": "pair AUC", "value": trial.auc}
    frame = pd.concat([frame, pd.DataFrame([quality])], ignore_index=True)
    whole = frame.astype({"query": "Int64", "alike": "Int64"})
    return whole[["pairs", "query", "alike", "method", "measure", "value"]].round({"value": 5})


def judged(
    trial: Trial,
    learned: Invariance,
    explainers: methods.Explainers,
    chosen: list[int],
    unit: dict[str, Any],
) -> pd.DataFrame:
    """Means over each query's references of everything that is measured.

    Args:
        trial: The pairs.
        learned: Whose relations and score the explanations are compared with.
        explainers: What is compared.
        chosen: Positions of the pairs.
        unit: ``steps`` of curves and ``draws`` of robust fidelity.
    """
    pairs = trial.pairs
    queries = [pairs.queries[k] for k in chosen]
    references = [pairs.references[k] for k in chosen]
    ids = [pairs.query_ids[k] for k in chosen]
    scores, orders = _of_queries(trial, learned, queries, ids)
    explained: dict[str, Explained] = {}
    rows: list[tuple] = []
    for name, method in explainers.items():
        try:
            explained[name] = _explain(method, queries, references)
        except ValueError:
            rows.append((None, name, "refused", 1.0))
    frame = evaluate(
        explained,
        queries,
        references,
        model=trial.model,
        truth=None if trial.truth is None else [trial.truth[k] for k in chosen],
        orders=orders,
        query_ids=ids,
        reference_labels=[pairs.labels[k] for k in chosen],
        steps=unit["steps"],
        draws=unit["draws"],
        measures=MEASURES,
        seeds=(0, 1),
        undirected=trial.masks.get("undirected", False),
    )
    frame = frame[frame["measure"].isin(KEPT)][["pair", "method", "measure", "value"]]
    own = [name for name, found in explained.items() if "conformity" in found[0][0].info]
    frame = frame[~(frame["method"].isin(own) & (frame["measure"] == "conformity"))]
    for name, by_seed in explained.items():
        for pair, explanation in enumerate(by_seed[0]):
            for what, value in _more(trial, chosen[pair], explanation, scores[ids[pair]]):
                rows.append((pair, name, what, value))
    frame = pd.concat([frame, pd.DataFrame(rows, columns=frame.columns)], ignore_index=True)
    place = pd.DataFrame({"query": ids, "alike": [int(pairs.alike[k]) for k in chosen]})
    frame = frame.join(place, on="pair")
    keys = ["query", "alike", "method", "measure"]
    return frame.groupby(keys, sort=False, dropna=False)["value"].mean().reset_index()


def _more(
    trial: Trial, pair: int, explanation: PairExplanation, score: Tensor
) -> list[tuple[str, float]]:
    """What the library has no measure of."""
    mask = _mask(explanation)
    out = [("correlation with the consensus", _spearman(mask.abs(), score))]
    if "converged" in explanation.info:
        out.append(("converged", float(explanation.info["converged"])))
    if explanation.info.get("conformity") is not None:  # to the relations of this pair
        out.append(("conformity", explanation.info["conformity"]))
    if trial.effects:
        pulls = _mask(explanation.pulls())
        out.append(("effect correlation", _with_effects(pulls, trial.effects[pair])))
    if trial.rivals and trial.truth is not None and trial.truth[pair] is not None:
        rivals = trial.rivals[pair]
        among = ground_truth_auroc(mask[rivals].abs(), trial.truth[pair][rivals])
        out.append(("AUROC among motifs", float(among)))
    return out


def _with_effects(mask: Tensor, effects: Tensor) -> float:
    """Rank correlation with what atoms are worth; masks without a sign explain what prevails."""
    signed = bool((mask < 0).any())
    return _spearman(mask, effects if signed or effects.sum() > 0 else -effects)


def _explain(method: Any, queries: list, references: list) -> Explained:
    if callable(getattr(method, "explain", None)):
        return {0: method.explain(queries, references)}
    return {seed: method(seed).explain(queries, references) for seed in (0, 1)}


def _of_queries(
    trial: Trial, learned: Invariance, queries: list, ids: list[int]
) -> tuple[dict[int, Tensor], list[Tensor]]:
    """Scores of each query, and relations for each pair."""
    scores: dict[int, Tensor] = {}
    orders: dict[int, Tensor] = {}
    for number, query in zip(ids, queries, strict=True):
        if number not in scores:
            found = learned.of(trial.model, query, **trial.masks)
            masks = found.masks.edge if found.masks.edge is not None else found.masks.node
            scores[number] = masks.flatten()
            (orders[number],) = found.order.values()
    return scores, [orders[number] for number in ids]


def _few(pairs: Drawn, queries: int, references: int) -> list[int]:
    """Pairs of the first queries with their first alike references."""
    counted: dict[int, int] = {}
    chosen = []
    for pair, number in enumerate(pairs.query_ids):
        if number < queries and pairs.alike[pair] and counted.get(number, 0) < references:
            counted[number] = counted.get(number, 0) + 1
            chosen.append(pair)
    return chosen


def _mask(explanation: PairExplanation) -> Tensor:
    mask = explanation.query.get("edge_mask")
    return (explanation.query.node_mask if mask is None else mask).flatten().detach()


def _spearman(a: Tensor, b: Tensor) -> float:
    return float(spearman(a[None], b[None]))
