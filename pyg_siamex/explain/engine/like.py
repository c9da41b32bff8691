"""The device and the type of masks."""

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.siamese import SiameseGNN

HALF = (torch.float16, torch.bfloat16)


def computed_in(model: SiameseGNN, inputs: GraphInputs) -> torch.dtype:
    """The type of float features, or the model's type for integer features."""
    if inputs.x.is_floating_point():
        return inputs.x.dtype
    own = (p.dtype for p in model.parameters() if p.is_floating_point())
    return next(own, torch.get_default_dtype())


def check_precision(model: SiameseGNN, inputs: GraphInputs) -> None:
    """Refuse half precision, in which shares of small terms are lost.

    Raises:
        ValueError: If the encoder computes in half precision.
    """
    dtype = computed_in(model, inputs)
    if dtype in HALF:
        raise ValueError(
            f"the encoder computes in {dtype}, and relevance needs single or double precision: "
            f"explain model.float(), with graph.x = graph.x.float(), or use a method of masks such "
            f"as Occlusion"
        )


def mask_like(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """An empty tensor on the graphs' device, with the type of gates and path points.

    It is the type of :func:`computed_in`. Half precision becomes single, since it would lose the
    small steps of an optimisation.
    """
    dtype = computed_in(model, inputs)
    like = torch.float32 if dtype in HALF else dtype
    return torch.empty(0, dtype=like, device=inputs.x.device)
