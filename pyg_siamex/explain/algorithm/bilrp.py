"""BiLRP: relevance of pairs of a query node and a reference node for the similarity."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.explain.config import MaskType

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._numbers import flag, shown
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.later import Later
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.explain.relevance.copies import Copies
from pyg_siamex.explain.relevance.factors import Factors
from pyg_siamex.explain.relevance.in_batches import in_batches
from pyg_siamex.explain.relevance.lrp.account import account, carried
from pyg_siamex.explain.relevance.lrp.gamma_rule import (
    AttentionName,
    GammaRule,
    NeighboursName,
    RuleName,
)
from pyg_siamex.explain.relevance.lrp.head_forms import head_forms
from pyg_siamex.explain.relevance.lrp.lrp_factors import lrp_factors
from pyg_siamex.explain.relevance.lrp.lrp_marginals import LrpMarginals
from pyg_siamex.explain.relevance.marginals import masks_of, weights_of
from pyg_siamex.explain.relevance.pair_matrices import GraphFactor, PairMatrices, graph_factors
from pyg_siamex.nn.siamese import Biases, SiameseGNN
from pyg_siamex.nn.similarity import Form


@checked
class BiLRP(PairAlgorithm):
    r"""Second-order layer-wise relevance propagation (Eberle et al., TPAMI 2020, arXiv 2003.05431).

    Propagates every embedding coordinate back to the nodes of its own graph. The pair matrix is the
    product of the two factors (equation 5):

    .. math:: R_{ij} = \sum_k R_i(h_k(q))\, R_j(h_k(r)) = (\Phi_q^\top \Phi_r)_{ij}

    Cosine divides by the two norms, which are held constant. A distance has one self matrix per
    graph besides the pair matrix (``info["self_query"]``, ``info["self_reference"]``). For a
    Gaussian, its logarithm is explained. An MLP head has its own LRP, with vectors over single
    nodes (``info["query_alone"]``, ...) for terms of one graph. Edge features are inputs too; pairs
    with them contribute the term ``edges``.

    Each layer and operation has a rule (docs/relevance_rules.md). A layer of your own runs if its
    messages are linear, or has a rule by :func:`~pyg_siamex.explain.register_rule`.

    ``terms`` sum to ``explained``: ``nodes`` (the pair matrix), ``edges``, ``biases``, ``epsilon``,
    ``remainder`` (rounding, and paths that the model cuts itself), and the terms of the head.
    Without biases, or with ``biases="nodes"``, the sum of the pair matrix and the edge features
    equals the explained value. ``completeness_error`` is the share of the explained value that the
    parts do not carry. It is large if the model relies on biases that are left apart, which is not
    a numerical error.

    Args:
        gamma: Strength of the gamma rule, 0 (LRP-0) or more; or a schedule from input to output,
            with one value per linear map or per layer, or fewer values that are spread evenly over
            the layers (``SOURCE_SCHEDULE`` is the schedule of the paper).
        epsilon: Stabiliser of denominators.
        rule: ``"generalised"``, which is safe for signed inputs, or ``"source"``, the rule of the
            paper.
        edges: Relevance of an edge: ``"messages"``, the relevance that flows through its messages,
            summed over layers; or ``"features"``, the relevance of its features.
        features: Also return the pair matrix over node features, ``info["feature_relevance"]``,
            ``[n_q, F, n_r, F]``.
        attention: ``"constant"`` holds attention weights constant. ``"attnlrp"`` hands half of the
            relevance of what they weigh to them, and further to what they are computed from.
        neighbours: ``"summed"`` applies the gamma rule to sums over neighbours, ``"each"`` to each
            neighbour's own contribution (see ``GammaRule``).
        biases: ``"nodes"`` reads biases as weights of a constant that every node has: what they
            absorb at a node, or in a message to it, is that node's, and what they absorb after the
            readout is all nodes' in equal parts. Of features, a node's that are not 0 have equal
            parts. ``"apart"`` leaves it out of the parts, as the paper does. By default as the
            model says (``model.biases``).

    Raises:
        ValueError: If an argument is out of range; when explaining, if a layer, an operation or
            the head has no rule (:class:`IntegratedJacobians` does not need rules).

    Example:
        >>> explainer = PairExplainer(model, BiLRP(), node_mask_type="object")
        >>> explanation = explainer(query, reference)
        >>> explanation.relevance.shape
        torch.Size([3, 4])
    """

    signed = True
    differences = False
    reads_graphs = True

    def __init__(
        self,
        gamma: float | Sequence[float] = 0.25,
        epsilon: float = 1e-9,
        rule: RuleName = "generalised",
        edges: Literal["messages", "features"] = "messages",
        features: bool = False,
        attention: AttentionName = "constant",
        neighbours: NeighboursName = "summed",
        biases: Biases | None = None,
    ) -> None:
        super().__init__()
        if edges not in ("messages", "features"):
            raise ValueError(f"edges must be 'messages' or 'features' (got '{edges}')")
        gammas = tuple(gamma) if isinstance(gamma, Sequence) else gamma
        self.rule: GammaRule = GammaRule(
            gammas, epsilon, rule, attention, neighbours, either(biases, "apart")
        )
        self.edges = edges
        self.features: bool = flag("features", features)
        self.biases = biases

    def check(self, problem: PairProblem) -> None:
        """Refuse problems without propagation rules."""
        if problem.kinds.mask_mode == "weight":
            raise ValueError("BiLRP follows messages: use mask_mode='message'")
        if problem.kinds.edge_mask_type is not None and self.edges == "features":
            extras = [k for k, v in problem.query.edge_extras.items() if v.is_floating_point()]
            if set(extras) <= {"edge_weight"}:
                raise ValueError(
                    "edges='features', and the encoder reads no float edge features: use "
                    "edges='messages'"
                )

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        union = problem.query.concat(problem.reference)
        messages = problem.kinds.edge_mask_type is not None and self.edges == "messages"
        rule = self._rule_for(problem.model)
        found = LrpMarginals(
            problem.model,
            union,
            rule,
            features=problem.kinds.node_mask_type not in (None, MaskType.object),
            messages=messages,
        )
        query, reference = found.embedding.split(problem.num_pairs)
        forms = head_forms(problem.model.similarity, query, reference, rule)
        terms = _terms(forms, found)
        compute = partial(self._factors, problem.model, rule, union, messages)
        matrices = PairMatrices(
            problem.model, union, forms, compute, found.embedding, found.sums["node"]
        )
        edges = problem.kinds.edge_mask_type is not None
        return Attribution(
            *masks_of(problem, found.relevance(weights_of(problem, forms, found.sums))),
            relevance=[matrices.later("node", pair) for pair in range(problem.num_pairs)],
            terms=terms,
            completeness_error=[_gap(term) for term in terms],
            info=[
                self._info(matrices, pair, terms[pair], edges) for pair in range(problem.num_pairs)
            ],
        )

    @checked
    def factors(
        self, model: SiameseGNN, graphs: Sequence[Data] | Batch, features_of: str = "nodes"
    ) -> Factors:
        """Factors of many graphs, for all their pairs at once.

        Args:
            model: The Siamese model.
            graphs: The graphs.
            features_of: ``"nodes"``, or ``"edges"`` for edge factors as well.

        Returns:
            Factors of all graphs, in order; see
            :func:`~pyg_siamex.explain.relevance.all_pairs`.

        Raises:
            ValueError: If ``features_of`` is something else.
        """
        if features_of not in ("nodes", "edges"):
            raise ValueError(f"features_of must be 'nodes' or 'edges' (got {shown(features_of)})")
        messages = features_of == "edges" and self.edges == "messages"
        rule = self._rule_for(model)
        return in_batches(
            model,
            graphs,
            lambda inputs: lrp_factors(model, inputs, rule, messages=messages, accounts=False)[0],
        )

    def _rule_for(self, model: SiameseGNN) -> GammaRule:
        return replace(self.rule, biases=either(self.biases, model.biases))

    def _factors(
        self,
        model: SiameseGNN,
        rule: GammaRule,
        union: GraphInputs,
        messages: bool,
        positions: Tensor,
    ) -> list[GraphFactor]:
        """Factors of some graphs of a union, whole; each distinct graph is encoded once."""
        part = Copies.of(union.select_graphs(positions), most=len(positions))
        found = graph_factors(
            *lrp_factors(
                model,
                part.union,
                rule,
                features=self.features,
                messages=messages,
                accounts=False,
            )
        )
        return [found[copy] for copy in part.which.tolist()]

    def _info(
        self, matrices: PairMatrices, pair: int, terms: dict[str, float], edges: bool
    ) -> dict[str, Any]:
        form, count = matrices.forms[pair], len(matrices.forms)
        info: dict[str, Any] = {
            "largest_relevance": Later(partial(_largest, matrices, pair, terms)),
            "norm_query": float(matrices.embedding[pair].norm()),
            "norm_reference": float(matrices.embedding[count + pair].norm()),
        }
        names = ["self_query", "self_reference"] if form.self_scale else []
        names += [] if form.linear is None else ["query_alone", "reference_alone"]
        info |= {name: matrices.later(name, pair) for name in names}
        if edges and matrices.has_edge(pair):
            info["edge_relevance"] = matrices.later("edge", pair)
        if self.features:
            info["feature_relevance"] = matrices.later("feature", pair)
        return info


def _terms(forms: list[Form], found: LrpMarginals) -> list[dict[str, float]]:
    own: dict[str, Tensor] = {
        "embedding": found.embedding,
        "node": found.sums["node"],
        **found.parts,
    }
    rows = {name: row.double() for name, row in own.items()}
    count = len(forms)
    return [
        account(
            form,
            {name: row[pair] for name, row in rows.items()},
            {name: row[count + pair] for name, row in rows.items()},
        )
        for pair, form in enumerate(forms)
    ]


def _largest(matrices: PairMatrices, pair: int, terms: dict[str, float]) -> float:
    relevance = matrices.node(pair)
    largest = float(relevance.abs().max()) if relevance.numel() else 0.0
    return largest / max(abs(terms["explained"]), 1e-300)


def _gap(terms: dict[str, float]) -> float:
    gap = abs(terms["explained"] - carried(terms))
    scale = abs(terms["explained"])
    return gap / scale if scale else float(gap > 0) * torch.inf if gap else 0.0
