"""Turn similarities into probabilities (Platt scaling)."""

import math

import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from pyg_siamex._arrays import as_array
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.calibration import Calibration
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.quality import pair_similarities

_FLAT = 1e-6
"""Slope per standard deviation of a similarity that says nothing."""


@torch.no_grad()
def calibrate(model: SiameseGNN, pairs: PairDataset) -> None:
    r"""Fit :math:`P(y = 1) = \mathrm{sigmoid}(e^a s + b)` on held-out pairs, in place.

    A model whose similarity decreases with the target keeps its old calibration, since a negative
    slope would hide that it learned nothing.

    Args:
        model: The model; its ``calibration`` is set.
        pairs: Pairs with targets 0 and 1; unknown ones are left out.

    Raises:
        ValueError: If the known targets are not 0 and 1, or are all equal.
    """
    known = ~pairs.target.isnan()
    kinds = pairs.target[known].unique().tolist()
    if kinds != [0.0, 1.0]:
        raise ValueError(
            f"a calibration needs alike and unlike pairs, with targets 1 and 0 (got "
            f"{kinds[:5] or 'no known target'}): give other validation pairs"
        )
    scores = pair_similarities(model, pairs)[known]
    scale = scores.std().clamp_min(1e-12)
    line = LogisticRegression(class_weight="balanced").fit(
        as_array(scores / scale)[:, None], as_array(pairs.target[known])
    )
    slope = float(line.coef_[0, 0]) / float(scale)
    if slope > 0:
        model.calibration.set(math.log(slope), float(line.intercept_[0]))


def frequency_calibration(similarity: Tensor, alike: Tensor, graphs: int) -> Calibration:
    r"""Probabilities that are shares of alike pairs among pairs of unseen graphs.

    Platt scaling (Platt, 1999) with his smoothed targets :math:`(n + 1) / (n + 2)` and
    :math:`1 / (n + 2)`. Pairs share graphs, so n is the number of graphs and not of pairs: 100
    graphs cannot show that a probability is above 0.99. Kinds of pairs keep their shares. If
    similarity does not increase with ``alike``, every pair has the share of alike pairs.

    Args:
        similarity: Similarity of each pair, ``[P]``, by models that learned from neither graph.
        alike: 1 or 0 for each pair, ``[P]``.
        graphs: Number n of graphs in the pairs.

    Raises:
        ValueError: If all pairs are of one kind.

    Example:
        >>> from pyg_siamex.nn.training.calibrate import frequency_calibration
        >>> similarity = torch.tensor([0.9, 0.8, 0.1, -0.2])
        >>> line = frequency_calibration(similarity, torch.tensor([1.0, 1.0, 0.0, 0.0]), 4)
        >>> [round(p, 2) for p in line(similarity).sigmoid().tolist()]
        [0.85, 0.79, 0.25, 0.11]
    """
    y, s = alike.detach().double(), similarity.detach().double()
    share = float(y.mean())
    if not 0 < share < 1:
        raise ValueError("a calibration needs alike and unlike pairs, and all are of one kind")
    centre, scale = s.mean(), s.std().clamp_min(1e-12)
    x, most = ((s - centre) / scale).repeat(2).numpy()[:, None], (graphs + 1) / (graphs + 2)
    kinds = torch.cat([torch.ones_like(y), torch.zeros_like(y)]).numpy()
    high = torch.where(y > 0.5, most, 1 - most)
    weight = torch.cat([high, 1 - high]).numpy()
    line = LogisticRegression(C=1e6, tol=1e-8).fit(x, kinds, sample_weight=weight)
    slope, middle = float(line.coef_[0, 0]), float(line.intercept_[0])
    if slope <= _FLAT:
        slope, middle = _FLAT, math.log(share / (1 - share))
    found = Calibration()
    shift = middle - slope * float(centre / scale)
    found.set(math.log(slope / float(scale)), shift, math.log(share / (1 - share)))
    return found
