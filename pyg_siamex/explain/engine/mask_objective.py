"""The objective of optimised masks: distance of the masked pair from the empty or whole pair."""

import copy
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex._numbers import FROM_ZERO, real
from pyg_siamex.explain.engine.discrepancy import Discrepancy, one_sided
from pyg_siamex.explain.engine.gradients import gradients
from pyg_siamex.explain.engine.masked_pairs import Encode, Gates, MaskedPairs
from pyg_siamex.explain.engine.orientation import Orientation, by_emptying


@dataclass(frozen=True)
class _States:
    """Reference values of the objective.

    Attributes:
        whole: Embeddings of the unmasked graphs, ``[1, G, D]``.
        full: Similarity of the whole pair, ``[B]``.
        empty: Similarity of each state with the masked parts empty, ``[states, B]``.
        sign: Sign of the effect to explain in each state, ``[states, B]``; 0 where emptying makes
            the pair more of what it is.
        weight: One over the summed squares of the effects to explain, ``[B]``; 0 if masks change
            nothing (for example a pair without edges), so that only simplicity acts on such masks.
    """

    whole: Tensor
    full: Tensor
    empty: Tensor
    sign: Tensor
    weight: Tensor

    def only(self, pairs: Tensor, graphs: Tensor) -> "_States":
        """The values of some pairs, ``[B']``, and of their graphs."""
        return _States(
            self.whole[:, graphs],
            self.full[pairs],
            self.empty[:, pairs],
            self.sign[:, pairs],
            self.weight[pairs],
        )


def check_weights(necessity: float, sufficiency: float, **prices: float) -> None:
    """Refuse negative weights, and an objective with neither necessity nor sufficiency.

    Args:
        necessity: As for :class:`MaskObjective`.
        sufficiency: As for :class:`MaskObjective`.
        **prices: Further weights by the name of their argument.

    Raises:
        ValueError: If a weight is negative, or necessity and sufficiency are both 0.
    """
    weights = {**prices, "necessity": necessity, "sufficiency": sufficiency}
    for name, value in weights.items():
        real(name, value, FROM_ZERO)
    if necessity == sufficiency == 0:
        raise ValueError("necessity or sufficiency must be above 0, or there is no objective")


class MaskObjective:
    r"""Faithfulness of the masks of B pairs, the first two terms of :class:`MaskOptimization`.

    .. math::
        f(m) = w_\mathrm{nec} \frac{\sum_k d_k(s_k(1 - m) - s_k(0))}{\sum_k (s - s_k(0))^2}
             + w_\mathrm{suf} \frac{\sum_k d_k(s - s_k(m))}{\sum_k (s - s_k(0))^2}

    over the states k of a pair, see :meth:`state_similarities`. The discrepancy d is
    :math:`d_k(x) = \max(0, x \operatorname{sign}(s - s_k(0)))^2` by default, or :math:`x^2`. The
    best value is 0. With all masks 0 the necessity term is 1. Emptying a pair can make it more of
    what it is. Such a state explains nothing and does not count.

    Args:
        pairs: The pairs.
        encode: Their open encoder, see :meth:`MaskedPairs.encoding`.
        necessity: :math:`w_\mathrm{nec} \ge 0`.
        sufficiency: :math:`w_\mathrm{suf} \ge 0`.
        discrepancy: :math:`d`, see :mod:`pyg_siamex.explain.engine.discrepancy`.
        orientation: What a pair is, alike or unlike, see
            :mod:`pyg_siamex.explain.engine.orientation`.
    """

    def __init__(
        self,
        pairs: MaskedPairs,
        encode: Encode,
        necessity: float = 1.0,
        sufficiency: float = 0.0,
        discrepancy: Discrepancy = one_sided,
        orientation: Orientation = by_emptying,
    ) -> None:
        self.pairs = pairs
        self.encode = encode
        self.discrepancy = discrepancy
        self.orientation = orientation
        self.necessity = necessity
        self.sufficiency = sufficiency
        self.counts: dict[str, Tensor] = {
            name: elements_of_pair(pairs, name) for name in pairs.spaces
        }
        self.states: _States = self._states()

    def only(self, pairs: Tensor) -> "MaskObjective":
        """The objective of some of the pairs, with the same values, through the same encoder.

        Args:
            pairs: Their increasing numbers, long ``[B']``.
        """
        part = copy.copy(self)
        part.pairs = self.pairs.only(pairs)
        part.encode = self.encode.of(part.pairs)
        part.counts = {name: elements_of_pair(part.pairs, name) for name in part.pairs.spaces}
        both = self.pairs.problem.side == "both"
        graphs = torch.cat([pairs, pairs + self.pairs.num_pairs]) if both else pairs
        part.states = self.states.only(pairs, graphs)
        return part

    def state_similarities(self, h: Tensor, whole: Tensor) -> Tensor:
        """Similarities of the states of the objective, ``[states, B]``.

        The states are the masked query against the whole reference, the whole query against the
        masked reference, and both masked. If a single side is masked, there is one state.

        Args:
            h: Embeddings of the masked graphs, ``[1, G, D]``.
            whole: Embeddings of the whole graphs, ``[1, G, D]``.
        """
        query, reference = self.pairs.sides(h)
        if self.pairs.problem.side != "both":
            return self.pairs.compare(query, reference)
        whole_query, whole_reference = self.pairs.sides(whole)
        a = torch.cat([query, whole_query, query])  # [3, B, D]
        b = torch.cat([whole_reference, reference, reference])
        return self.pairs.compare(a, b)

    def faithfulness(self, masks: Gates) -> Tensor:
        """Faithfulness of each pair, ``[B]``; 0 is best."""
        states, total = self.states, self.states.weight.new_zeros(self.pairs.num_pairs)
        sign = states.sign
        if self.necessity > 0:
            without = {name: 1 - mask for name, mask in masks.items()}
            s = self.state_similarities(self.encode(without), states.whole)
            left = (self.discrepancy(s - states.empty, sign) * sign.abs()).sum(0)
            total = total + self.necessity * left * states.weight
        if self.sufficiency > 0:
            s = self.state_similarities(self.encode(masks), states.whole)
            left = (self.discrepancy(states.full - s, sign) * sign.abs()).sum(0)
            total = total + self.sufficiency * left * states.weight
        return total

    def gradient(self, masks: Gates) -> tuple[dict[str, Tensor], Tensor]:
        """Gradient of f, ``{name: [M]}``, times the number of elements of its pair; and f, ``[B]``.

        The factor makes steps independent of the graph's size: an average element has a gradient of
        about 1 for any number of elements.
        """
        leaves = {name: mask.detach().requires_grad_() for name, mask in masks.items()}
        with torch.enable_grad():
            value = self.faithfulness(leaves)
            total = value.sum()
        grads = gradients(total, list(leaves.values()))
        scaled = {n: g * self.counts[n] for n, g in zip(leaves, grads, strict=True)}
        return scaled, value.detach()

    @torch.no_grad()
    def _states(self) -> _States:
        """Evaluate the whole and the empty pair."""
        ones = self.pairs.ones()
        nothing = {name: torch.zeros_like(mask) for name, mask in ones.items()}
        whole = self.encode(ones)
        full = self.pairs.similarity(whole)[0]
        empty = self.state_similarities(self.encode(nothing), whole)
        sign = (full - empty).sign()
        sign = torch.where(sign == self.orientation(self.pairs.model, full, empty), sign, 0.0)
        explained = ((full - empty) * sign).square().sum(0)
        # Differences below the rounding of the embeddings count as 0.
        rounding = torch.finfo(whole.dtype).eps * 8
        floor = (rounding * full.abs().clamp_min(1.0)).square()
        weight = torch.where(explained > floor, 1 / explained.clamp_min(floor), 0.0)
        return _States(whole, full, empty, sign, weight)


def elements_of_pair(pairs: MaskedPairs, name: str) -> Tensor:
    """For each element of the named mask, the number of elements of its pair, ``[M]``."""
    pair = pairs.pairs[name]
    return pair.bincount(minlength=pairs.num_pairs)[pair].to(pairs.like.dtype)
