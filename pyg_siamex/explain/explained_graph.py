"""What the parts of an explanation must be before anything is read from them, asked in one place.

Explanations are edited by hand, and read from files. Masks, edges and the pair matrix must then
still fit the graphs; otherwise values would be read off other elements.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._numbers import shown
from pyg_siamex.data.graph_keys import READ

NODES = 10**7
"""Most nodes of a graph that holds no features."""


def check_explained(graph: Mapping[str, Any], name: str) -> int:
    """Refuse a graph whose edges or masks do not fit it.

    Args:
        graph: Attributes of the graph by name.
        name: Name of the graph in messages.

    Returns:
        Number of its nodes.

    Raises:
        TypeError: If features, edges or a mask are no tensor of real numbers.
        ValueError: If there are neither features nor a number of nodes, an edge leads to a node
            that is not there, or a mask has another shape or is not finite.
    """
    x, edges = graph.get("x"), graph.get("edge_index")
    count = _node_count(x, graph.get("num_nodes"), name)
    if edges is None:
        raise ValueError(
            f"{name} has no edge_index: without edges it is torch.empty(2, 0, dtype=torch.long)"
        )
    check_tensor(edges, f"edge_index of {name}")
    if edges.dim() != 2 or len(edges) != 2 or edges.dtype != torch.long:
        raise ValueError(
            f"edge_index of {name} is not [2, num_edges] of torch.long (got {list(edges.shape)} "
            f"of {edges.dtype})"
        )
    if bool(((edges < 0) | (edges >= count)).any()):
        raise ValueError(
            f"an edge of {name} leads to a node that is not there: it has {count} nodes, and "
            f"edges from {int(edges.min())} to {int(edges.max())}"
        )
    width = x.size(1) if x is not None and x.dim() == 2 else 1
    for key, size in (("roi_names", count), ("networks", count), ("feature_names", width)):
        found = graph.get(key)
        if isinstance(found, list | tuple) and len(found) != size:
            raise ValueError(f"{name} has {len(found)} {key} and {size} of them in its values")
    common = [] if x is None else [[1, width]]
    shapes = {
        "node_mask": [[count, 1], [count, width], *common],
        "edge_mask": [[edges.size(1)]],
    }
    for key, allowed in shapes.items():
        if graph.get(key) is not None:
            check_values(graph.get(key), f"{key} of {name}", allowed)
    return count


def same_graph(one: Data, other: Data) -> bool:
    """Whether two explained graphs have the same edges, and the same of what encoders read.

    Args:
        one: A graph that :func:`check_explained` has passed.
        other: Another one.
    """
    if one.num_nodes != other.num_nodes:
        return False
    return all(_equal(one.get(key), other.get(key)) for key in ("edge_index", *READ))


def _equal(one: object, other: object) -> bool:
    if not isinstance(one, Tensor) or not isinstance(other, Tensor):
        return one is None and other is None
    return torch.equal(one, other)


def check_values(values: Any, name: str, shapes: Sequence[Sequence[int]]) -> None:
    """Refuse values that are not finite numbers of one of some shapes.

    Args:
        values: A mask or a pair matrix.
        name: Its name in messages.
        shapes: Shapes that fit; messages name each once.

    Raises:
        TypeError: If it is not a tensor of real numbers.
        ValueError: If the shape or a value does not fit.
    """
    check_tensor(values, name)
    if list(values.shape) not in [list(shape) for shape in shapes]:
        wanted = " or ".join(dict.fromkeys(str(list(shape)) for shape in shapes))
        raise ValueError(f"{name} is {list(values.shape)}, and must be {wanted}")
    check_finite(values, name)


def check_finite(values: Tensor, name: str) -> None:
    """Refuse NaN and infinite values.

    Args:
        values: A mask or a pair matrix.
        name: Its name in messages.

    Raises:
        ValueError: If a value is not finite.
    """
    if not bool(values.isfinite().all()):
        raise ValueError(f"{name} has values that are not finite (NaN or infinite)")


def check_tensor(values: Any, name: str) -> None:
    """Refuse what is no dense tensor of real numbers.

    Args:
        values: Anything.
        name: Its name in messages.

    Raises:
        TypeError: If it is something else.
        ValueError: If it has no values.
    """
    if not isinstance(values, Tensor):
        raise TypeError(f"{name} must be a tensor (got {shown(values)}): use torch.as_tensor")
    if values.is_complex():
        raise TypeError(f"{name} has complex numbers: give real ones, such as its .abs()")
    if values.layout is not torch.strided:
        raise TypeError(f"{name} is sparse: use its .to_dense()")
    if values.is_meta:
        raise ValueError(f"{name} is on the device 'meta' and has no values")


def _node_count(x: Any, stated: Any, name: str) -> int:
    if x is None and stated is None:
        raise ValueError(f"{name} has no features x, and no num_nodes: set one of them")
    if x is not None:
        check_tensor(x, f"x of {name}")
        if not x.dim():
            raise ValueError(f"x of {name} is not a tensor with a row per node")
    count = stated if x is None else len(x)
    if stated not in (None, count) or type(count) is not int or not 0 <= count <= NODES:
        raise ValueError(f"{name} says that it has {stated} nodes, and has other features")
    return count
