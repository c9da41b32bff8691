"""The objective of the pairs that have not converged."""

from torch import Tensor

from pyg_siamex.explain.self_learned.solver.mask_problem import MaskProblem

# Pairs are left out when so many of the evaluated ones have converged: preparing the rest costs
# about as much as one evaluation.
_CONVERGED = 0.25


class ObjectiveOfActive:
    """F and its gradient, which stay as they were for pairs that have converged.

    Masks of such pairs do not change, so their values do not either.

    Args:
        problem: The problem of all pairs.
    """

    def __init__(self, problem: MaskProblem) -> None:
        self.problem = problem
        self._objective = problem.objective
        self._evaluated = problem.num_pairs
        self._pairs: Tensor | None = None
        self._elements: Tensor | None = None
        self._gradient: Tensor | None = None
        self._values: dict[str, Tensor] = {}

    def __call__(self, masks: Tensor, active: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Gradient ``[M]`` and values ``[B]`` at the masks.

        Args:
            masks: ``[M]``, at the last masks for pairs that have converged.
            active: Whether each pair has not converged, ``[B]`` bool.
        """
        self._leave_out(active)
        if self._pairs is None or self._elements is None:
            self._gradient, self._values = self._objective(masks)
            return self._gradient, self._values
        gradient, values = self._objective(masks[self._elements])
        assert self._gradient is not None
        self._gradient = self._gradient.index_copy(0, self._elements, gradient)
        self._values = {
            name: self._values[name].index_copy(0, self._pairs, value)
            for name, value in values.items()
        }
        return self._gradient, self._values

    def _leave_out(self, active: Tensor) -> None:
        restrict, left = self.problem.restrict, int(active.sum())
        if restrict is None or not left or left > (1 - _CONVERGED) * self._evaluated:
            return
        self._pairs, self._evaluated = active.nonzero().flatten(), left
        self._elements = active[self.problem.pair].nonzero().flatten()
        self._objective = restrict(self._pairs)
