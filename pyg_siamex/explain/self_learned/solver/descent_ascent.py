"""Gradient descent-ascent on the Lagrangian, for all pairs at once."""

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import FROM_ZERO, POSITIVE, flag, real, whole
from pyg_siamex.explain.self_learned.constraints import OrderConstraints
from pyg_siamex.explain.self_learned.invariance.levels import by_level
from pyg_siamex.explain.self_learned.solver.mask_problem import MaskProblem
from pyg_siamex.explain.self_learned.solver.of_active import ObjectiveOfActive
from pyg_siamex.explain.self_learned.solver.solution import (
    Record,
    Solution,
    pair_max,
    pair_rms,
    pair_sum,
)

# Bounds of the curvature estimate; the first step is taken with _CURVATURE_START.
_CURVATURE_LEAST, _CURVATURE_START, _CURVATURE_MOST = 1.0, 10.0, 3000.0
# Smaller steps than this (root mean square) only give rounding.
_SMALLEST_STEP = 1e-4
_FORGET = 0.85


@checked
class DescentAscent:
    r"""Projected two-time-scale gradient descent-ascent (arXiv 2109.07371; arXiv 1906.00331).

    .. math::
        \min_{m \in \mathrm{box}} \max_{\mu \ge 0} \; F(m)
        + \sum_c \mu_c (m_{j_c} - m_{i_c} + \delta_c) - \frac{\rho}{2} |\mu|^2

    Each step takes one gradient of F and several cheap ascent steps of the multipliers. Each ascent
    step uses the masks after a descent step:

    .. math::
        \hat m = [m - \tau (\nabla F(m) + A^\top \mu)]_{\mathrm{box}}, \qquad
        \mu \leftarrow [\mu + \sigma (A \hat m + \delta - \rho \mu)]_{\ge 0}

    and then extrapolates along the last change, as Nesterov's method does:

    .. math::
        m \leftarrow [\hat m + \theta (\hat m - \hat m_\mathrm{last})]_{\mathrm{box}}

    with :math:`\theta` of Beck and Teboulle (SIAM J. Imaging Sci. 2009), which starts again from 0
    where a step turns against the last change (O'Donoghue and Candes, Found. Comput. Math. 2015).
    Steps adapt to each pair: :math:`\tau = 1 / L` with L the largest recent curvature of F between
    points where its gradient was taken, and
    :math:`\sigma = r / (\tau \lVert A \rVert^2)`. With many ascent steps, a step is a projected
    gradient step onto the constraints; with one and ``momentum=0``, it is plain descent-ascent.
    Curvatures of trained models differ strongly between directions. Without extrapolation the masks
    hardly move along flat ones.

    Pairs have their own multipliers and steps and stop separately, so a batch gives the same result
    as single pairs.

    Args:
        steps: Largest number of gradients of F for each pair (twice as many with
            ``extragradient``).
        ascent_steps: Number of ascent steps per descent step.
        ratio: r > 0, the time scale of the multipliers; above about 2 they cycle or diverge.
        rho: :math:`\rho \ge 0`, regularises the multipliers. It damps cycles and allows a violation
            of up to :math:`\rho \mu`.
        momentum: Largest :math:`\theta`, in [0, 1]. It has no effect on ``extragradient``, which
            looks ahead.
        extragradient: Take the gradient at the masks and multipliers after a first step.
        tolerance: A pair has converged when the root mean squares of a projected gradient step of
            length 1 in its masks and in its multipliers, and its largest violation, are at most
            this value.

    Raises:
        ValueError: If an argument is out of range.
    """

    name = "gda"

    def __init__(
        self,
        steps: int = 25,
        *,
        ascent_steps: int = 10,
        ratio: float = 1.0,
        rho: float = 0.0,
        momentum: float = 1.0,
        extragradient: bool = False,
        tolerance: float = 0.01,
    ) -> None:
        for name, value in (("steps", steps), ("ascent_steps", ascent_steps)):
            whole(name, value, most=1_000_000, why="the model runs in each of them")
        real("ratio", ratio, POSITIVE)
        real("rho", rho, FROM_ZERO)
        real("momentum", momentum, "[0, 1]")
        real("tolerance", tolerance, "[0, inf)")
        self.steps = steps
        self.ascent_steps = ascent_steps
        self.ratio = ratio
        self.rho = rho
        self.momentum = momentum
        self.extragradient: bool = flag("extragradient", extragradient)
        self.tolerance = tolerance

    def solve(self, problem: MaskProblem) -> Solution:
        """Solve for the masks of B pairs at once, from the start masks clipped to the box."""
        objective, constraints = ObjectiveOfActive(problem), problem.constraints
        start, pair, num_pairs = problem.start, problem.pair, problem.num_pairs
        of_level = by_level(pair, constraints.level)
        of_constraint = of_level[constraints.upper]
        norm = 2 * pair_max(constraints.degree(), pair, num_pairs).clamp_min(1)  # at least |A|^2
        masks, multipliers = constraints.clip(start), torch.zeros_like(constraints.margin)
        curvature = _Curvature(pair, num_pairs, start)
        momentum = _Momentum(0.0 if self.extragradient else self.momentum, pair, masks, num_pairs)
        # An extragradient step is stable with half the step size in either variable.
        shorter = 0.5 if self.extragradient else 1.0
        record = Record(num_pairs, start.device)
        for step in range(self.steps + 1):
            gradient, values = objective(masks, record.active)
            values = values | self._progress(
                masks, multipliers, gradient, constraints, pair, of_constraint, num_pairs
            )
            record.add(values, self._done(values))
            if step == self.steps or not record.active.any():
                break
            length = curvature.update(masks, gradient)  # [B]
            tau = (shorter / length)[pair]
            sigma = (shorter * self.ratio * length / norm)[of_constraint]
            new, ascended = self._step(masks, multipliers, gradient, constraints, tau, sigma)
            if self.extragradient:
                gradient, _ = objective(new, record.active)
                curvature.update(new, gradient)
                slope = gradient + constraints.force(ascended)
                rise = constraints.rise(new) - self.rho * ascended
                new = constraints.clip(masks - tau * slope)
                ascended = (multipliers + sigma * rise).clamp_min(0)
            ahead = constraints.clip(momentum.extrapolate(masks, new))
            masks = torch.where(record.active[pair], ahead, masks)
            multipliers = torch.where(record.active[of_constraint], ascended, multipliers)
        return record.solution(constraints.restore(masks), multipliers)

    def _step(
        self,
        masks: Tensor,
        multipliers: Tensor,
        gradient: Tensor,
        constraints: OrderConstraints,
        tau: Tensor,
        sigma: Tensor,
    ) -> tuple[Tensor, Tensor]:
        ahead = masks - tau * gradient
        new = constraints.clip(ahead - tau * constraints.force(multipliers))
        for _ in range(self.ascent_steps):
            rise = constraints.rise(new) - self.rho * multipliers
            multipliers = (multipliers + sigma * rise).clamp_min(0)
            new = constraints.clip(ahead - tau * constraints.force(multipliers))
        return new, multipliers

    def _progress(
        self,
        masks: Tensor,
        multipliers: Tensor,
        gradient: Tensor,
        constraints: OrderConstraints,
        pair: Tensor,
        of_constraint: Tensor,
        num_pairs: int,
    ) -> dict[str, Tensor]:
        slope = gradient + constraints.force(multipliers)
        violation = constraints.violation(masks)
        risen = (multipliers + constraints.rise(masks) - self.rho * multipliers).clamp_min(0)
        count = of_constraint.bincount(minlength=num_pairs)
        held = pair_sum(constraints.hold(masks).to(masks), of_constraint, num_pairs)
        return {
            "violation": pair_max(violation, of_constraint, num_pairs),
            "conformity": torch.where(count > 0, held / count.clamp_min(1), torch.nan),
            "stationarity_masks": pair_rms(
                masks - constraints.clip(masks - slope), pair, num_pairs
            ),
            "stationarity_multipliers": pair_rms(multipliers - risen, of_constraint, num_pairs),
        }

    def _done(self, values: dict[str, Tensor]) -> Tensor:
        names = ("violation", "stationarity_masks", "stationarity_multipliers")
        return torch.stack([values[name] <= self.tolerance for name in names]).all(0)


class _Momentum:
    """Nesterov's extrapolation for each pair, with restarts.

    Args:
        most: Largest factor.
        pair: Pair of each element, ``[M]``.
        start: Initial masks, ``[M]``.
        num_pairs: Number of pairs B.
    """

    def __init__(self, most: float, pair: Tensor, start: Tensor, num_pairs: int) -> None:
        self.most, self.pair, self.num_pairs, self.last = most, pair, num_pairs, start
        self.weight = start.new_ones(num_pairs)

    def extrapolate(self, masks: Tensor, new: Tensor) -> Tensor:
        """Masks beyond ``new``, the result of a step from ``masks``, ``[M]``."""
        change = new - self.last
        against = pair_sum((masks - new) * change, self.pair, self.num_pairs) > 0
        weight = torch.where(against, 1.0, self.weight)
        self.weight = (1 + (1 + 4 * weight.square()).sqrt()) / 2
        factor = ((weight - 1) / self.weight).clamp_max(self.most)
        self.last = new
        return new + factor[self.pair] * change


class _Curvature:
    r"""Largest recent curvature of F for each pair, :math:`|\Delta g| / |\Delta m|`.

    Args:
        pair: Pair of each element, ``[M]``.
        num_pairs: Number of pairs B.
        like: A tensor of the masks' type.
    """

    def __init__(self, pair: Tensor, num_pairs: int, like: Tensor) -> None:
        self.pair, self.num_pairs = pair, num_pairs
        self.value = torch.full(
            (num_pairs,), _CURVATURE_START, dtype=like.dtype, device=like.device
        )
        self.last: tuple[Tensor, Tensor] | None = None

    def update(self, masks: Tensor, gradient: Tensor) -> Tensor:
        """Update with ``gradient`` at ``masks`` and return the curvatures, ``[B]``."""
        if self.last is not None:
            moved = pair_rms(masks - self.last[0], self.pair, self.num_pairs)
            turned = pair_rms(gradient - self.last[1], self.pair, self.num_pairs)
            seen = torch.maximum(_FORGET * self.value, turned / moved.clamp_min(_SMALLEST_STEP))
            seen = seen.clamp(_CURVATURE_LEAST, _CURVATURE_MOST)
            self.value = torch.where(moved > _SMALLEST_STEP, seen, self.value)
        self.last = (masks, gradient)
        return self.value
