"""What the benchmarks encode: real molecules, connectomes of 116 regions, untrained encoders."""

import statistics
import time
from collections.abc import Callable
from functools import cache

from peers.worlds import regions_116
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.datasets import FunctionalGroups, PlantedConnectomes

HIDDEN, LAYERS = 64, 3
ENCODERS = {"GCN": GCN, "GIN": GIN, "SAGE": GraphSAGE, "GAT": GAT}


def subjects(case: str, count: int) -> list[Data]:
    """So many molecules of NCI, or simulated connectomes of 116 regions and density 0.08."""
    if case == "molecules":
        molecules = _molecules()
        return [molecules[k] for k in range(min(count, len(molecules)))]
    return list(PlantedConnectomes(count, density=0.08, atlas=regions_116()))


@cache
def _molecules() -> FunctionalGroups:
    return FunctionalGroups()


def siamese(
    encoder: str, graphs: list[Data], outputs: int = HIDDEN, act: str = "relu"
) -> SiameseGNN:
    """Three layers of 64, the mean over nodes, cosine."""
    net = ENCODERS[encoder](graphs[0].num_node_features, HIDDEN, LAYERS, outputs, act=act)
    return SiameseGNN(net, pool="mean", similarity="cosine").eval()


def seconds(job: Callable[[], object], times: int = 1) -> float:
    """Median wall time."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        found.append(time.perf_counter() - start)
    return statistics.median(found)
