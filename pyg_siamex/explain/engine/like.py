"""The device and the type of masks."""

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.siamese import SiameseGNN

HALF = (torch.float16, torch.bfloat16)


def mask_like(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """An empty tensor on the graphs' device, with the type of gates and path points.

    It is the type of float features, or the model's type for integer features. Half precision
    becomes single, since it would lose the small steps of an optimisation.
    """
    x = inputs.x
    dtype = x.dtype
    if not x.is_floating_point():
        own = (p.dtype for p in model.parameters() if p.is_floating_point())
        dtype = next(own, torch.get_default_dtype())
    return torch.empty(0, dtype=torch.float32 if dtype in HALF else dtype, device=x.device)
