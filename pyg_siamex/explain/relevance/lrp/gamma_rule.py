"""The gamma rule: how strongly a linear map favours what agrees with its output."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pyg_siamex._door import checked
from pyg_siamex._numbers import FROM_ZERO, real
from pyg_siamex.nn.siamese import Biases

RuleName = Literal["generalised", "source"]
AttentionName = Literal["constant", "attnlrp"]
NeighboursName = Literal["summed", "each"]


SOURCE_SCHEDULE = (0.5, 0.25, 0.1, 0.0)
"""Gammas of the BiLRP paper's VGG, from input to output (Eberle et al., section 4.1)."""


@checked
@dataclass(frozen=True)
class GammaRule:
    r"""LRP-:math:`\gamma` with a stabiliser (Eberle et al., arXiv 2003.05431, equations 7 and 8).

    A linear map :math:`z_k = \sum_i a_i w_{ik} + b_k` hands the relevance of its outputs down by

    .. math:: R_i = \sum_k \frac{g(a_i w_{ik})}{n_k + \epsilon\,\mathrm{sign}(n_k)} R_k,
              \qquad n_k = \sum_j g(a_j w_{jk}) + g(b_k) .

    * ``"source"``: :math:`g` boosts positive weights and a positive bias by :math:`1 + \gamma`.
      It is made for non-negative inputs: with signed ones its denominators cross zero.
    * ``"generalised"``: :math:`g` boosts the contributions, and the bias, that have the sign of
      :math:`z_k`. Nothing is handed down where :math:`z_k = 0`. Both kinds agree where
      :math:`a \geq 0` and :math:`z > 0`.

    Args:
        gamma: At least 0 (0 is LRP-0): one for all linear maps, or a schedule from input to output
            (see :meth:`schedule`).
        epsilon: Stabiliser, at least 0. It takes the sign of the denominator, and is positive where
            the denominator is 0.
        kind: ``"generalised"`` or ``"source"``.
        attention: ``"constant"`` holds attention weights constant, so that all relevance goes to
            what they weigh. ``"attnlrp"`` hands half of it to the weights, and through softmax to
            what they are computed from (Achtibat et al., arXiv 2402.05602, propositions 3.1, 3.3).
        neighbours: What the contributions of a graph convolution are. ``"summed"`` sums a feature
            over neighbours first, so that gamma does nothing among neighbours that cancel.
            ``"each"`` takes each neighbour's own contribution, as one step of the whole map. Both
            agree at gamma 0, and where a layer's inputs are not negative.
        biases: ``"apart"`` leaves what biases absorb out of the parts. ``"nodes"`` counts it to the
            node where they do (:class:`~pyg_siamex.explain.relevance.node_shares.NodeShares`).

    Raises:
        ValueError: If a value is out of its range.
    """

    gamma: float | tuple[float, ...] = 0.25
    epsilon: float = 1e-9
    kind: RuleName = "generalised"
    attention: AttentionName = "constant"
    neighbours: NeighboursName = "summed"
    biases: Biases = "apart"

    def __post_init__(self) -> None:
        if isinstance(self.gamma, list | tuple):
            if not self.gamma:
                raise ValueError("gamma must have a value for each layer (got none)")
            values = tuple(real("gamma", value, FROM_ZERO) for value in self.gamma)
            object.__setattr__(self, "gamma", values)
        else:
            real("gamma", self.gamma, FROM_ZERO)
        real("epsilon", self.epsilon, FROM_ZERO)
        if self.kind not in get_args(RuleName):
            raise ValueError(f"rule must be 'generalised' or 'source' (got '{self.kind}')")
        if self.attention not in get_args(AttentionName):
            raise ValueError(f"attention must be 'constant' or 'attnlrp' (got '{self.attention}')")
        if self.neighbours not in get_args(NeighboursName):
            raise ValueError(f"neighbours must be 'summed' or 'each' (got '{self.neighbours}')")
        if self.biases not in get_args(Biases):
            raise ValueError(f"biases must be 'apart' or 'nodes' (got '{self.biases}')")

    def schedule(self, layers: Sequence[str]) -> list[float]:
        """The gamma of each linear map of an encoder.

        Args:
            layers: Layer of each linear map, from input to output. The maps inside one graph
                convolution are of the same layer.

        Returns:
            One gamma per map. A schedule with one value per map, or else with one per layer, is
            taken as it is. A shorter one is spread evenly over the layers.

        Raises:
            ValueError: If the schedule has more values than the encoder has maps or layers.
        """
        if not isinstance(self.gamma, tuple):
            return [self.gamma] * len(layers)
        values, names = self.gamma, list(dict.fromkeys(layers))
        if len(values) == len(layers):
            return list(values)
        if len(values) > len(names):
            raise ValueError(
                f"the gamma schedule has {len(values)} values, and the encoder {len(names)} layers "
                f"with {len(layers)} linear maps: give one value for each of either, or fewer"
            )
        depth = {name: k * len(values) // len(names) for k, name in enumerate(names)}
        return [values[depth[name]] for name in layers]
