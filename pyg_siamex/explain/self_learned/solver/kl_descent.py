"""Gradient descent on masks with a divergence from a consensus."""

from typing import Literal, get_args

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import FROM_ZERO, POSITIVE, real, whole
from pyg_siamex.explain.self_learned.solver.mask_problem import MaskProblem
from pyg_siamex.explain.self_learned.solver.of_active import ObjectiveOfActive
from pyg_siamex.explain.self_learned.solver.solution import Record, Solution, pair_rms, pair_sum

_Form = Literal["bernoulli", "categorical"]
_Optimiser = Literal["adam", "sgd"]

# Scores are clipped this far from 0 and 1, where their divergence would be infinite.
_CLIP = 0.02


@checked
class KLDescent:
    r"""Minimise :math:`F(m) + \beta\, \mathrm{KL}(m \,\|\, c)` over the masks (arXiv 2109.07371).

    c is the consensus score of an invariance. The divergence is per element, or over masks that are
    normalised to a distribution over each graph's elements:

    .. math::
        \mathrm{KL}_\mathrm{bernoulli} = \overline{m \log\tfrac{m}{c}
            + (1 - m) \log\tfrac{1 - m}{1 - c}}, \qquad
        \mathrm{KL}_\mathrm{categorical} = \sum_i p_i \log\tfrac{p_i}{c_i / \sum c},
        \quad p_i = m_i / \sum m

    Steps are taken in the logit :math:`\theta` of the masks along the gradient by the masks, a
    mirror step. A gradient by :math:`\theta` would have the factor :math:`m (1 - m)`, which stops a
    mask near 0 or 1 permanently. The mirror step does not have this factor.

    Args:
        beta: :math:`\beta \ge 0`, weight of the divergence from the consensus.
        steps: Number of gradients of F.
        lr: First step size, decreasing linearly to a tenth.
        form: ``"bernoulli"`` or ``"categorical"``.
        optimiser: ``"adam"`` or ``"sgd"``.
        tolerance: A pair has converged when the root mean square of its gradient by the masks is at
            most this value. Masks that the gradient presses against 0 or 1 do not count.

    Raises:
        ValueError: If an argument is out of range or a name is unknown.
    """

    name = "kl"

    def __init__(
        self,
        beta: float = 1.0,
        steps: int = 50,
        *,
        lr: float = 0.1,
        form: _Form = "bernoulli",
        optimiser: _Optimiser = "adam",
        tolerance: float = 0.02,
    ) -> None:
        real("beta", beta, FROM_ZERO)
        whole("steps", steps, most=1_000_000, why="the model runs in each of them")
        real("lr", lr, POSITIVE)
        real("tolerance", tolerance, "[0, inf)")
        if form not in get_args(_Form):
            raise ValueError(f"form must be one of {get_args(_Form)} (got '{form}')")
        if optimiser not in get_args(_Optimiser):
            raise ValueError(f"optimiser must be one of {get_args(_Optimiser)} (got '{optimiser}')")
        self.beta = beta
        self.steps = steps
        self.lr = lr
        self.form = form
        self.optimiser = optimiser
        self.tolerance = tolerance

    def solve(self, problem: MaskProblem) -> Solution:
        """Solve for the masks of B pairs at once, starting from the scores.

        The categorical form normalises over the elements of each group.
        """
        objective, graph = ObjectiveOfActive(problem), problem.group
        pair, num_pairs = problem.pair, problem.num_pairs
        score = problem.score.clamp(_CLIP, 1 - _CLIP)
        theta = score.logit()
        optimiser = self._optimiser(theta)
        record = Record(num_pairs, theta.device)
        for step in range(self.steps + 1):
            masks = theta.sigmoid()
            gradient, values = objective(masks, record.active)
            divergence, pull = self._divergence(masks, theta, score, graph)
            gradient = gradient + self.beta * pull
            stuck = (masks - gradient).clamp(0, 1)
            values = values | {
                "divergence": _pair_mean(divergence, pair, num_pairs),
                "stationarity_masks": pair_rms(masks - stuck, pair, num_pairs),
            }
            values["objective"] = values["objective"] + self.beta * values["divergence"]
            record.add(values, values["stationarity_masks"] <= self.tolerance)
            if step == self.steps or not record.active.any():
                break
            before = theta.clone()
            optimiser.param_groups[0]["lr"] = self.lr * (1 - 0.9 * step / self.steps)
            theta.grad = gradient
            optimiser.step()
            theta.copy_(torch.where(record.active[pair], theta, before))
        return record.solution(theta.sigmoid(), theta.new_zeros(0))

    def _optimiser(self, theta: Tensor) -> torch.optim.Optimizer:
        if self.optimiser == "sgd":
            return torch.optim.SGD([theta], lr=self.lr)
        return torch.optim.Adam([theta], lr=self.lr, eps=0.1)

    def _divergence(
        self, masks: Tensor, theta: Tensor, score: Tensor, graph: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Divergence of each element, ``[M]``, and its gradient times the number of elements."""
        if self.form == "bernoulli":
            pull = theta - score.logit()
            rest = torch.nn.functional.logsigmoid(-theta) - (1 - score).log()
            return masks * pull + rest, pull
        graphs = int(graph.max()) + 1 if len(graph) else 0
        total = pair_sum(masks, graph, graphs)[graph]
        share = masks / total
        ratio = share.log() - (score / pair_sum(score, graph, graphs)[graph]).log()
        count = graph.bincount(minlength=graphs)[graph].to(masks)
        mean = pair_sum(share * ratio, graph, graphs)[graph]
        return share * ratio * count, (ratio - mean) * count / total


def _pair_mean(values: Tensor, pair: Tensor, num_pairs: int) -> Tensor:
    count = pair.bincount(minlength=num_pairs).clamp_min(1)
    return pair_sum(values, pair, num_pairs) / count
