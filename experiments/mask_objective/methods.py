"""The candidates: what masks are judged by, and with which weights."""

from torch import Tensor

from pyg_siamex import (
    InputXGradient,
    MaskOptimization,
    Occlusion,
    RandomExplainer,
    Saliency,
)
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.explain.engine.mask_objective import MaskObjective
from pyg_siamex.explain.engine.masked_pairs import Encode, MaskedPairs


class JointState(MaskObjective):
    """Both graphs masked at once, and no other state."""

    def state_similarities(self, h: Tensor, whole: Tensor) -> Tensor:
        """Similarity of the two masked graphs, ``[1, B]``."""
        return self.pairs.similarity(h)


class SeparateStates(MaskObjective):
    """Each masked graph against the whole other one, and no other state."""

    def state_similarities(self, h: Tensor, whole: Tensor) -> Tensor:
        """Similarities of the two states, ``[2, B]``."""
        return super().state_similarities(h, whole)[:2]


class Together(MaskOptimization):
    """Masks judged in the joint state."""

    def objective(self, pairs: MaskedPairs, encode: Encode) -> MaskObjective:
        """What masks are judged by."""
        return JointState(pairs, encode, self.necessity, self.sufficiency)


class Apart(MaskOptimization):
    """Masks judged in the two separate states."""

    def objective(self, pairs: MaskedPairs, encode: Encode) -> MaskObjective:
        """What masks are judged by."""
        return SeparateStates(pairs, encode, self.necessity, self.sufficiency)


SUFFICIENT = {"necessity": 0.0, "sufficiency": 1.0}
METHODS: dict[str, PairAlgorithm] = {
    "random": RandomExplainer(),
    "saliency": Saliency(),
    "input x gradient, magnitude": InputXGradient(),
    "occlusion, magnitude": Occlusion(),
    "masks, together": Together(),
    "masks, apart": Apart(),
    "masks, apart and together (default)": MaskOptimization(),
    "sufficiency instead": MaskOptimization(**SUFFICIENT),
    "sufficiency, together": Together(**SUFFICIENT),
    "both in equal parts": MaskOptimization(sufficiency=1.0),
    "size 0.1": MaskOptimization(size=0.1),
    "size 0.3": MaskOptimization(size=0.3),
    "size 3": MaskOptimization(size=3.0),
    "entropy 0.1": MaskOptimization(entropy=0.1),
    "50 epochs": MaskOptimization(epochs=50),
    "200 epochs": MaskOptimization(epochs=200),
    "lr 0.1": MaskOptimization(lr=0.1),
}
