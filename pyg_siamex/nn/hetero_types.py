"""Types of nodes and edges, checked where they come in."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.models.basic_gnn import BasicGNN

from pyg_siamex._once import check_once
from pyg_siamex.nn.signature import parameters_of_forward


def check_encoder(encoder: nn.Module) -> None:
    """Refuse an encoder of graphs of one type.

    Args:
        encoder: What is to be called as ``encoder(x_dict, edge_index_dict)``.

    Raises:
        TypeError: If it is a layer or a basic model of PyG for graphs of one type.
    """
    first = next(iter(parameters_of_forward(encoder)), "")
    if isinstance(encoder, BasicGNN | MessagePassing) and first == "x":
        raise TypeError(
            f"{type(encoder).__name__} reads graphs of one type: make it heterogeneous, "
            f"torch_geometric.nn.to_hetero(encoder, data.metadata()), or give SiameseGNN the "
            f"encoder itself"
        )


def check_nodes(data: HeteroData, node_types: Sequence[str] | None) -> None:
    """Refuse a graph without nodes or features, and types that it does not have.

    Args:
        data: A graph with all types.
        node_types: Types that are read; ``None`` for all.

    Raises:
        ValueError: Names the type.
    """
    known = list(data.node_types)
    if not known:
        raise ValueError("data has no nodes: give a graph with all types of nodes and edges")
    for kind in known:
        x = data[kind].get("x")
        if x is None:
            raise ValueError(f"nodes of type '{kind}' have no features x")
        if not isinstance(x, Tensor) or x.dim() != 2:
            told = list(x.shape) if isinstance(x, Tensor) else type(x).__name__
            raise ValueError(f"x of type '{kind}' must be [nodes, features] (got {told})")
    if node_types is not None and not len(node_types):
        raise ValueError(f"node_types names no type: name some of {known}, or leave it out")
    unknown = [kind for kind in node_types or () if kind not in known]
    if unknown:
        raise ValueError(f"there are no nodes of type '{unknown[0]}', only {known}")
    check_once("node_types", known if node_types is None else node_types)


def check_numbers(name: str, value: Any, count: int, kinds: int) -> None:
    """Refuse what is not the number of a type for each node or edge.

    Args:
        name: ``"node_type"`` or ``"edge_type"``.
        value: The numbers.
        count: How many nodes or edges there are.
        kinds: How many types there are.

    Raises:
        ValueError: If there are none, too few or too many, or one is no type.
    """
    of = "graph of HeteroEncoder.to_homogeneous, or its explanation"
    if value is None:
        raise ValueError(f"the graph has no {name}: give a {of}")
    if not isinstance(value, Tensor) or value.dtype != torch.long or value.shape != (count,):
        told = f"{list(value.shape)} of {value.dtype}" if isinstance(value, Tensor) else "no tensor"
        raise ValueError(f"{name} must be [{count}] of torch.long (got {told}): give a {of}")
    outside = value[(value < 0) | (value >= kinds)]
    if len(outside):
        raise ValueError(f"{name} has {int(outside[0])}, and there are {kinds} types, from 0")
