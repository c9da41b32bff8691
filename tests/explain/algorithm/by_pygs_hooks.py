"""Similarities with edges masked by PyG's own hooks."""

import torch
from torch_geometric.explain.algorithm.utils import clear_masks, set_masks


def similarity_with_mask(model, query, reference, mask):
    """Masked by PyG's own hooks, the reference encoded apart."""
    with torch.no_grad():
        other = model.embed(reference)
        set_masks(model.encoder, torch.nn.Parameter(mask), query.edge_index, apply_sigmoid=False)
        value = model.similarity(model.embed(query), other)
        clear_masks(model.encoder)
    return value.item()
