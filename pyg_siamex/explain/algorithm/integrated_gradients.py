"""Integrated gradients: attributions that sum to the effect of the masked parts."""

import torch
from torch import Tensor

from pyg_siamex._door import checked
from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.leave_outs import COPY_BUDGET
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.one_sided import against_whole, terms_and_errors
from pyg_siamex.explain.engine.problem import Attribution, PairProblem
from pyg_siamex.explain.engine.quadrature import Quadrature, quadrature


@checked
class IntegratedGradients(PairAlgorithm):
    r"""Integrated gradients of the similarity (Sundararajan et al., arXiv 1703.01365, equation 1).

    .. math:: a_e = \int_0^1 \frac{\partial s}{\partial m_e}(t, \dots, t)\,dt, \qquad
              \sum_e a_e = s(q, r) - s(q_0, r)

    The masks of a graph (edge gates, node features or both) grow together from 0 to 1 while the
    other graph of the pair stays whole. :math:`q_0` is the query with all masks at 0. For node
    features this is the usual path from zero features. Values are signed; positive ones pull the
    pair together. Both graphs of all pairs and several points of the path are encoded at once.

    ``terms`` holds ``similarity`` and, for each masked side, ``empty_<side>`` (the similarity with
    its masks at 0) and ``sum_<side>`` (the sum of its attributions, with an edge of an
    ``undirected`` mask counted once). ``completeness_error`` is the gap between both sides of the
    identity, relative to the effect to explain.

    The cosine is discontinuous at a zero embedding. For an encoder without biases on zero features,
    the attributions sum to 0 at any number of steps, and the completeness error is 1. Use
    :class:`IntegratedJacobians` in this case, which keeps the norms of the real embeddings.

    Args:
        steps: Number of points on the path, at least 1 (2 for the trapezoid rule). For ReLU
            encoders the error decreases as 1 / steps.
        quadrature: ``"gauss-legendre"``, ``"midpoint"``, ``"trapezoid"`` or ``"right"``.

    Raises:
        ValueError: If ``steps`` is too small or the rule is unknown.

    Example:
        >>> explainer = PairExplainer(model, IntegratedGradients(), edge_mask_type="object")
        >>> explainer(query, reference).completeness_error < 0.5
        True

    See Also:
        :class:`IntegratedJacobians` for a matrix over pairs of nodes.
    """

    joint = signed = True
    differences = False

    def __init__(self, steps: int = 32, quadrature: Quadrature = "gauss-legendre") -> None:
        super().__init__()
        self.steps = steps
        self.quadrature = quadrature
        self._rule()

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        values = self._integrate(pairs)
        terms, errors = terms_and_errors(pairs, values)
        return Attribution(*pairs.split(values), terms=terms, completeness_error=errors)

    def _rule(self) -> tuple[Tensor, Tensor]:
        return quadrature(self.steps, self.quadrature)

    def _integrate(self, pairs: MaskedPairs) -> dict[str, Tensor]:
        """Mean gradient of each mask element over the path, ``{name: [M]}``."""
        with torch.no_grad(), pairs.encoding() as encode:
            whole = encode(pairs.ones())
        union = pairs.union
        total = {name: torch.zeros_like(mask) for name, mask in pairs.ones().items()}
        copies = max(1, COPY_BUDGET // (len(union.x) + union.edge_index.size(1)))
        points, weights = (values.to(union.x.device) for values in self._rule())
        for t, w in zip(points.split(copies), weights.split(copies), strict=True):
            masks = {
                name: t.to(mask).repeat_interleave(len(mask)).requires_grad_()
                for name, mask in total.items()
            }
            with pairs.encoding(len(t)) as encode:
                similarity = against_whole(pairs, encode(masks), whole)  # [copies, G]
            mean = (w.view(-1, 1).to(similarity) * similarity).sum()
            grads = gradients(mean, list(masks.values()))
            for (name, sum_so_far), grad in zip(total.items(), grads, strict=True):
                total[name] = sum_so_far + grad.view(len(t), -1).sum(0)
        return total
