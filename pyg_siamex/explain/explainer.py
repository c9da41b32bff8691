"""The main interface: explain pairs by a Siamese model and an algorithm."""

import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, get_args

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.explain.config import MaskType, ThresholdConfig
from tqdm.auto import tqdm

from pyg_siamex._door import checked, made
from pyg_siamex._given import either
from pyg_siamex._numbers import flag, whole
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.adjacency import check_adjacency
from pyg_siamex.explain.engine.checked_attribution import check_attribution
from pyg_siamex.explain.engine.contract.known import apart_after_all, contract_of, forget_if_changed
from pyg_siamex.explain.engine.encoder import embed_alone
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.mask_kinds import MaskKinds, MaskMode
from pyg_siamex.explain.engine.problem import Attribution, PairProblem, Side
from pyg_siamex.explain.engine.reach import WARNING, reads_beyond
from pyg_siamex.explain.engine.unshared import check_algorithm, is_unshared, unshared_problem
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.explain.intake import graphs_of, named_graphs
from pyg_siamex.explain.provenance import parameters_of, shape_of, versions
from pyg_siamex.explain.threshold import threshold_of, threshold_words
from pyg_siamex.explain.unpack import explanations_of
from pyg_siamex.nn.device import check_filled
from pyg_siamex.nn.finite import check_similarities
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import eager
from pyg_siamex.nn.similarity import compare

# Nodes plus edges encoded at once: 64 to 128 molecules, which fit into the cache of a CPU.
CHUNK_SIZE = 32768


class NotFiniteError(ValueError):
    """An explainer gave masks with NaN or infinite values."""


@checked
class PairExplainer:
    r"""Explain why a Siamese model finds two graphs alike or not.

    Uses the same terms as :class:`torch_geometric.explain.Explainer`.

    Args:
        model: The trained model; every call leaves it unchanged. Models of pairs that were written
            elsewhere become one by :func:`~pyg_siamex.nn.adapt`.
        algorithm: A :class:`~pyg_siamex.explain.PairAlgorithm`.
        node_mask_type: ``None``, ``"object"`` (a value per node), ``"attributes"`` (per node and
            feature) or ``"common_attributes"`` (per feature of each graph). If the encoder looks up
            integer types in ``torch.nn.Embedding`` tables, use ``"object"``: the mask scales the
            looked-up embeddings, and ``info["node_mask_on"]`` names the tables.
        edge_mask_type: ``None`` or ``"object"``.
        threshold_config: PyG threshold of the masks, for example
            ``dict(threshold_type="topk", value=6)``; signed masks are ranked by magnitude.
        side: Which graph is masked: ``"both"``, ``"query"`` or ``"reference"``.
        undirected: Whether an edge and its reverse share one mask value, for example for bonds.
        mask_mode: ``"message"`` scales messages; layers that normalise (GCN, mean) keep the
            neighbour count of the whole graph. ``"weight"`` scales ``edge_weight``, so
            normalisation is recomputed and a mask of zeros equals deleting the edge.
        chunk_size: Largest number of nodes plus edges that are encoded at once.
        progress: Show a progress bar over chunks.

    Raises:
        ValueError: If no mask is requested, a name is unknown, or ``mask_mode="weight"`` is used
            with an encoder without edge weights.

    Example:
        >>> explainer = PairExplainer(model, MaskOptimization(), edge_mask_type="object")
        >>> explanation = explainer(query, reference)
        >>> explanation.query.edge_mask.shape
        torch.Size([4])
    """

    def __init__(
        self,
        model: SiameseGNN,
        algorithm: PairAlgorithm,
        *,
        node_mask_type: MaskType | str | None = None,
        edge_mask_type: MaskType | str | None = None,
        threshold_config: ThresholdConfig | dict[str, Any] | tuple[str, float] | None = None,
        side: Side = "both",
        undirected: bool = False,
        mask_mode: MaskMode = "message",
        chunk_size: int = CHUNK_SIZE,
        progress: bool = False,
    ) -> None:
        model = _siamese(model)
        check_filled(model)
        if not isinstance(algorithm, PairAlgorithm):
            raise TypeError(f"algorithm must be a PairAlgorithm instance, got {algorithm!r}")
        check_algorithm(model, algorithm.name, algorithm.joint)
        self.model = model
        self.algorithm = algorithm
        self.kinds: MaskKinds = MaskKinds(node_mask_type, edge_mask_type, undirected, mask_mode)
        _one_of("side", side, get_args(Side))
        weighs = is_unshared(model) or "edge_weight" in model.extra_inputs
        if mask_mode == "weight" and not weighs:
            raise ValueError(
                f"mask_mode='weight' needs an encoder that takes edge_weight, and "
                f"{type(model.encoder).__name__} does not: use mask_mode='message'"
            )
        whole("chunk_size", chunk_size)
        self.threshold_config: ThresholdConfig | None = threshold_of(threshold_config)
        self.side = side
        self.chunk_size = chunk_size
        self.progress: bool = flag("progress", progress)

    def __repr__(self) -> str:
        """Model, algorithm and settings, in one line."""
        asked = self.settings["explainer"]
        encoder = type(self.model.encoder).__name__
        shown = [f"{name}={value!r}" for name, value in asked.items() if value not in (None, False)]
        return f"PairExplainer({', '.join([encoder, self.algorithm.name, *shown])})"

    @property
    def settings(self) -> dict[str, Any]:
        """All settings as plain values, for files.

        Has the keys ``"algorithm"`` (its name and parameters, including its seed), ``"explainer"``,
        ``"model"`` and ``"versions"``, each a dict.
        """
        kinds, config = self.kinds.plain(), self.threshold_config
        return {
            "algorithm": {"name": self.algorithm.name, **parameters_of(self.algorithm)},
            "explainer": {
                "node_mask_type": kinds["node_mask_type"],
                "edge_mask_type": kinds["edge_mask_type"],
                "side": self.side,
                "undirected": kinds["undirected"],
                "mask_mode": kinds["mask_mode"],
                "signed": self.algorithm.signed,
                "threshold": None if config is None else threshold_words(config),
            },
            "model": shape_of(self.model),
            "versions": versions(),
        }

    @checked
    def __call__(
        self, query: Data | Batch, reference: Data | Batch
    ) -> PairExplanation | list[PairExplanation]:
        """Explain one pair, or two batches pair by pair.

        Args:
            query: A ``Data``, or a ``Batch`` of B graphs.
            reference: A ``Data``, or a ``Batch`` of B graphs.

        Returns:
            One :class:`PairExplanation` for two ``Data``, otherwise a list of B.

        Raises:
            ValueError: If the batches differ in length, a graph has invalid edges or non-finite
                features, or the requested masks do not fit the graphs.
        """
        reads = self.model.extra_inputs
        out = self.explain(graphs_of(query, reads), graphs_of(reference, reads))
        single = not isinstance(query, Batch) and not isinstance(reference, Batch)
        return out[0] if single else out

    @checked
    def explain(self, queries: Sequence[Data], references: Sequence[Data]) -> list[PairExplanation]:
        """Explain lists of graphs pair by pair; otherwise the same as calling the explainer.

        Args:
            queries: B graphs.
            references: B graphs.
        """
        if len(queries) != len(references):
            raise ValueError(
                f"query holds {len(queries)} graphs and reference {len(references)}: "
                f"give one reference per query"
            )
        self._check_adjacency([*queries, *references])
        queries = self._checked(queries, "query")
        references = self._checked(references, "reference")
        partial = self._warn_of_beyond([*queries, *references])
        chunks = list(self._chunks(queries, references))
        bar = tqdm(chunks, desc=self.algorithm.name, unit="chunk", disable=not self.progress)
        explanations = [explanation for pairs in bar for explanation in self._explain(*pairs)]
        for explanation in explanations if partial else ():
            explanation.info["partial_neighbourhood"] = True
        return explanations

    @checked
    def stream(
        self, pairs: Iterable[tuple[Data, Data]], size: int = 256
    ) -> Iterator[PairExplanation]:
        """Explain pairs one after another in bounded memory, in their order.

        Args:
            pairs: Query and reference of each pair; read as they are needed.
            size: Most pairs that are explained at once, at least 1.

        Yields:
            The explanation of each pair.

        Raises:
            ValueError: If ``size`` is below 1; else as calling the explainer.

        Example:
            >>> explainer = PairExplainer(model, Occlusion(), edge_mask_type="object")
            >>> pairs = ((query, other) for other in dataset)
            >>> len([explanation.prediction for explanation in explainer.stream(pairs)])
            22
        """
        if size < 1:
            raise ValueError(f"size must be at least 1 (got {size})")
        pairs = iter(pairs)
        while some := list(islice(pairs, size)):
            for pair in some:
                if not isinstance(pair, tuple | list) or len(pair) != 2:
                    raise TypeError(
                        f"`pairs` must have two graphs each, a query and a reference (got "
                        f"{type(pair).__name__})"
                    )
            yield from self.explain([query for query, _ in some], [other for _, other in some])

    def _warn_of_beyond(self, graphs: list[Data]) -> bool:
        """Warn if the encoder reads more of the whole graph than neighbourhoods have."""
        with untouched(self.model):
            beyond = reads_beyond(self.model, graphs)
        if beyond:
            warnings.warn(WARNING, stacklevel=5)
        return beyond

    def _check_adjacency(self, graphs: list[Data]) -> None:
        """Check one graph with a sparse adjacency on behalf of all."""
        known = (graph for graph in graphs if isinstance(graph, Data))  # others are refused later
        sparse = (g for g in known if g.edge_index is None and g.get("adj_t") is not None)
        graph = next(sparse, None)
        if graph is not None:
            with untouched(self.model):
                check_adjacency(self.model, graph)

    def _chunks(
        self, queries: list[Data], references: list[Data]
    ) -> Iterator[tuple[list[Data], list[Data]]]:
        start, size = 0, 0
        for k, (q, r) in enumerate(zip(queries, references, strict=True)):
            cost = q.num_nodes + q.num_edges + r.num_nodes + r.num_edges
            if k > start and size + cost > self.chunk_size:
                yield queries[start:k], references[start:k]
                start, size = k, 0
            size += cost
        if queries:
            yield queries[start:], references[start:]

    def _explain(self, queries: list[Data], references: list[Data]) -> list[PairExplanation]:
        with untouched(self.model):
            forget_if_changed(self.model)
            problem = self._problem(queries, references)
            prediction = self._predict(problem)
            self.algorithm.check(problem)
            check_similarities(prediction, (problem.query, problem.reference))
            with torch.enable_grad():
                found = self.algorithm.attribute(problem)
            check_attribution(found, problem, self.algorithm.name)
            attribution = problem.sides(found)
            self._check_finite(attribution)
            tables = (
                contract_of(problem.model, problem.query).tables
                if self.kinds.node_mask_type
                else ()
            )
        explanations = self._unpack(attribution, prediction, queries, references)
        for explanation in explanations if tables else ():
            explanation.info["node_mask_on"] = list(tables)
        config = self.threshold_config
        return explanations if config is None else [e.threshold(config) for e in explanations]

    def _check_finite(self, attribution: Attribution) -> None:
        """Refuse masks and matrices with NaN or infinite values, and terms and errors of NaN."""
        sides = attribution.query, attribution.reference
        masks = [mask for side in sides for mask in (side.edge, side.node) if mask is not None]
        known = [
            matrix for matrix in either(attribution.relevance, []) if isinstance(matrix, Tensor)
        ]
        terms = [value for one in attribution.terms for value in one.values()]
        found = {
            "NaN or infinite masks": all(bool(mask.isfinite().all()) for mask in masks),
            "NaN or infinite relevance": all(bool(one.isfinite().all()) for one in known),
            "terms of NaN": not any(map(math.isnan, terms)),
            "a completeness_error of NaN": not any(map(math.isnan, attribution.completeness_error)),
        }
        for what, well in found.items():
            if not well:
                raise NotFiniteError(
                    f"{self.algorithm.name} gives {what} for this model: take smaller settings "
                    f"({self.algorithm!r}), or a model and graphs with smaller values"
                )

    @torch.no_grad()
    def _predict(self, problem: PairProblem) -> Tensor:
        """Similarity of each pair, with each graph embedded separately, ``[B]``."""
        model, union = problem.model, problem.query.concat(problem.reference)
        h = embed_alone(model, union)
        if apart_after_all(model, union, h):
            h = embed_alone(model, union)
        return compare(model.similarity, *h.split(problem.num_pairs))

    def _checked(self, graphs: Sequence[Data], side: str) -> list[Data]:
        """The graphs of a side with their edges, each of them checked."""
        names = [f"{side} {place}" if len(graphs) > 1 else side for place in range(len(graphs))]
        return named_graphs(graphs, names, self.model)

    def _problem(self, queries: list[Data], references: list[Data]) -> PairProblem:
        if is_unshared(self.model):
            problem = unshared_problem(self.model, queries, references, self.kinds, self.side)
            self._check_nodes(problem.model, problem.query)
            return problem
        return PairProblem(
            self.model,
            self._inputs(queries),
            self._inputs(references),
            self.kinds,
            self.side,
            query_data=queries,
            reference_data=references,
        )

    def _inputs(self, graphs: list[Data]) -> GraphInputs:
        inputs = self.model.inputs_of(graphs)
        self._check_nodes(self.model, inputs)
        if self.kinds.mask_mode == "weight" and "edge_weight" not in inputs.edge_extras:
            dtype = inputs.x.dtype if inputs.x.is_floating_point() else torch.get_default_dtype()
            ones = torch.ones(inputs.edge_index.size(1), dtype=dtype, device=inputs.x.device)
            return self._weighted(inputs, ones)
        return inputs

    @torch.no_grad()
    def _weighted(self, inputs: GraphInputs, ones: Tensor) -> GraphInputs:
        """Add weights of 1 if the encoder treats them like graphs without weights."""
        weighted = inputs.with_values(edge_weight=ones)
        a, b = embed_alone(self.model, inputs), embed_alone(self.model, weighted)
        if not torch.allclose(a, b, rtol=1e-3, atol=1e-4 * float(b.abs().max())):
            raise ValueError(
                "the graphs have no edge_weight, and the encoder embeds them differently with "
                "weights of 1: set graph.edge_weight, or use mask_mode='message'"
            )
        return weighted

    def _check_nodes(self, model: SiameseGNN, inputs: GraphInputs) -> None:
        """Refuse masks per feature of integer types, whose embeddings take one value per node."""
        kind = self.kinds.node_mask_type
        if kind is None:
            return
        contract = contract_of(model, inputs)
        contract.check(nodes=True)
        if contract.discrete and kind is not MaskType.object:
            raise ValueError(
                f"node_mask_type='{kind.value}' needs float features, got "
                f"types ({inputs.x.dtype}): use node_mask_type='object', which fades the embedding "
                f"that is looked up, or one-hot encode them first"
            )

    def _unpack(
        self,
        attribution: Attribution,
        prediction: Tensor,
        queries: list[Data],
        references: list[Data],
    ) -> list[PairExplanation]:
        query = explanations_of(attribution.query, queries)
        reference = explanations_of(attribution.reference, references)
        count, matrices = range(len(queries)), attribution.relevance
        errors = attribution.completeness_error
        settings = self.settings
        settings["explainer"]["threshold"] = None  # named where it is applied
        return [
            made(
                PairExplanation,
                query=query[b],
                reference=reference[b],
                prediction=float(prediction[b]),
                relevance=None if matrices is None else _on_cpu(matrices[b]),
                terms=attribution.terms[b] if attribution.terms else {},
                completeness_error=errors[b] if errors else None,
                algorithm=self.algorithm.name,
                info=attribution.info[b] if attribution.info else {},
                settings=settings,
                model=self.model,
            )
            for b in count
        ]


def _siamese(model: Any) -> SiameseGNN:
    """The model inside ``torch.compile`` and ``DataParallel``."""
    inner = eager(model) if isinstance(model, nn.Module) else model
    if isinstance(inner, SiameseGNN):
        return inner
    raise TypeError(
        f"model must be a SiameseGNN, got {type(model).__name__}: wrap the encoder that both "
        f"graphs share, SiameseGNN(model.encoder, pool=..., similarity=...), or adapt(model) if it "
        f"compares two graphs at once"
    )


def _on_cpu(matrix: Tensor | Later[Tensor]) -> Tensor | Later[Tensor]:
    return matrix if isinstance(matrix, Later) else matrix.cpu()


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))} (got '{value}')")
