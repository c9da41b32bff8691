"""Reinitialise the layers of a model."""

import torch
from torch import nn
from torch_geometric.data import Data
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.metric.unexplained import unexplained
from pyg_siamex.nn.device import device_of
from pyg_siamex.nn.siamese import SiameseGNN


def layers_from_output(model: SiameseGNN, query: Data, reference: Data) -> list[str]:
    """Names of the layers with parameters, from the similarity head back to the input.

    A layer is a message passing layer with all its submodules, or any other module with its own
    parameters. Layers are sorted by the order in which the pair passes them; unused layers are
    left out.
    """
    device = device_of(model)
    names = {module: name for name, module in _layers(model)}
    order: dict[str, None] = {}
    handles = [
        module.register_forward_hook(lambda module, *_: order.setdefault(names[module]))
        for module in names
    ]
    try:
        with untouched(model), torch.no_grad():
            model(*(unexplained(graph, model).to(device) for graph in (query, reference)))
    finally:
        for handle in handles:
            handle.remove()
    return list(reversed(order))


def reset(layer: nn.Module, seed: int) -> None:
    """Reinitialise a layer in place.

    Calls the ``reset_parameters`` of its modules. A parameter that they leave unchanged is drawn
    from a normal distribution with its own mean and standard deviation.
    """
    before = [parameter.detach().clone() for parameter in layer.parameters()]
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(seed)
        for module in [layer] if hasattr(layer, "reset_parameters") else layer.modules():
            getattr(module, "reset_parameters", _nothing)()
        for parameter, old in zip(layer.parameters(), before, strict=True):
            if parameter.numel() > 1 and torch.equal(parameter, old):
                parameter.copy_(old.mean() + old.std() * torch.randn_like(old))


def _nothing() -> None:
    """Reset nothing, for modules without parameters."""


def _layers(module: nn.Module, name: str = "") -> list[tuple[str, nn.Module]]:
    own = next(module.parameters(recurse=False), None) is not None
    if own or (isinstance(module, MessagePassing) and any(True for _ in module.parameters())):
        return [(name, module)]
    return [
        layer
        for child_name, child in module.named_children()
        for layer in _layers(child, f"{name}.{child_name}" if name else child_name)
    ]
