"""Masks optimised for necessity, sufficiency and simplicity: GNNExplainer's idea for pairs."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.explain.algorithm.base import PairAlgorithm
from pyg_siamex.explain.masked_pairs import Encode, MaskedPairs
from pyg_siamex.explain.problem import Attribution, PairProblem

# Adam's epsilon, in units of the normalised gradient (average element: about 1). Gradients that are
# rounding noise next to it do not move a mask, which keeps float32 runs reproducible in any batch.
ADAM_EPS = 0.1


class MaskOptimization(PairAlgorithm):
    r"""Optimise masks by gradient descent: GNNExplainer (arXiv 1903.03894) made right for pairs.

    Masks :math:`m \in [0, 1]` of both graphs minimise

    .. math::
        F(m) = w_\mathrm{nec} \frac{\sum_k (s_k(1 - m) - s_k(0))^2}{\sum_k (s - s_k(0))^2}
             + w_\mathrm{suf} \frac{\sum_k (s_k(m) - s)^2}{\sum_k (s - s_k(0))^2}
             + \lambda_\mathrm{size}\, \overline{m} + \lambda_\mathrm{entropy}\, \overline{H(m)}

    over three states k of the pair: the masked query against the whole reference, the whole query
    against the masked reference, and both masked. ``s`` is the similarity of the whole pair,
    :math:`s_k(0)` the one with the masked parts empty. Each state counts by the square of what it
    has to explain: for alike graphs mostly the first two (two *empty* graphs are alike as well),
    for unlike graphs mostly the third. Bars are means over a pair's elements.

    The default asks for necessity alone: soft masks that only have to *keep* the similarity find
    off-distribution messages that mimic it. The returned mask is the average over the
    optimisation path, in [0, 1]: it ranks elements by how early and how long they are needed,
    where the last iterate is nearly binary and full of ties. The start is constant, so that
    nothing depends on a seed.

    Args:
        epochs: Steps of Adam.
        lr: First step size, falling linearly to 0; masks live in [0, 1].
        size: :math:`\lambda_\mathrm{size} \ge 0`, the price of keeping everything, where the whole
            similarity is worth 1.
        entropy: :math:`\lambda_\mathrm{entropy} \ge 0`, pushes masks to 0 or 1.
        necessity: :math:`w_\mathrm{nec} \ge 0`.
        sufficiency: :math:`w_\mathrm{suf} \ge 0`; twice the time where above 0.

    Raises:
        ValueError: If an argument is out of range.

    See Also:
        :class:`Occlusion` for a signed answer without optimisation.
    """

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
        if epochs < 1:
            raise ValueError(f"epochs must be at least 1 (got {epochs})")
        if not lr > 0:
            raise ValueError(f"lr must be positive (got {lr})")
        weights = {
            "size": size,
            "entropy": entropy,
            "necessity": necessity,
            "sufficiency": sufficiency,
        }
        for name, value in weights.items():
            if not value >= 0:
                raise ValueError(f"{name} must not be negative (got {value})")
        if necessity == sufficiency == 0:
            raise ValueError("necessity or sufficiency must be above 0, or there is no objective")
        self.epochs, self.lr = epochs, lr
        self.size, self.entropy = size, entropy
        self.necessity, self.sufficiency = necessity, sufficiency

    def attribute(self, problem: PairProblem) -> Attribution:
        """Explain all pairs of ``problem``."""
        pairs = MaskedPairs(problem)
        with pairs.encoding() as encode:
            target = self._states(pairs, encode)
            masks = self._optimise(pairs, encode, target)
        info = [{"similarity_empty": target.empty[:, b].tolist()} for b in range(pairs.num_pairs)]
        return Attribution(*pairs.split(masks), info=info)

    def state_similarities(self, pairs: MaskedPairs, h: Tensor, whole: Tensor) -> Tensor:
        """Similarities of the states that masks are judged in, ``[states, B]``.

        Masked query against the whole reference, whole query against the masked reference, both
        masked; one state where a single side is masked.

        Args:
            pairs: The pairs.
            h: Embeddings of the masked graphs, ``[1, G, D]``.
            whole: Embeddings of the whole graphs, ``[1, G, D]``.
        """
        query, reference = pairs.sides(h)
        if pairs.problem.side != "both":
            return pairs.compare(query, reference)
        whole_query, whole_reference = pairs.sides(whole)
        a = torch.cat([query, whole_query, query])  # [3, B, D]
        b = torch.cat([whole_reference, reference, reference])
        return pairs.compare(a, b)

    @torch.no_grad()
    def _states(self, pairs: MaskedPairs, encode: Encode) -> "States":
        """Evaluate the whole and the empty pair."""
        ones = pairs.ones()
        nothing = {name: torch.zeros_like(mask) for name, mask in ones.items()}
        whole = encode(ones)
        full = pairs.similarity(whole)[0]
        empty = self.state_similarities(pairs, encode(nothing), whole)
        explained = (full - empty).square().sum(0)
        # Differences below the rounding of the embeddings are no differences.
        rounding = torch.finfo(whole.dtype).eps * 8
        floor = (rounding * full.abs().clamp_min(1.0)).square()
        weight = torch.where(explained > floor, 1 / explained.clamp_min(floor), 0.0)
        return States(whole, full, empty, weight)

    def _optimise(self, pairs: MaskedPairs, encode: Encode, target: "States") -> dict[str, Tensor]:
        masks = {n: torch.full_like(m, 0.5).requires_grad_() for n, m in pairs.ones().items()}
        counts = {n: _elements_of_pair(pairs, n) for n in masks}
        path = {n: torch.zeros_like(m) for n, m in masks.items()}
        optimiser = torch.optim.Adam(list(masks.values()), lr=self.lr, eps=ADAM_EPS, fused=True)
        for epoch in range(self.epochs):
            optimiser.param_groups[0]["lr"] = self.lr * (1 - epoch / self.epochs)
            grads = torch.autograd.grad(
                self._faithfulness(pairs, encode, target, masks),
                list(masks.values()),
                allow_unused=True,
                materialize_grads=True,
            )
            with torch.no_grad():
                for (name, mask), grad in zip(masks.items(), grads, strict=True):
                    # Times the number of elements: steps do not depend on the graph's size.
                    mask.grad = grad * counts[name] + self._simplicity_gradient(mask)
                optimiser.step()
                for name, mask in masks.items():
                    path[name] += mask.clamp_(0, 1)
        return {name: total / self.epochs for name, total in path.items()}

    def _faithfulness(
        self, pairs: MaskedPairs, encode: Encode, target: "States", masks: dict[str, Tensor]
    ) -> Tensor:
        total = target.empty.new_zeros(())
        if self.necessity > 0:
            without = {name: 1 - mask for name, mask in masks.items()}
            s = self.state_similarities(pairs, encode(without), target.whole)
            total = total + self.necessity * ((s - target.empty).square() * target.weight).sum()
        if self.sufficiency > 0:
            s = self.state_similarities(pairs, encode(masks), target.whole)
            total = total + self.sufficiency * ((s - target.full).square() * target.weight).sum()
        return total

    def _simplicity_gradient(self, mask: Tensor) -> Tensor | float:
        if self.entropy == 0:
            return self.size
        inside = mask.clamp(1e-6, 1 - 1e-6)
        return self.size + self.entropy * ((1 - inside) / inside).log()


@dataclass(frozen=True)
class States:
    """What masks are judged against.

    Attributes:
        whole: Embeddings of the unmasked graphs, ``[1, G, D]``.
        full: Similarity of the whole pair, ``[B]``.
        empty: Similarity of each state with the masked parts empty, ``[states, B]``.
        weight: One over the summed squares of what there is to explain, ``[B]``; 0 where masks
            change nothing (a pair without edges, say), so that such a mask feels the size alone.
    """

    whole: Tensor
    full: Tensor
    empty: Tensor
    weight: Tensor


def _elements_of_pair(pairs: MaskedPairs, name: str) -> Tensor:
    """For each mask element, how many elements its pair has, ``[M]``."""
    pair = pairs.pairs[name]
    return pair.bincount(minlength=pairs.num_pairs)[pair].to(pairs.union.x.dtype)
