"""One run of a PyG explainer, configured for a similarity."""

import torch
from torch import Tensor
from torch_geometric.explain import (
    AttentionExplainer,
    CaptumExplainer,
    ExplainerAlgorithm,
    Explanation,
    GraphMaskExplainer,
    PGExplainer,
)
from torch_geometric.explain.config import ExplainerConfig, MaskType, ModelConfig
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex.explain.from_pyg.cached import CachedOther
from pyg_siamex.explain.from_pyg.upstream import copied, undone
from pyg_siamex.explain.joint import JointSimilarity
from pyg_siamex.nn.copied import copied_model

View = CachedOther | JointSimilarity
"""Input of a PyG explainer: a module of one graph, with that graph's x and edge_index."""

_EDGES_ONLY = (PGExplainer, AttentionExplainer)


def run(
    algorithm: ExplainerAlgorithm,
    view: View,
    node_mask_type: MaskType | None,
    edge_mask_type: MaskType | None,
    seed: int,
) -> Explanation:
    """Explain ``view`` at its own graph; ``view`` and ``algorithm`` stay unchanged.

    Raises:
        ValueError: If the algorithm cannot give these masks, gives NaN, or does not reach the
            encoder.
    """
    algorithm = copied(algorithm).to(like(view))
    connect(algorithm, node_mask_type, edge_mask_type)
    if isinstance(algorithm, GraphMaskExplainer):  # replaces messages permanently
        _check_layers(algorithm, view)
        view = copied_model(view)
    x, edge_index = view.x, view.union.edge_index
    with undone(view, seed):
        with torch.no_grad():
            target = view(x, edge_index)
        try:
            explanation = algorithm(view, x, edge_index, target=target)
        except (RuntimeError, TypeError) as error:
            # In a derived class PyG may also call the propagate of the base class.
            if not any(known in str(error) for known in ("does not require grad", "propagate()")):
                raise
            name = type(algorithm).__name__
            raise ValueError(
                f"{name}'s mask does not reach the encoder's messages (PyG does not apply masks to "
                f"some classes derived from its layers): use one of this library's algorithms"
            ) from error
    wanted = {"node_mask": node_mask_type, "edge_mask": edge_mask_type}
    for name, kind in wanted.items():
        mask = explanation.get(name) if kind is not None else None
        if kind is not None and mask is None:
            raise ValueError(f"{type(algorithm).__name__} gave no {name}")
        if mask is not None and not mask.isfinite().all():
            raise ValueError(f"{type(algorithm).__name__} gave NaN or infinite values in {name}")
    return explanation


def like(view: View) -> Tensor:
    """A tensor with the device and the precision of the model."""
    x = view.union.x
    return x.new_empty(0, dtype=x.dtype if x.is_floating_point() else torch.get_default_dtype())


def connect(
    algorithm: ExplainerAlgorithm,
    node_mask_type: MaskType | None,
    edge_mask_type: MaskType | None,
) -> None:
    """Configure an algorithm for a similarity and the requested masks.

    Raises:
        ValueError: If it does not support them.
    """
    name = type(algorithm).__name__
    if isinstance(algorithm, _EDGES_ONLY) and node_mask_type is not None:
        raise ValueError(f"{name} explains only edges: use node_mask_type=None")
    if isinstance(algorithm, CaptumExplainer) and node_mask_type is not None:
        node_mask_type = MaskType.attributes  # other kinds are sums of these
    kind = "phenomenon" if isinstance(algorithm, PGExplainer) else "model"
    model_config = ModelConfig("regression", "graph", "raw")
    algorithm.connect(ExplainerConfig(kind, node_mask_type, edge_mask_type), model_config)


def _check_layers(algorithm: GraphMaskExplainer, view: View) -> None:
    """Refuse inputs on which GraphMask would fail without a clear message.

    Raises:
        ValueError: If the graph has no edges, a layer has no channels, or ``num_layers`` is wrong.
    """
    if not view.union.edge_index.size(1):
        raise ValueError("GraphMaskExplainer needs edges, and a graph has none: leave it out")
    layers = [layer for layer in view.modules() if isinstance(layer, MessagePassing)]
    for layer in layers:
        if not all(isinstance(getattr(layer, f"{n}_channels", None), int) for n in ("in", "out")):
            raise ValueError(
                f"GraphMaskExplainer needs layers with in_channels and out_channels, and "
                f"{type(layer).__name__} has none: use another explainer"
            )
    if algorithm.num_layers != len(layers):
        raise ValueError(
            f"the encoder has {len(layers)} message passing layers: use "
            f"GraphMaskExplainer(num_layers={len(layers)}) (got {algorithm.num_layers})"
        )
