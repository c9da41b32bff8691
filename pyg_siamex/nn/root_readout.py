"""The readout of rooted graphs: the embedding of the root."""

import torch
from torch import Tensor
from torch_geometric.nn import Aggregation

from pyg_siamex.data.neighbourhood import ROOT


class RootReadout(Aggregation):
    r"""Take the embedding of each graph's root, :math:`h = h_{root}`.

    It is ``pool="root"`` of :class:`~pyg_siamex.nn.SiameseGNN`, for graphs with ``root_index``, as
    :class:`~pyg_siamex.data.NodePairs` makes them. Embeddings of several roots are joined, in the
    order of ``root_index``.

    Attributes:
        reads: Attributes of the graphs that the readout needs.

    Shape:
        - x: ``[N, D]``, index: ``[N]``, root_index: ``[k * num_graphs]``
        - output: ``[num_graphs, k * D]``
    """

    reads: tuple[str, ...] = (ROOT,)

    def forward(
        self,
        x: Tensor,
        index: Tensor | None = None,
        ptr: Tensor | None = None,
        dim_size: int | None = None,
        dim: int = -2,
        root_index: Tensor | None = None,
    ) -> Tensor:
        """The embeddings of the roots.

        Raises:
            TypeError: If roots are no positions.
            ValueError: If the graphs have no roots, a root is no node of its graph, or graphs have
                different numbers of roots.
        """
        graphs = 1 if dim_size is None else dim_size
        if root_index is None:
            raise ValueError(
                f"pool='root' reads data.{ROOT}, the position of each graph's root, [1], and the "
                f"graphs have none: use NodePairs, or set it"
            )
        if root_index.dtype not in (torch.long, torch.int):
            raise TypeError(
                f"data.{ROOT} must be positions of nodes, torch.long (got {root_index.dtype})"
            )
        outside = root_index[(root_index < 0) | (root_index >= len(x))]
        if len(outside):
            raise ValueError(
                f"data.{ROOT} names node {int(outside[0])}, and there are {len(x)}, 0 to "
                f"{len(x) - 1}"
            )
        if index is not None and graphs:
            each = torch.arange(graphs, device=x.device)
            each = each.repeat_interleave(len(root_index) // graphs)
            if not torch.equal(index[root_index], each):
                raise ValueError(f"the graphs differ in their number of roots ({ROOT})")
        return x[root_index].view(graphs, -1)
