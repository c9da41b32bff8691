"""Methods to measure: explainers, functions that make them, or finished explanations."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any, cast

import torch
from torch_geometric.data import Data

from pyg_siamex._called import called
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.random import RandomExplainer
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.protocol import MASK_TYPES, Elements, EvaluationProtocol
from pyg_siamex.metric.truth import PairTruth
from pyg_siamex.metric.unexplained import unexplained
from pyg_siamex.nn.siamese import SiameseGNN

Explanations = Sequence[PairExplanation]
Method = PairExplainer | Callable[[int], PairExplainer] | Explanations | Mapping[int, Explanations]

# Explanations of every pair by seed; None if a method has no answer.
BySeed = Mapping[int, Sequence[PairExplanation | None]]


def methods_by_name(
    methods: Method | Mapping[str, Method], reserved: Sequence[str] = ()
) -> dict[str, Method]:
    """Methods by name; a single method takes the name of its algorithm.

    Args:
        methods: A method, or methods by name.
        reserved: Names of the added controls.

    Raises:
        TypeError: If keys are neither names nor seeds of finished explanations, or a method is an
            algorithm without a model.
        ValueError: If ``methods`` is empty, or a method has the name of a control, or none.
    """
    if isinstance(methods, Mapping) and all(isinstance(key, str) for key in methods):
        out = {name: _listed(method) for name, method in cast(dict[str, Method], methods).items()}
    else:
        if isinstance(methods, Mapping):
            _check_by_seed(methods)
        single = _listed(cast(Method, methods))
        out = {_name(single): single}
    if any(not name.strip() for name in out):
        raise ValueError("a method has an empty name: name it")
    for name in reserved:
        if name in out:
            raise ValueError(f"'{name}' is measured in any case: leave it out, or rename it")
    if not out:
        raise ValueError("there are no methods to measure")
    for method in out.values():
        if isinstance(method, PairAlgorithm):
            name = type(method).__name__
            raise TypeError(
                f"`methods` has the algorithm {name}: give an explainer, "
                f"PairExplainer(model, {name}(...), edge_mask_type='object')"
            )
    return out


def _listed(method: Method) -> Method:
    """A list for a column or an array of finished explanations; anything else as it is."""
    found: Any = method
    return cast(Method, found.tolist()) if hasattr(found, "tolist") else method


def _check_by_seed(methods: Mapping[Any, Any]) -> None:
    for key, value in methods.items():
        if not isinstance(value, list | tuple) or not isinstance(key, Integral):
            raise TypeError(
                f"methods has the key {key!r:.60}: names of methods are texts, and seeds are whole "
                f"numbers, keys of lists of finished explanations"
            )


def explain_by_seed(
    method: Method,
    queries: Sequence[Data],
    references: Sequence[Data],
    seeds: Sequence[int],
) -> BySeed:
    """Explanations of all pairs under each seed; finished ones count for the first seed."""
    if isinstance(method, Mapping):
        return {int(seed): list(explanations) for seed, explanations in method.items()}
    if not callable(method):
        return {seeds[0]: list(method)}
    return {
        seed: explain_seeded(_explainer_for(method, seed), queries, references, seed)
        for seed in seeds
    }


def explain_seeded(
    explainer: PairExplainer, queries: Sequence[Data], references: Sequence[Data], seed: int
) -> Explanations:
    """Explain pairs with the global generator seeded, for algorithms that draw from it.

    The generator is restored afterwards.
    """
    check_made(explainer)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return explainer.explain(queries, references)


def _explainer_for(method: Method, seed: int) -> PairExplainer:
    """The method itself if it is an explainer, or the explainer that it makes for a seed.

    Raises:
        TypeError: If it does not make an explainer.
    """
    made = cast(Callable[[int], PairExplainer], method)
    explainer = method if isinstance(method, PairExplainer) else called("methods", made, seed)
    check_made(explainer)
    return explainer


def check_made(explainer: Any) -> None:
    """Refuse what a function made instead of an explainer.

    Args:
        explainer: Anything.

    Raises:
        TypeError: If it is no explainer.
    """
    if not isinstance(explainer, PairExplainer):
        raise TypeError(f"a method must make a PairExplainer, got {type(explainer).__name__}")


def random_control(
    model: SiameseGNN,
    queries: Sequence[Data],
    references: Sequence[Data],
    seeds: Sequence[int],
    protocol: EvaluationProtocol,
) -> dict[int, Explanations]:
    """Random importances of the elements in ``protocol``."""
    graphs = [[unexplained(graph, model) for graph in side] for side in (queries, references)]
    out: dict[int, Explanations] = {}
    for seed in seeds:
        explainer = PairExplainer(
            model,
            RandomExplainer(seed),
            side=protocol.side,
            undirected=protocol.undirected,
            **MASK_TYPES[protocol.elements_of([])],
        )
        out[seed] = explainer.explain(*graphs)
    return out


def oracle_control(truths: Sequence[PairTruth | None], seed: int) -> BySeed:
    """The ground truth as a mask, to test whether the model uses it."""
    return {seed: [None if truth is None else truth.oracle for truth in truths]}


def pairs_of(
    methods: Mapping[str, Method],
    queries: Sequence[Data] | None,
    references: Sequence[Data] | None,
) -> tuple[Sequence[Data], Sequence[Data]]:
    """The given pairs, or by default the pairs of the first finished explanations.

    Raises:
        ValueError: If pairs are missing, the numbers of queries and references differ, or only one
            of the two is given.
    """
    if (queries is None) != (references is None):
        given, other = (
            ("queries", "references") if references is None else ("references", "queries")
        )
        raise ValueError(f"{given} are given without {other}: give both, or neither")
    if queries is None or references is None:
        finished = [m for m in map(_finished, methods.values()) if m is not None]
        if len(finished) < len(methods):
            raise ValueError("give queries and references for the explainers to explain")
        queries = [e.query for e in finished[0]]
        references = [e.reference for e in finished[0]]
    if not len(queries):
        raise ValueError("there are no explanations to measure")
    if len(references) != len(queries):
        raise ValueError(f"references has {len(references)} entries for {len(queries)} pairs")
    return queries, references


def elements_of(method: Method, seed: int, protocol: EvaluationProtocol) -> Elements:
    """The elements in ``protocol``, or by default those that the method masks, edges first."""
    finished = _finished(method)
    if finished is not None or protocol.elements is not None:
        return protocol.elements_of(finished or [])
    explainer = _explainer_for(method, seed)
    asked = {
        "node_mask_type": explainer.kinds.node_mask_type,
        "edge_mask_type": explainer.kinds.edge_mask_type,
    }
    fits = (e for e, types in MASK_TYPES.items() if types.items() <= asked.items())
    return cast(Elements, next(fits))


def model_of(methods: Mapping[str, Method], seed: int) -> SiameseGNN:
    """The model of the first explainer.

    Raises:
        ValueError: If all methods are finished explanations.
    """
    for method in methods.values():
        if _finished(method) is None:
            return _explainer_for(method, seed).model
    raise ValueError("only finished explanations are given: pass the model that they explain")


def _finished(method: Method) -> Explanations | None:
    if isinstance(method, Mapping):
        return next(iter(method.values()), [])
    return None if callable(method) else method


def _name(method: Method) -> str:
    if isinstance(method, PairExplainer):
        return method.algorithm.name
    finished = _finished(method)
    if finished is not None:
        return (finished[0].algorithm or "explanations") if len(finished) else "explanations"
    return getattr(method, "__name__", type(method).__name__)
