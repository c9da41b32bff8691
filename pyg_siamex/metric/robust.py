r"""Robust fidelity, with small random changes instead of whole removals."""

from collections.abc import Sequence

import torch
from torch import Tensor
from typing_extensions import Unpack

from pyg_siamex._door import checked
from pyg_siamex._numbers import real, whole
from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.metric.fidelity import Fidelity
from pyg_siamex.metric.over_pairs import over_pairs
from pyg_siamex.metric.perturbed_pairs import PerturbedPairs
from pyg_siamex.metric.protocol import EvaluationProtocol, Options
from pyg_siamex.metric.rank import uniform
from pyg_siamex.nn.siamese import SiameseGNN


@checked
def robust_fidelity(
    model: SiameseGNN,
    explanations: Sequence[PairExplanation],
    *,
    share: float = 0.2,
    alpha_plus: float = 0.1,
    alpha_minus: float = 0.9,
    draws: int = 50,
    **options: Unpack[Options],
) -> Fidelity:
    r"""Robust fidelity (Zheng et al., ICLR 2024, arXiv 2310.01820), for similarities.

    .. math::
        \mathrm{fid}_{\alpha_1,+} = \frac{s_0 - E\, s(q \setminus E_{\alpha_1}(S), r)}{d}, \qquad
        \mathrm{fid}_{\alpha_2,-} = \frac{s_0 - E\, s(S \cup E_{\alpha_2}(q \setminus S), r)}{d}

    where :math:`E_\alpha` draws each element with probability :math:`\alpha`. Fidelity+ removes a
    few elements of the selection. Fidelity- removes a few of the other elements and keeps the whole
    selection. The perturbed graphs stay close to the data, unlike graphs after whole removals. For
    elements with additive effects, the best selection has :math:`\alpha_1` and 0, and the worst has
    0 and :math:`1 - \alpha_2`. ``plus - minus`` combines both (high is good). All methods and pairs
    use the same draws.

    Args:
        model: The model that was explained; left unchanged.
        explanations: P explanations, of any explainer.
        share: Share of the elements that is selected, in (0, 1), rounded up.
        alpha_plus: :math:`\alpha_1`, probability that an element of the selection is removed, in
            (0, 1].
        alpha_minus: :math:`\alpha_2`, probability that another element stays, in [0, 1). With
            ``alpha_plus`` 1 and ``alpha_minus`` 0 the measure is plain fidelity.
        draws: Number of draws for each of the two, at least 1.
        **options: See :class:`~pyg_siamex.metric.EvaluationProtocol`; ``seed`` seeds the draws.

    Raises:
        ValueError: If an argument is out of range, or explanations lack the masks.
    """
    _check(share, alpha_plus, alpha_minus, draws)
    protocol = EvaluationProtocol(**options)

    def measure(pairs: PerturbedPairs) -> dict[str, Tensor]:
        selected = pairs.ranks.top(share)
        chance = uniform(pairs.graph, pairs.num_graphs, draws, protocol.seed)
        without = ~(selected & (chance < alpha_plus))
        others = selected | (chance < alpha_minus)
        s = pairs.similarity(torch.cat([without, others]).float())
        plus, minus = (part.mean(0) for part in s.chunk(2))
        lost = {"plus": pairs.whole - plus, "minus": pairs.whole - minus}
        return {name: value / pairs.effect for name, value in lost.items()}

    values = over_pairs(model, explanations, protocol, measure)
    return Fidelity(**values, undefined=int(values["plus"].isnan().sum()))


def _check(share: float, alpha_plus: float, alpha_minus: float, draws: int) -> None:
    real("share", share, "(0, 1)")
    real("alpha_plus", alpha_plus, "(0, 1]")
    real("alpha_minus", alpha_minus, "[0, 1)")
    whole("draws", draws, most=10_000, why="the model runs for each of them")
