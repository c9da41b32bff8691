"""The score of a link as a function of one graph with two roots."""

from collections.abc import Iterable

import torch
from torch import Tensor

from pyg_siamex.explain.explanation import PairExplanation
from pyg_siamex.nn.root_readout import RootReadout
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity, compare


class BetweenRoots(Similarity):
    """Compare the two roots of the query; the reference is not read.

    Args:
        head: The head that compares two roots, shared and not copied.
    """

    def __init__(self, head: Similarity) -> None:
        super().__init__()
        self.head = head

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Compare both halves of ``a``, ``[M, 2 D]``; returns ``[M]``."""
        if self.head.broadcasts and next(self.head.parameters(), None) is None:
            a = a.double()  # as everywhere in explanations, see MaskedGraphs.compare
        return compare(self.head, *torch.chunk(a, 2, dim=-1))


def link_model(model: SiameseGNN) -> SiameseGNN:
    """The model of graphs with two roots that shares the encoder and the head of ``model``.

    Raises:
        ValueError: If the model has another pool than ``"root"``.
    """
    if not isinstance(model.pool, RootReadout):
        raise ValueError(
            "a link compares two nodes, and the model pools whole graphs: use "
            "SiameseGNN(encoder, pool='root', similarity=...)"
        )
    return SiameseGNN(model.encoder, RootReadout(), BetweenRoots(model.similarity))


def of_links(model: SiameseGNN, explanations: Iterable[PairExplanation]) -> SiameseGNN:
    """The model that explanations are of, from the model that was given for them.

    Explanations of links are of :func:`link_model` of the model of links. Which explanations are of
    links is read from their settings, so that those from files are known as well.

    Args:
        model: The model of pairs, of links, or already :func:`link_model` of it.
        explanations: Explanations by one model.

    Raises:
        ValueError: If explanations are of links and the model has another pool than ``"root"``.
    """
    if isinstance(model.similarity, BetweenRoots):
        return model
    links = [_head(one) == BetweenRoots.__name__ for one in explanations]
    return link_model(model) if links and all(links) else model


def _head(explanation: PairExplanation) -> object:
    """Name of the head of the explained model; ``None`` if it is not known."""
    known = explanation.settings.get("model")
    return known.get("similarity") if isinstance(known, dict) else None
