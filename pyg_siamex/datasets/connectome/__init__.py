"""Brain networks as graphs, from matrices, time series, public collections or simulation."""

from pyg_siamex.datasets.connectome.atlas import Atlas
from pyg_siamex.datasets.connectome.connection_rule import (
    AtLeast,
    ConnectionRule,
    Density,
    NearestNeighbours,
    Nonzero,
)
from pyg_siamex.datasets.connectome.connectome_graph import connectome_graph
from pyg_siamex.datasets.connectome.connectomes import Connectomes
from pyg_siamex.datasets.connectome.fmri import (
    abide_series,
    adhd_series,
    development_series,
    region_series,
)
from pyg_siamex.datasets.connectome.missing_regions import complete_regions, missing_regions
from pyg_siamex.datasets.connectome.named_atlases import (
    aal,
    desikan_68,
    destrieux,
    dosenbach_160,
    power_264,
    schaefer,
    seitzman_300,
    yeo,
)
from pyg_siamex.datasets.connectome.on_atlas import OnAtlas
from pyg_siamex.datasets.connectome.planted import PlantedConnectomes, planted_truth
from pyg_siamex.datasets.connectome.read import read_folder, read_npz
from pyg_siamex.datasets.connectome.region_order import on_atlas, region_places
from pyg_siamex.datasets.connectome.stack import read_stack
from pyg_siamex.datasets.connectome.subjects import Subjects
from pyg_siamex.datasets.connectome.time_series import connectivity

__all__ = [
    "AtLeast",
    "Atlas",
    "ConnectionRule",
    "Connectomes",
    "Density",
    "NearestNeighbours",
    "Nonzero",
    "OnAtlas",
    "PlantedConnectomes",
    "Subjects",
    "aal",
    "abide_series",
    "adhd_series",
    "complete_regions",
    "connectivity",
    "connectome_graph",
    "desikan_68",
    "destrieux",
    "development_series",
    "dosenbach_160",
    "missing_regions",
    "on_atlas",
    "planted_truth",
    "power_264",
    "read_folder",
    "read_npz",
    "read_stack",
    "region_places",
    "region_series",
    "schaefer",
    "seitzman_300",
    "yeo",
]
