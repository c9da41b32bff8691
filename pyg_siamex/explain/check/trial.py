"""Shared state of all checks of one algorithm, one model and one kind of mask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, pairwise

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.check.attribution import Observed
from pyg_siamex.explain.check.kinds import MaskKind
from pyg_siamex.explain.check.outcome import Outcome, attempt
from pyg_siamex.explain.check.trial_graphs import CheckGraph, odd_graphs
from pyg_siamex.explain.check.untouched import GlobalState
from pyg_siamex.explain.engine.problem import Side
from pyg_siamex.explain.explainer import PairExplainer
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class CheckPair:
    """A query and a reference with names."""

    query: CheckGraph
    reference: CheckGraph

    @property
    def name(self) -> str:
        """Name of the pair in messages."""
        return f"({self.query.name}, {self.reference.name})"

    @property
    def odd(self) -> bool:
        """Whether one of the graphs is odd."""
        return self.query.odd or self.reference.odd

    def turned(self) -> "CheckPair":
        """The pair with query and reference swapped."""
        return CheckPair(self.reference, self.query)

    def with_query(self, data: Data) -> "CheckPair":
        """The pair with another query."""
        return replace(self, query=replace(self.query, data=data))


@dataclass
class Trial:
    """One algorithm with one kind of mask on one model.

    Attributes:
        algorithm: The algorithm.
        model: The model.
        kind: The kind of mask.
        pairs: The pairs to explain; the first one is plain.
        process: The state of the process before the algorithm was called.
    """

    algorithm: PairAlgorithm
    model: SiameseGNN
    kind: MaskKind
    pairs: list[CheckPair]
    process: GlobalState = field(default_factory=GlobalState)
    _outcomes: list[Outcome] = field(default_factory=list, init=False, repr=False)

    @property
    def dtype(self) -> torch.dtype:
        """Floating type of the model."""
        return dtype_of(self.model)

    @property
    def stochastic(self) -> bool:
        """Whether the algorithm declares that it draws random numbers."""
        return bool(getattr(self.algorithm, "stochastic", False))

    def explain(
        self, pairs: Sequence[CheckPair], side: Side = "both", model: SiameseGNN | None = None
    ) -> list[PairExplanation]:
        """Explain copies of pairs together."""
        queries = [pair.query.data.clone() for pair in pairs]
        references = [pair.reference.data.clone() for pair in pairs]
        return self.explainer(side, model).explain(queries, references)

    def explainer(self, side: Side = "both", model: SiameseGNN | None = None) -> PairExplainer:
        """The explainer of this trial."""
        observed = Observed(self.algorithm)
        return PairExplainer(model or self.model, observed, side=side, **self.kind.arguments)

    def alone(self) -> Iterator[tuple[CheckPair, Outcome]]:
        """Each pair and its outcome; every pair is explained separately and only once."""
        for position, pair in enumerate(self.pairs):
            if position == len(self._outcomes):
                self._outcomes.append(attempt(partial(self._one, pair)))
            yield pair, self._outcomes[position]

    def explained(self) -> Iterator[tuple[CheckPair, PairExplanation]]:
        """The pairs that were explained, and their explanations."""
        for pair, outcome in self.alone():
            if isinstance(outcome, PairExplanation):
                yield pair, outcome

    def plain(self) -> list[tuple[CheckPair, PairExplanation]]:
        """Up to two explained pairs without odd graphs."""
        return list(islice(((p, e) for p, e in self.explained() if not p.odd), 2))

    def _one(self, pair: CheckPair) -> PairExplanation:
        return self.explain([pair])[0]


def pairs_of(model: SiameseGNN, graphs: Sequence[Data]) -> list[CheckPair]:
    """Pairs to explain: plain ones, and every odd graph that ``model`` reads on either side.

    Raises:
        ValueError: If the embedding of one of ``graphs`` is not finite. Errors of the model are
            passed on.
    """
    plain = [CheckGraph(f"graph {k}", graph) for k, graph in enumerate(graphs)]
    for graph in plain:
        embedding = embedding_of(model, graph.data)
        if not embedding.isfinite().all():
            raise ValueError(f"the model's embedding of {graph.name} is not finite")
    odd = [graph for graph in odd_graphs(graphs) if readable(model, graph.data)]
    pairs = [CheckPair(q, r) for q, r in zip(plain, [*plain[1:], plain[0]], strict=True)]
    for k, graph in enumerate(odd):
        pairs.append(CheckPair(graph, plain[k % len(plain)]))
        pairs.append(CheckPair(plain[(k + 1) % len(plain)], graph))
    return pairs + [CheckPair(q, r) for q, r in pairwise(odd)]


def readable(model: SiameseGNN, graph: Data) -> bool:
    """Whether the model gives a finite embedding of a graph."""
    try:
        return bool(embedding_of(model, graph).isfinite().all())
    except Exception:  # encoders may raise any error for unsuitable graphs
        return False


@torch.no_grad()
def embedding_of(model: SiameseGNN, graph: Data) -> Tensor:
    """Embedding of one graph in evaluation mode, ``[1, D]``."""
    with evaluating(model):
        return model.encode(model.inputs_of([graph.clone()]))


def dtype_of(model: SiameseGNN) -> torch.dtype:
    """Type of the encoder's first floating weight."""
    types = [p.dtype for p in model.encoder.parameters() if p.is_floating_point()]
    return types[0] if types else torch.get_default_dtype()
