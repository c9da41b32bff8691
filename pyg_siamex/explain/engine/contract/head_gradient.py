"""Whether gradients of the similarity reach both embeddings."""

from functools import partial

import torch
from torch import Tensor

from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.trials import TRUE_TO, gradient_gap
from pyg_siamex.explain.engine.like import HALF
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity, compare
from pyg_siamex.nn.similarity.each_row import is_known


def try_head(model: SiameseGNN, contract: Contract) -> None:
    """Refuse gradients of a head that do not agree with finite differences.

    A head that cuts gradients gives masks of zeros to methods that need them.

    Args:
        model: The Siamese model, in evaluation mode.
        contract: Its contract, which remembers the trial.

    Raises:
        ValueError: If the head cuts gradients by an embedding.
    """
    head, h = model.similarity, contract.h
    # Half precision is too coarse for finite differences.
    if h is not None and not is_known(head) and h.dtype not in HALF:
        contract.once("gradients of the head", partial(_cut, head, h))


def _cut(head: Similarity, h: Tensor) -> str | None:
    h = h.detach() if bool(h.any()) else torch.ones_like(h)
    for side, similarity in (
        ("query's", lambda gate: compare(head, h * gate, h)),
        ("reference's", lambda gate: compare(head, h, h * gate)),
    ):
        gap = gradient_gap(similarity, tuple(h.shape), h[:0])
        if gap > TRUE_TO:
            return (
                f"the gradient of the similarity by the {side} embedding is off by {gap:.0%} from "
                f"what a small step changes: the head cuts gradients (no_grad, detach or numpy "
                f"parts). Use a method without gradients such as Occlusion, or let gradients pass"
            )
    return None
