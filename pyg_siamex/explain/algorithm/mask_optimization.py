"""Masks optimised for necessity, sufficiency and simplicity: GNNExplainer for pairs."""

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex._numbers import POSITIVE, real, whole
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.mask_objective import MaskObjective, check_weights
from pyg_siamex.explain.engine.masked_pairs import Encode, MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution, PairProblem

# Adam's epsilon, in units of the normalised gradient (about 1 for an average element). Gradients
# of the size of rounding noise then do not move a mask, and float32 runs are reproducible in any
# batch.
_ADAM_EPS = 0.1


@checked
class MaskOptimization(PairAlgorithm):
    r"""Optimise masks by gradient descent: GNNExplainer (arXiv 1903.03894) adapted to pairs.

    Masks :math:`m \in [0, 1]` of both graphs minimise

    .. math::
        F(m) = w_\mathrm{nec} \frac{\sum_k (s_k(1 - m) - s_k(0))^2}{\sum_k (s - s_k(0))^2}
             + w_\mathrm{suf} \frac{\sum_k (s_k(m) - s)^2}{\sum_k (s - s_k(0))^2}
             + \lambda_\mathrm{size}\, \overline{m} + \lambda_\mathrm{entropy}\, \overline{H(m)}

    over three states k of the pair: the masked query against the whole reference, the whole query
    against the masked reference, and both masked. ``s`` is the similarity of the whole pair, and
    :math:`s_k(0)` is the similarity with empty masked parts. Each state is weighted by the square
    of its effect: for alike graphs mostly the first two (two empty graphs are alike as well), for
    unlike graphs mostly the third. Bars are means over a pair's elements.

    The default uses only necessity. Soft masks that only need to keep the similarity can find
    off-distribution messages that mimic it. The returned mask is the average over the optimisation
    path, in [0, 1]. It ranks elements by how early and how long they are needed; the last iterate
    is nearly binary and has many ties. The start is constant, so the result does not depend on a
    seed.

    Args:
        epochs: Number of steps of Adam.
        lr: First step size, decreasing linearly to 0; masks are in [0, 1].
        size: :math:`\lambda_\mathrm{size} \ge 0`, the price of keeping all elements, in units of
            the whole similarity.
        entropy: :math:`\lambda_\mathrm{entropy} \ge 0`, pushes masks to 0 or 1.
        necessity: :math:`w_\mathrm{nec} \ge 0`.
        sufficiency: :math:`w_\mathrm{suf} \ge 0`; a value above 0 needs a second encoding per step.

    Raises:
        ValueError: If an argument is out of range.

    See Also:
        :class:`Occlusion` for a signed answer without optimisation.
    """

    joint = True

    def __init__(
        self,
        epochs: int = 100,
        lr: float = 0.05,
        *,
        size: float = 1.0,
        entropy: float = 0.0,
        necessity: float = 1.0,
        sufficiency: float = 0.0,
    ) -> None:
        super().__init__()
        whole("epochs", epochs, most=1_000_000, why="the model runs in each of them")
        real("lr", lr, POSITIVE)
        check_weights(necessity, sufficiency, size=size, entropy=entropy)
        self.epochs = epochs
        self.lr = lr
        self.size = size
        self.entropy = entropy
        self.necessity = necessity
        self.sufficiency = sufficiency

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        with pairs.encoding() as encode:
            objective = self.objective(pairs, encode)
            masks = self._optimise(objective)
        empty = objective.states.empty
        info = [{"similarity_empty": empty[:, b].tolist()} for b in range(pairs.num_pairs)]
        return Attribution(*pairs.split(masks), info=info)

    def objective(self, pairs: MaskedPairs, encode: Encode) -> MaskObjective:
        """The objective of the masks."""
        return MaskObjective(pairs, encode, self.necessity, self.sufficiency)

    def _optimise(self, objective: MaskObjective) -> dict[str, Tensor]:
        ones = objective.pairs.ones()
        masks = {name: torch.full_like(mask, 0.5).requires_grad_() for name, mask in ones.items()}
        path = {name: torch.zeros_like(mask) for name, mask in ones.items()}
        optimiser = torch.optim.Adam(list(masks.values()), lr=self.lr, eps=_ADAM_EPS, fused=True)
        for epoch in range(self.epochs):
            optimiser.param_groups[0]["lr"] = self.lr * (1 - epoch / self.epochs)
            grads, _ = objective.gradient(masks)
            with torch.no_grad():
                for name, mask in masks.items():
                    mask.grad = grads[name] + self._simplicity_gradient(mask)
                optimiser.step()
                for name, mask in masks.items():
                    path[name] += mask.clamp_(0, 1)
        return {name: total / self.epochs for name, total in path.items()}

    def _simplicity_gradient(self, mask: Tensor) -> Tensor | float:
        if self.entropy == 0:
            return self.size
        inside = mask.clamp(1e-6, 1 - 1e-6)
        return self.size + self.entropy * ((1 - inside) / inside).log()
