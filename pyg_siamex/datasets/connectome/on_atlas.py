"""Tell a graph which regions of which atlas its nodes are."""

import torch
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from pyg_siamex.datasets.connectome.atlas import Atlas


class OnAtlas(BaseTransform):
    """Give every node its region, for graphs whose nodes are an atlas's regions in its order.

    Connectomes of other data sets (PyG's :class:`~torch_geometric.datasets.NeuroGraphDataset`)
    are then explained and drawn as ours are: ``NeuroGraphDataset(root, "HCPGender",
    transform=OnAtlas(atlas))``.

    Args:
        atlas: The regions.

    Sets ``roi`` (number of each node's region, ``[R]`` long), ``roi_names`` and, as far as the
    atlas knows them, ``pos`` (mm, ``[R, 3]``) and ``networks`` (a name per node). All of them are
    batched, saved, and cut with the nodes where a subgraph is taken.

    Raises:
        ValueError: If a graph has another number of nodes (when it is called).
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas

    def forward(self, data: Data) -> Data:
        """The graph with what is known of its nodes."""
        atlas = self.atlas
        if data.num_nodes != len(atlas):
            raise ValueError(
                f"a graph of {data.num_nodes} nodes does not fit atlas '{atlas.name}' with "
                f"{len(atlas)} ROIs"
            )
        data.roi = torch.arange(len(atlas))
        data.roi_names = list(atlas.names)
        if atlas.coordinates is not None:
            data.pos = atlas.coordinates.clone()
        if atlas.networks is not None:
            data.networks = list(atlas.networks)
        return data
