"""The base class of pair explainers: one method over a batch of pairs."""

import logging
from abc import abstractmethod
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Data
from torch_geometric.explain import Explanation
from torch_geometric.explain.algorithm import ExplainerAlgorithm
from torch_geometric.explain.config import ExplanationType, ModelMode, ModelTaskLevel

from pyg_siamex._notebook import settings_text
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.problem import Attribution, Masks, PairProblem
from pyg_siamex.explain.provenance import parameters_of
from pyg_siamex.nn.siamese import AgainstReference

_logger = logging.getLogger(__name__)


class PairAlgorithm(ExplainerAlgorithm):
    """Base class of pair explainers.

    A new explainer implements :meth:`attribute`. It then works in
    :class:`~pyg_siamex.explain.PairExplainer` and, on ``model.against(reference)``, in PyG's
    :class:`torch_geometric.explain.Explainer`. :func:`~pyg_siamex.explain.check_explainer` tests
    whether it keeps the contract of an explainer.

    Attributes:
        signed: Whether its values have a sign, so that a pair in which none is negative is still
            drawn with both directions.
        stochastic: Whether it draws random numbers, so that renumbered nodes or swapped sides get
            other draws.
        joint: Whether it sees pairs only through :class:`~pyg_siamex.explain.MaskedPairs`, so that
            it also explains models without embeddings of single graphs
            (:func:`~pyg_siamex.nn.adapt`).
        differences: Whether its values are differences of similarities. These are rounded as much
            as the similarities are, gradients and relevance as much as they are large themselves.
        reads_graphs: Whether it reads more of a pair than the query and the embedding of the
            reference, so that an invariance cannot learn from it.
    """

    signed: bool = False
    stochastic: bool = False
    joint: bool = False
    differences: bool = True
    reads_graphs: bool = False

    @abstractmethod
    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``; pairs must not influence one another."""

    def check(self, problem: PairProblem) -> None:
        """Raise ``ValueError`` for problems that the algorithm cannot explain, before long work."""

    @property
    def name(self) -> str:
        """Name in captions and tables."""
        return type(self).__name__

    def __repr__(self) -> str:
        """Name and settings, in one line."""
        return settings_text(type(self).__name__, parameters_of(self).items())

    def supports(self) -> bool:
        """Whether PyG's ``Explainer`` is set up for a graph-level regression."""
        if self.model_config.mode is not ModelMode.regression:
            _logger.error("'%s' explains a similarity: use mode='regression'", self.name)
            return False
        if self.model_config.task_level is not ModelTaskLevel.graph:
            _logger.error("'%s' explains whole graphs: use task_level='graph'", self.name)
            return False
        if self.explainer_config.explanation_type is not ExplanationType.model:
            _logger.error("'%s' explains the model: use explanation_type='model'", self.name)
            return False
        return True

    def forward(
        self,
        model: nn.Module,
        x: Tensor,
        edge_index: Tensor,
        *,
        target: Tensor,
        index: int | Tensor | None = None,
        **kwargs: Any,
    ) -> Explanation:
        """Explain one graph inside PyG's ``Explainer``.

        Args:
            model: ``model.against(reference)``.
            x: Node features, ``[N, F]``.
            edge_index: ``[2, E]``.
            target: Not used; the prediction is explained.
            index: Not used; there is one output per graph.
            **kwargs: Further inputs of ``model.against(reference)``.

        Raises:
            TypeError: If ``model`` is not an :class:`~pyg_siamex.nn.AgainstReference`.
        """
        if not isinstance(model, AgainstReference):
            raise TypeError(
                f"{self.name} explains a similarity: give the Explainer "
                f"siamese_model.against(reference), not {type(model).__name__}"
            )
        with untouched(model), torch.enable_grad():
            masks = self._attribute(model, x, edge_index, **kwargs)
        return Explanation(node_mask=_detached(masks.node), edge_mask=_detached(masks.edge))

    def _attribute(
        self, model: AgainstReference, x: Tensor, edge_index: Tensor, **kwargs: Any
    ) -> Masks:
        query = model.query_inputs(x, edge_index, **kwargs)
        if query.num_graphs != model.reference_inputs.num_graphs:
            raise ValueError(
                f"{query.num_graphs} queries against {model.reference_inputs.num_graphs} "
                f"references: explain one query at a time, or use PairExplainer for batches"
            )
        problem = PairProblem(
            model.model,
            query,
            model.reference_inputs,
            MaskKinds(self.explainer_config.node_mask_type, self.explainer_config.edge_mask_type),
            side="query",
            query_data=[Data(x=x, edge_index=edge_index, **kwargs)]
            if query.num_graphs == 1
            else [],
        )
        self.check(problem)
        return self.attribute(problem).query


def _detached(mask: Tensor | None) -> Tensor | None:
    return None if mask is None else mask.detach()
