"""Label the nodes of a graph with the regions of an atlas."""

import torch
from torch_geometric.data import Data
from torch_geometric.transforms import BaseTransform

from pyg_siamex._door import checked
from pyg_siamex.datasets.connectome.atlas import Atlas


@checked
class OnAtlas(BaseTransform):
    """Label every node with its region, for graphs whose nodes are an atlas's regions in order.

    Connectomes of other data sets, such as PyG's
    :class:`~torch_geometric.datasets.NeuroGraphDataset`, can then be explained and drawn like
    :class:`Connectomes`: ``NeuroGraphDataset(root, "HCPGender", transform=OnAtlas(atlas))``.

    Args:
        atlas: The regions.

    Sets ``roi`` (number of each node's region, ``[R]`` long), ``roi_names`` and, if the atlas has
    them, ``pos`` (mm, ``[R, 3]``) and ``networks`` (a name per node). All of them are batched,
    saved, and cut with the nodes of a subgraph. What another atlas set before is taken away.

    Raises:
        ValueError: When called, if a graph has another number of nodes than the atlas has regions.
    """

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas

    @checked
    def forward(self, data: Data) -> Data:
        """Add the attributes to the graph."""
        atlas = self.atlas
        if data.num_nodes != len(atlas):
            raise ValueError(
                f"a graph of {data.num_nodes} nodes does not fit atlas '{atlas.name}' with "
                f"{len(atlas)} ROIs"
            )
        if data.get("roi_names") is not None and list(data.roi_names) != list(atlas.names):
            for key in ("pos", "networks"):  # of another atlas
                data.pop(key, None)
        data.roi = torch.arange(len(atlas))
        data.roi_names = list(atlas.names)
        if atlas.coordinates is not None:
            data.pos = atlas.coordinates.clone()
        if atlas.networks is not None:
            data.networks = list(atlas.networks)
        return data
