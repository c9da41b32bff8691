"""Integrated Jacobians: a pair matrix that sums to the prediction, for any smooth model."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, get_args

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import flag
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.contract.head_gradient import try_head
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.explain.relevance.copies import Copies
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.forms import exact_form
from pyg_siamex.explain.relevance.in_batches import in_batches
from pyg_siamex.explain.relevance.jacobian.corners import corner_gap, corner_terms
from pyg_siamex.explain.relevance.jacobian.coupled import coupled_attribution
from pyg_siamex.explain.relevance.jacobian.integration import Integration, PathRule, Points
from pyg_siamex.explain.relevance.jacobian.jacobian_factors import factors_at, jacobian_factors
from pyg_siamex.explain.relevance.jacobian.jacobian_marginals import JacobianMarginals
from pyg_siamex.explain.relevance.jacobian.path import Along, Path, Start, check_start
from pyg_siamex.explain.relevance.jacobian.points import subset
from pyg_siamex.explain.relevance.marginals import masks_of, weights_of
from pyg_siamex.explain.relevance.pair_matrices import GraphFactor, PairMatrices, graph_factors
from pyg_siamex.nn.siamese import Biases, SiameseGNN
from pyg_siamex.nn.similarity import Form

_PathName = Literal["features", "edges", "both"]


@checked
class IntegratedJacobians(PairAlgorithm):
    r"""Integrated Jacobians (Möller et al., EMNLP 2023, arXiv 2310.05703; EACL 2024, 2402.02883).

    .. math:: A = (x_q - x_q^0)^\top \bar J_q^\top \bar J_r (x_r - x_r^0), \qquad
              \sum A = f(q, r) - f(q_0, r) - f(q, r_0) + f(q_0, r_0)

    with :math:`\bar J` the encoder's Jacobian averaged along the straight path from a reference
    input (2310.05703, equations 4 and 6). The four values are in ``terms`` as ``f_qr``, ``f_0r``,
    ``f_q0`` and ``f_00``. ``completeness_error`` is the gap between both sides relative to the
    right side. Cosine divides by the norms of the real embeddings in all four terms, since
    integrating the normalised embedding gives 0 for encoders without biases. Heads whose mixed
    second derivative varies (Gaussian, MLP, any smooth head) are integrated over both paths
    together.

    ``IntegratedJacobians(steps=1, quadrature="right")`` is Hessian x product, the
    comparison of Eberle et al. (arXiv 2003.05431),
    :math:`R_{ij} = x_i x_j\, \partial^2 s / \partial x_i \partial x_j`, for any encoder, at the
    cost of gradients. Cosine holds its norms constant there too.

    With ``path="both"`` and an edge mask, ``info["edge_relevance"]`` (``[E_q, E_r]``),
    ``info["node_edge_relevance"]`` (``[n_q, E_r]``) and ``info["edge_node_relevance"]`` are the
    other blocks of A.

    Args:
        steps: Number of points on the path. By default 32, with a ``tolerance`` of 1e-7 for
            encoders without kinks (ReLU, maxima).
        reference: Reference input: ``"zero"`` features, the mean features of the graph's ``"own"``
            nodes, a tensor ``[F]`` (:func:`~pyg_siamex.explain.relevance.mean_features` of a pool)
            or ``[N, F]``, or a function from :class:`~pyg_siamex.data.GraphInputs` to it.
        path: Inputs that move from the reference input to the graph: ``"features"``, ``"edges"`` or
            ``"both"``. Edges are scaled by gates on their messages, or by ``edge_weight`` with
            ``mask_mode="weight"``. If normalisation cancels a common scale of all edges (a GCN
            without self loops), a path of only edges by weights explains nothing.
        quadrature: ``"gauss-legendre"``, ``"midpoint"``, ``"trapezoid"`` or ``"right"`` (right
            ends of equal steps, as in the papers' code); or ``"kinks"``, which
            cuts a path of features where the encoder changes its linear piece and takes one point
            per piece. This is exact for ReLU and maxima, with about a thousand points for a
            molecule. Graphs that need more than ``most_steps``, and encoders that are not piecewise
            linear, get ``steps`` points of the Gauss-Legendre rule.
        tolerance: Double the points of a graph until its embedding's change is accounted for to
            this relative error; ``None`` for a fixed number.
        most_steps: Largest number of points after doubling.
        exact: Explain the model with its embedding shifted so that h(x0) = 0. The last three terms
            then vanish, and cosine divides by \|h(x) - h(x0)\|. Otherwise explain the model itself.
        features: Also return the pair matrix over node features, ``info["feature_relevance"]``,
            ``[n_q, F, n_r, F]``.
        biases: ``"nodes"`` reads biases as weights of a constant that every node has, and lets it
            fade in with the node's features: x0 is then a graph of absent nodes, h(x0) = 0, and the
            pair matrix sums to the similarity. Biases that are not those of linear maps, batch or
            layer normalisation, or parameters added by name, stay; so do all in encoders that mix
            the graphs of a batch. Of features, a node's that are not 0 share its constant in equal
            parts. ``"apart"`` keeps biases as they are, as the papers do. By default as the model
            says (``model.biases``), where features move from ``"zero"``.

    Raises:
        ValueError: If an argument is out of range; when explaining, if the mixed second derivative
            of the head vanishes (ReLU heads, \|a - b\|).

    Example:
        >>> explainer = PairExplainer(model, IntegratedJacobians(), node_mask_type="object")
        >>> explanation = explainer(query, reference)
        >>> explanation.completeness_error < 0.1
        True
    """

    signed = True
    differences = False
    reads_graphs = True

    def __init__(
        self,
        steps: int | None = None,
        reference: Start = "zero",
        path: _PathName = "features",
        quadrature: PathRule = "gauss-legendre",
        tolerance: float | None = None,
        most_steps: int = 1024,
        exact: bool = False,
        features: bool = False,
        biases: Biases | None = None,
    ) -> None:
        super().__init__()
        if path not in get_args(_PathName):
            raise ValueError(f"path must be 'features', 'edges' or 'both' (got '{path}')")
        check_start("reference", reference)
        self.path, self.reference = path, reference
        self.integration: Integration = Integration(steps, quadrature, tolerance, most_steps)
        if biases not in (None, *get_args(Biases)):
            raise ValueError(f"biases must be one of {get_args(Biases)} (got {biases!r})")
        self.exact: bool = flag("exact", exact)
        self.features: bool = flag("features", features)
        self.biases = biases
        if quadrature == "kinks" and (path != "features" or tolerance is not None):
            raise ValueError(
                "quadrature='kinks' cuts paths of features and needs no tolerance: use "
                "path='features' and tolerance=None"
            )
        self._path("message", either(biases, "apart"))

    def check(self, problem: PairProblem) -> None:
        """Refuse masks of inputs that do not move along the path, and heads that cut gradients."""
        if problem.kinds.edge_mask_type is not None and self.path == "features":
            raise ValueError("an edge mask needs IntegratedJacobians(path='both') or path='edges'")
        if (problem.kinds.node_mask_type is not None or self.features) and self.path == "edges":
            raise ValueError("a node mask needs IntegratedJacobians(path='both') or 'features'")
        if exact_form(problem.model.similarity) is None:
            try_head(problem.model, contract_of(problem.model, problem.query))

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        path = self._path_for(problem.model, problem.kinds.mask_mode)
        similarity = problem.model.similarity
        constant = exact_form(similarity)
        if constant is None:
            return coupled_attribution(problem, path, self.integration, self.exact)
        union = problem.query.concat(problem.reference)
        path = self._whole(path, problem)
        found = JacobianMarginals(
            problem.model,
            union,
            path,
            self.integration,
            features=problem.kinds.node_mask_type not in (None, MaskType.object),
            checked=problem.side == "both",
        )
        start = found.start
        exact_form(similarity, *found.embedding.split(problem.num_pairs))  # which compares them
        embedding = found.embedding - start if self.exact else found.embedding
        start = torch.zeros_like(start) if self.exact else start
        forms = constant.pairs(*embedding.split(problem.num_pairs))
        values = _relevance(problem, forms, found)
        compute = partial(self._factors, problem.model, union, path, found.points)
        matrices = PairMatrices(
            problem.model, union, forms, compute, found.embedding, found.sums["node"]
        )
        rows = {"embedding": embedding, "start": start, **found.sums}
        terms = _terms(forms, {name: row.double() for name, row in rows.items()}, self.path)
        if not found.added:  # sums are not of the points, relevance is
            [(name, own)] = values.items()
            for term, total in zip(terms, found.totals(name, own).tolist(), strict=False):
                term["sum"] = total
        pairs = range(problem.num_pairs)
        edges = problem.kinds.edge_mask_type is not None
        return Attribution(
            *masks_of(problem, values),
            relevance=[matrices.later("node", b) for b in pairs] if self.path != "edges" else None,
            terms=terms,
            completeness_error=[corner_gap(term) for term in terms],
            info=[self._info(matrices, b, found.points, edges) for b in pairs],
        )

    @checked
    def factors(self, model: SiameseGNN, graphs: Sequence[Data] | Batch) -> Factors:
        """Factors of many graphs, for all their pairs at once.

        Args:
            model: The Siamese model.
            graphs: The graphs.

        Returns:
            Factors of all graphs, in order; see
            :func:`~pyg_siamex.explain.relevance.all_pairs`.

        Raises:
            ValueError: If the head's mixed second derivative differs between pairs (Gaussian, MLP),
                so that its attribution is not a product of factors.
        """
        if exact_form(model.similarity) is None:
            raise ValueError(
                f"integrated Jacobians of a {type(model.similarity).__name__} are not products of "
                f"factors: explain its pairs with PairExplainer"
            )
        path = self._path_for(model, "message")

        def compute(inputs: GraphInputs) -> Factors:
            return self._shifted(jacobian_factors(model, inputs, path, self.integration)[0])

        return in_batches(model, graphs, compute)

    def _path_for(self, model: SiameseGNN, mode: str) -> Path:
        from_zero = isinstance(self.reference, str) and self.reference == "zero"
        usual = model.biases if from_zero and self.path != "edges" else "apart"
        return self._path(mode, either(self.biases, usual))

    def _path(self, mode: str, biases: Biases) -> Path:
        edges: Along = "weights" if mode == "weight" else "messages"
        along: dict[str, tuple[Along, ...]] = {
            "features": ("features",),
            "edges": (edges,),
            "both": ("features", edges),
        }
        return Path(along[self.path], self.reference, biases == "nodes")

    def _whole(self, path: Path, problem: PairProblem) -> Path:
        """The path of queries and references as one union."""
        if not callable(path.start):
            return path
        start = torch.cat(
            [path.start_features(inputs) for inputs in (problem.query, problem.reference)]
        )
        return replace(path, start=start)

    def _shifted(self, factors: Factors) -> Factors:
        if not self.exact:
            return factors
        start = factors.parts["start"]
        parts = {**factors.parts, "start": torch.zeros_like(start)}
        return replace(factors, embedding=factors.embedding - start, parts=parts)

    def _factors(
        self,
        model: SiameseGNN,
        union: GraphInputs,
        path: Path,
        points: list[Points],
        positions: Tensor,
    ) -> list[GraphFactor]:
        """Factors of some graphs of a union, whole, at the points that were used for each."""
        wanted: list[int] = positions.tolist()
        found: dict[int, GraphFactor] = {}
        for own in {points[graph]: None for graph in wanted}:
            graphs = [graph for graph in wanted if points[graph] is own]
            inputs, start = subset(union, graphs, path)
            part = Copies.of(inputs, most=1 if start.of_nodes(inputs) else len(graphs))
            each = graph_factors(*factors_at(model, part.union, start, own, self.features))
            found |= {graph: each[k] for graph, k in zip(graphs, part.which.tolist(), strict=True)}
        return [found[graph] for graph in wanted]

    def _info(
        self, matrices: PairMatrices, pair: int, points: list[Points], edges: bool
    ) -> dict[str, Any]:
        info: dict[str, Any] = {
            "steps_query": len(points[pair]),
            "steps_reference": len(points[len(matrices.forms) + pair]),
        }
        if edges and matrices.has_edge(pair):
            info["edge_relevance"] = matrices.later("edge", pair)
            if self.path == "both":
                info["node_edge_relevance"] = matrices.later("node_edge", pair)
                info["edge_node_relevance"] = matrices.later("edge_node", pair)
        if self.features:
            info["feature_relevance"] = matrices.later("feature", pair)
        return info


def _relevance(
    problem: PairProblem, forms: list[Form], found: JacobianMarginals
) -> dict[str, Tensor]:
    """Relevance of both sides' parts, with sums that agree with it."""
    weights = weights_of(problem, forms, found.sums)
    values = found.relevance(weights)
    if found.added or all(found.agrees(name, weights[name], own) for name, own in values.items()):
        return values
    found.add_up()
    return found.relevance(weights_of(problem, forms, found.sums))


def _terms(forms: list[Form], rows: dict[str, Tensor], path: str) -> list[dict[str, float]]:
    rows = {name: row for name, row in rows.items() if name != "edge" or path != "features"}
    count = len(forms)
    return [
        corner_terms(
            form,
            {name: row[pair] for name, row in rows.items()},
            {name: row[count + pair] for name, row in rows.items()},
        )
        for pair, form in enumerate(forms)
    ]
