"""All mask elements of B pairs as one vector, for any kinds of masks."""

import torch
from torch import Tensor

from pyg_siamex.explain.engine.mask_objective import elements_of_pair
from pyg_siamex.explain.engine.masked_pairs import Gates, MaskedPairs


class MaskElements:
    """Join named masks into one vector and split it again.

    Args:
        pairs: The pairs.

    Attributes:
        pair: Pair of each element, ``[M]``.
        group: Number of each element's graph and kind of mask, ``[M]``.
        share: One over the number of elements of the pair's mask of that kind, ``[M]``. A sum with
            these weights is the mean of each mask.
    """

    def __init__(self, pairs: MaskedPairs) -> None:
        self.sizes: dict[str, int] = {name: len(space) for name, space in pairs.spaces.items()}
        self.pair: Tensor = torch.cat([pairs.pairs[name] for name in self.sizes])
        graphs = pairs.union.num_graphs
        self.group: Tensor = torch.cat(
            [space.graph + k * graphs for k, space in enumerate(pairs.spaces.values())]
        )
        self.share: Tensor = 1 / self.join(
            {name: elements_of_pair(pairs, name) for name in self.sizes}
        )

    def join(self, masks: Gates) -> Tensor:
        """Join ``{name: [M_name]}`` to ``[M]``."""
        return torch.cat([masks[name] for name in self.sizes])

    def split(self, values: Tensor) -> dict[str, Tensor]:
        """Split ``[M]`` into ``{name: [M_name]}``."""
        return dict(zip(self.sizes, values.split(list(self.sizes.values())), strict=True))
