"""Turn similarities into probabilities (Platt scaling)."""

import math

import torch
from sklearn.linear_model import LogisticRegression

from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.training.quality import pair_similarities


@torch.no_grad()
def calibrate(model: SiameseGNN, pairs: PairDataset) -> None:
    r"""Fit :math:`P(y = 1) = \mathrm{sigmoid}(e^a s + b)` on held-out pairs, in place.

    A model whose similarity decreases with the target keeps its old calibration, since a negative
    slope would hide that it learned nothing.

    Args:
        model: The model; its ``calibration`` is set.
        pairs: Pairs with targets 0 and 1; unknown ones are left out.
    """
    known = ~pairs.target.isnan()
    scores = pair_similarities(model, pairs)[known]
    scale = scores.std().clamp_min(1e-12)
    line = LogisticRegression(class_weight="balanced").fit(
        (scores / scale).numpy()[:, None], pairs.target[known].numpy()
    )
    slope = float(line.coef_[0, 0]) / float(scale)
    if slope > 0:
        model.calibration.log_slope.fill_(math.log(slope))
        model.calibration.shift.fill_(float(line.intercept_[0]))
