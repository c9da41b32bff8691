"""Operations on edges that explainers can follow: new numbers of nodes, and edges without masks."""

from torch import Tensor
from torch.overrides import handle_torch_function, has_torch_function_unary


def renumbered(edge_index: Tensor, place: Tensor) -> Tensor:
    """Edges between nodes with new numbers, ``place[edge_index]``.

    Explainers follow the edges through this function, which other arithmetic would end.

    Args:
        edge_index: ``[2, E]``.
        place: New number of each node, ``[N]``.
    """
    if has_torch_function_unary(edge_index):
        return handle_torch_function(renumbered, (edge_index,), edge_index, place)
    return place[edge_index]


def unmasked(edge_index: Tensor) -> Tensor:
    """The same edges, on which no edge mask acts."""
    if has_torch_function_unary(edge_index):
        return handle_torch_function(unmasked, (edge_index,), edge_index)
    return edge_index.clone()
