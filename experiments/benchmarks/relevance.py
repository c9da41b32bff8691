"""Relevance factors against the original recipe, in one run on one thread.

    python experiments/benchmarks/relevance.py

The original recipe computes two factors for every pair and sends one backward pass per embedding
coordinate through one graph. Here every graph has one factor, computed for a batch of graphs (or
for all coordinates of one small graph) at once, and all pair matrices are products of factors.
Both run the same rules, so that the ratios are those of the recipe. The recipe's time for all
pairs is that of a sample of pairs times their number.

Prints, for each encoder and method: milliseconds per pair of both and their ratio, for one pair and
for all pairs of 50 graphs, and the largest memory taken by the process.
"""

import resource
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from mask_engine import random_molecule
from rich.console import Console
from rich.table import Table
from torch_geometric.data import Data
from torch_geometric.nn import GAT, GCN, GIN, GraphSAGE

from pyg_siamex import SiameseGNN
from pyg_siamex.explain.algorithm.bilrp import BiLRP
from pyg_siamex.explain.algorithm.integrated_jacobians import IntegratedJacobians
from pyg_siamex.explain.relevance import all_pairs, backward, pair_relevance

FEATURES, HIDDEN, LAYERS, OUTPUTS = 7, 64, 3, 128
GRAPHS, SAMPLE = 50, 4
ENCODERS = {"GCN": GCN, "GIN": GIN, "SAGE": GraphSAGE, "GAT": GAT}
METHODS = {"BiLRP": BiLRP(), "integrated Jacobians, 8 points": IntegratedJacobians(8)}


def random_connectome(generator: torch.Generator, nodes: int = 116, density: float = 0.1) -> Data:
    """A directed graph with correlation-like features."""
    edges = int(density * nodes * (nodes - 1))
    index = torch.randint(0, nodes, (2, edges), generator=generator)
    x = torch.randn(nodes, FEATURES, generator=generator)
    return Data(x=x, edge_index=index[:, index[0] != index[1]])


def one_by_one(
    model: SiameseGNN, method: BiLRP | IntegratedJacobians, pair: Sequence[Data]
) -> None:
    """The original recipe for one pair: two factors, one backward pass per output."""
    small, backward.SMALL = backward.SMALL, 0
    try:
        query, reference = (method.factors(model, [graph]) for graph in pair)
    finally:
        backward.SMALL = small
    pair_relevance(query, reference, model.similarity)


def one_pair(model: SiameseGNN, method: BiLRP | IntegratedJacobians, pair: Sequence[Data]) -> None:
    """Ours for one pair: both graphs at once."""
    factors = method.factors(model, pair)
    pair_relevance(factors.select([0]), factors.select([1]), model.similarity)


def every_pair(
    model: SiameseGNN, method: BiLRP | IntegratedJacobians, graphs: Sequence[Data]
) -> None:
    """Ours for all pairs: one factor per graph, and their products, sliced out one by one."""
    for block in all_pairs(method.factors(model, graphs), model.similarity):
        for _ in block.matrices():
            pass


def seconds(job: Callable[[], object], times: int = 3) -> float:
    """Median wall time."""
    out = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        out.append(time.perf_counter() - start)
    return statistics.median(out)


def compare(
    model: SiameseGNN, method: BiLRP | IntegratedJacobians, graphs: Sequence[Data]
) -> list[str]:
    """One row of the table."""
    samples = [(graphs[2 * k], graphs[2 * k + 1]) for k in range(SAMPLE)]
    one_pair(model, method, samples[0])
    recipe = statistics.median(seconds(lambda: one_by_one(model, method, p), 1) for p in samples)  # noqa: B023
    single = statistics.median(seconds(lambda: one_pair(model, method, p), 1) for p in samples)  # noqa: B023
    pairs = GRAPHS * (GRAPHS - 1) // 2
    together = seconds(lambda: every_pair(model, method, graphs)) / pairs
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    numbers = (1e3 * recipe, 1e3 * single, recipe / single, 1e3 * together, recipe / together)
    return [f"{number:.3g}" for number in numbers] + [f"{memory:.0f}"]


def main() -> None:
    """Run the benchmark and print its table."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    kinds = {
        "molecule, 14-22 nodes": [random_molecule(generator) for _ in range(GRAPHS)],
        "connectome, 116 nodes": [random_connectome(generator) for _ in range(GRAPHS)],
    }
    table = Table(
        *("graphs", "method", "encoder", "recipe, ms", "one pair, ms", "times"),
        *("of all pairs, ms", "times faster", "MB"),
        title=f"D = {OUTPUTS}, {LAYERS} layers of {HIDDEN}, {GRAPHS} graphs, one thread",
    )
    for kind, graphs in kinds.items():
        for method_name, method in METHODS.items():
            for name, encoder in ENCODERS.items():
                torch.manual_seed(0)
                model = SiameseGNN(encoder(FEATURES, HIDDEN, LAYERS, OUTPUTS)).eval()
                table.add_row(kind, method_name, name, *compare(model, method, graphs))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
