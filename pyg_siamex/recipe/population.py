"""What explanations of a population share, learned once after training and kept with the model."""

import sys
from collections.abc import Sequence

from torch_geometric.data import Data
from typing_extensions import Unpack

from pyg_siamex.explain import SharedInvariance
from pyg_siamex.explain.engine.mask_kinds import MaskOptions
from pyg_siamex.nn import SiameseGNN

# A table of 12 x 12 voices for each element, in half precision.
_REFERENCES = _GRAPHS = 12


def keep_invariance(
    model: SiameseGNN, graphs: Sequence[Data], seed: int, **masks: Unpack[MaskOptions]
) -> None:
    """Learn from training graphs with common nodes or columns, and keep the result with the model.

    Args:
        model: The trained model.
        graphs: The graphs that it learned from; labels are not read.
        seed: Seed of the draws.
        **masks: Which masks will be asked for, see :class:`~pyg_siamex.explain.PairExplainer`.

    Example:
        >>> keep_invariance(model, list(graphs), 0, edge_mask_type="object", undirected=True)
    """
    learned = SharedInvariance.learn(
        model,
        graphs,
        _REFERENCES,
        subjects=_GRAPHS,
        seed=seed,
        progress=sys.stderr.isatty(),
        **masks,
    )
    learned.keep_with(model)
