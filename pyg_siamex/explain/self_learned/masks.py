"""Masks that are faithful, simple, and respect a self-learned invariance."""

import logging
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import flag, real
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.algorithm.integrated_gradients import IntegratedGradients
from pyg_siamex.explain.engine.discrepancy import Discrepancy, check_discrepancy, one_sided
from pyg_siamex.explain.engine.mask_kinds import MaskKinds
from pyg_siamex.explain.engine.mask_objective import MaskObjective, check_weights
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.orientation import by_probability
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.invariance import Consensus, Invariance, height, joined
from pyg_siamex.explain.self_learned.invariance.evidence import Effect
from pyg_siamex.explain.self_learned.invariance.levels import by_level
from pyg_siamex.explain.self_learned.mask_vector import MaskElements
from pyg_siamex.explain.self_learned.solver import SOLVERS, MaskProblem, Objective, Solution, Solver
from pyg_siamex.explain.self_learned.solver.checked_solution import check_solution
from pyg_siamex.explain.self_learned.solver.solution import pair_sum
from pyg_siamex.nn.siamese import SiameseGNN

_logger = logging.getLogger(__name__)

# Above this mean number of directed edges, gradients are cheaper than a forward pass per element.
_MANY_EDGES = 400


@checked
class SelfLearned(PairAlgorithm):
    r"""Self-learned invariance (Chen et al., ICDM 2021, arXiv 2109.07371).

    Masks minimise faithfulness plus simplicity,

    .. math::
        F(m) = f(m) + \lambda_1 \overline{(1 + \pi (1 - t)) m}
            + \frac{\lambda_2}{2} \overline{m^2}

    with f of :class:`~pyg_siamex.explain.engine.mask_objective.MaskObjective`, and respect the
    consensus of an :class:`~pyg_siamex.explain.Invariance` over references and the pair's own
    evidence. Elements of a low rank t in [0, 1] by consensus score have a higher price, as in the
    adaptive lasso (Zou, JASA 2006).

    * ``solver="gda"``: subject to :math:`m_i \ge m_j + \delta_{ij}` for each relation of its order,
      by :class:`~pyg_siamex.explain.self_learned.DescentAscent`. The returned masks satisfy all
      relations, and elements of equal score have the same relations.
    * ``solver="kl"``: plus :math:`\beta\,\mathrm{KL}(m \,\|\, \mathrm{score})`, by
      :class:`~pyg_siamex.explain.self_learned.KLDescent`.

    With ``signed=True``, masks are in [-1, 1]. Negative elements work against what the pair is:
    they make a pair less alike whose masked parts make it more alike, and vice versa. Their sign
    is that of the weighted mean of the local explanations, and their magnitude is the mask. What
    the pair is stands in ``info["orientation"]``, 1 for alike and -1 for unlike, for each masked
    side. Pictures, pages and measures turn the signs of an unlike pair, so that positive parts pull
    together there (:meth:`PairExplanation.pulls`).

    The quadratic term :math:`\lambda_2` grades masks by how much each element is needed. With only
    a linear price, masks are nearly binary and have many ties.

    ``info`` of each explanation holds ``converged``, the ``trajectory`` (``objective``,
    ``faithfulness``, ``simplicity``, ``violation``, ``conformity``, ``stationarity_masks``,
    ``stationarity_multipliers``; for KL ``divergence`` instead of the values of constraints),
    ``conformity`` of the returned masks (share of the relations that hold strictly; ``None``
    without relations), and the number of ``relations``.

    Args:
        solver: ``"gda"``, ``"kl"``, an instance of their classes with other settings, or a custom
            :class:`~pyg_siamex.explain.self_learned.solver.Solver`.
        invariance: An invariance learned from an unlabelled pool. Default: the invariance that was
            kept with the model for these masks (:meth:`Invariance.keep_with`), else the references
            that :func:`~pyg_siamex.nn.training.fit` keeps with it; without either, or after
            further training, the evidence of the pair alone. ``info["invariance"]`` says which.
        delta: Range of the masks along a chain of relations through all elements, in (0, 1].
            Larger values enforce the order more strongly and reduce faithfulness. For ``"gda"``.
        size: :math:`\lambda_1 \ge 0`, price of a mask of ones, in units of the whole similarity.
        ridge: :math:`\lambda_2 \ge 0`.
        prior: :math:`\pi \ge 0`, by how much the price grows with a lower rank.
        necessity: As for :class:`MaskOptimization`.
        sufficiency: As for :class:`MaskOptimization`.
        signed: Return masks in [-1, 1].
        discrepancy: Distance of a similarity from the one it should have,
            :func:`~pyg_siamex.explain.engine.discrepancy.one_sided` or
            :func:`~pyg_siamex.explain.engine.discrepancy.squared`.

    Raises:
        ValueError: If an argument is out of range or the solver is unknown.

    Example:
        >>> invariance = Invariance.learn(model, dataset)
        >>> algorithm = SelfLearned(solver="gda", invariance=invariance)
        >>> explanation = PairExplainer(model, algorithm, edge_mask_type="object")(a, b)
        >>> converged = explanation.info["converged"]

    See Also:
        ``docs/self_learned.md`` on the choice of solver and settings.
    """

    def __init__(
        self,
        solver: str | Solver = "gda",
        invariance: Invariance | None = None,
        *,
        delta: float = 0.1,
        size: float = 0.1,
        ridge: float = 0.3,
        prior: float = 30.0,
        necessity: float = 1.0,
        sufficiency: float = 0.0,
        signed: bool = False,
        discrepancy: Discrepancy = one_sided,
    ) -> None:
        super().__init__()
        real("delta", delta, "(0, 1]")
        check_weights(necessity, sufficiency, size=size, ridge=ridge, prior=prior)
        if invariance is not None and not isinstance(invariance, Invariance):
            raise TypeError(f"invariance must be an Invariance (got {type(invariance).__name__})")
        check_discrepancy(discrepancy)
        self.solver: Solver = _solver(solver)
        self.invariance = invariance
        self.delta = delta
        self.size = size
        self.ridge = ridge
        self.prior = prior
        self.necessity = necessity
        self.sufficiency = sufficiency
        self.signed: bool = flag("signed", signed)
        self.discrepancy = discrepancy

    @property
    def name(self) -> str:
        """Name in captions and tables."""
        return f"SelfLearned ({self.solver.name.upper()})"

    def check(self, problem: PairProblem) -> None:
        """Raise ``ValueError`` if the invariance belongs to another model."""
        if self.invariance is not None:
            self.invariance.check(problem.model)

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``.

        Raises:
            TypeError: If a solver of one's own returns no :class:`Solution`.
            ValueError: If its parts do not fit the problem, or masks leave [0, 1].
        """
        pairs = MaskedPairs(problem)
        elements = MaskElements(pairs)
        invariance, source = self._invariance(pairs.model, pairs.kinds)
        consensus = self._consensus(invariance, pairs, elements)
        constraints = OrderConstraints.of_order(
            consensus.order, consensus.score, elements.group, self.delta
        )
        with pairs.encoding() as encode, torch.no_grad():
            judge = MaskObjective(
                pairs, encode, self.necessity, self.sufficiency, self.discrepancy, by_probability
            )
            rank = height(consensus.score, consensus.order.level, elements.group)
            price = self._price(rank)

            def restrict(chosen: Tensor) -> Objective:
                part = judge.only(chosen)
                own = price[torch.isin(elements.pair, chosen)]
                return self._objective(part, MaskElements(part.pairs), own)

            problem_of_masks = MaskProblem(
                self._objective(judge, elements, price),
                constraints,
                consensus.score,
                rank,
                elements.group,
                elements.pair,
                pairs.num_pairs,
                restrict,
            )
            solution = self.solver.solve(problem_of_masks)
        check_solution(solution, len(elements.pair), pairs.num_pairs, self.solver.name)
        self._report(solution)
        values = solution.masks * consensus.direction if self.signed else solution.masks
        masks = elements.split(values)
        info = self._info(solution, constraints, elements, judge)
        info = [{"invariance": source, **one} for one in info]
        if self.signed:
            sides = _orientation(pairs)
            info = [{"orientation": side, **one} for side, one in zip(sides, info, strict=True)]
        return Attribution(*pairs.split(masks), info=info)

    def _invariance(self, model: SiameseGNN, kinds: MaskKinds) -> tuple[Invariance, str]:
        """The invariance that is used, and its source in words."""
        if self.invariance is not None:
            return self.invariance, "given"
        if model.invariance is not None:
            of = "" if model.invariance.source is None else f" in {model.invariance.source}"
            kept = Invariance.from_plain(model.invariance.state, f"the model's invariance{of}")
            if kept.fits(model, kinds):
                return kept, "kept with the model"
        if model.references is not None and model.references.match(model):
            embeddings = model.references.embeddings
            large = model.references.num_edges > _MANY_EDGES
            algorithms = IntegratedGradients(steps=16) if large else None
            source = f"{len(embeddings)} references of the model"
            return Invariance(embeddings, algorithms=algorithms), source
        _logger.info(
            "%s: no invariance is given and the model keeps no references of its weights and "
            "parts, so masks follow the evidence of each pair alone; learn one: "
            "Invariance.learn(model, graphs)",
            self.name,
        )
        return Invariance(torch.empty(0, 0)), "the pair alone"

    def _consensus(
        self, invariance: Invariance, pairs: MaskedPairs, elements: MaskElements
    ) -> Consensus:
        """Consensus over all elements of the masked graphs."""
        found = invariance.consensus(pairs)
        score = elements.join({name: one.score for name, one in found.items()})
        order = joined([found[name].order for name in elements.sizes])
        direction = elements.join({name: one.direction for name, one in found.items()})
        dtype = pairs.like.dtype
        order = replace(order, confidence=order.confidence.to(dtype))
        return Consensus(score.to(dtype), direction.to(dtype), order)

    def _price(self, rank: Tensor) -> Tensor:
        """Price of each element, ``[M]``."""
        return self.size * (1 + self.prior * (1 - rank))

    def _objective(self, judge: MaskObjective, elements: MaskElements, size: Tensor) -> Objective:
        num_pairs = judge.pairs.num_pairs

        def objective(masks: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
            gradient, faithfulness = judge.gradient(elements.split(masks))
            price = (size + self.ridge / 2 * masks) * masks
            simplicity = pair_sum(price * elements.share, elements.pair, num_pairs)
            faithfulness = faithfulness.to(simplicity)
            values = {
                "objective": faithfulness + simplicity,
                "faithfulness": faithfulness,
                "simplicity": simplicity,
            }
            return elements.join(gradient) + size + self.ridge * masks, values

        return objective

    def _report(self, solution: Solution) -> None:
        left = int((~solution.converged).sum())
        if left:
            _logger.info(
                "%s: %d of %d pairs are not within the tolerance of a stationary point after %d "
                "steps; see info['trajectory']",
                self.name,
                left,
                len(solution.converged),
                int(solution.steps.max()) - 1,
            )

    def _info(
        self,
        solution: Solution,
        constraints: OrderConstraints,
        elements: MaskElements,
        judge: MaskObjective,
    ) -> list[dict[str, Any]]:
        of_level = by_level(elements.pair, constraints.level)
        owner, strict = of_level[constraints.upper], constraints.hold(solution.masks)
        info = []
        for pair in range(len(solution.converged)):
            own = strict[owner == pair]
            info.append(
                {
                    **solution.of_pair(pair),
                    "relations": len(own),
                    "conformity": float(own.double().mean()) if len(own) else None,
                    "similarity_empty": judge.states.empty[:, pair].tolist(),
                }
            )
        return info


def _orientation(pairs: MaskedPairs) -> list[dict[str, float]]:
    """For each pair and masked side, 1 if the pair is alike, and -1 if it is unlike."""
    sign = Effect.in_pairs(pairs).sign.view(-1, pairs.num_pairs)
    sides = pairs.problem.masked_sides
    return [dict(zip(sides, column, strict=True)) for column in sign.T.tolist()]


def _solver(solver: str | Solver) -> Solver:
    if isinstance(solver, Solver) and not isinstance(solver, type):
        return solver
    if not isinstance(solver, str) or solver not in SOLVERS:
        names = ", ".join(map(repr, SOLVERS))
        raise ValueError(
            f"solver must be {names}, or an object with a name and solve(problem) (got {solver!r})"
        )
    return SOLVERS[solver]()
