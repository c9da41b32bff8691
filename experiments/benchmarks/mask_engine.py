"""Batched pair masks against stock GNNExplainer, one graph at a time, in one run on one thread.

    python experiments/benchmarks/mask_engine.py

Prints, for each encoder, the time per explained graph of both (a pair with both sides masked is
two graphs), their ratio, and the ratio of one optimisation step to the bare forward and backward
pass of the same batch.
"""

import itertools
import statistics
import time
from collections.abc import Callable

import torch
from rich.console import Console
from rich.table import Table
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.explain import Explainer, GNNExplainer
from torch_geometric.nn import GAT, GCN, GIN
from torch_geometric.utils import to_undirected

from pyg_siamex import MaskOptimization, PairExplainer, SiameseGNN
from pyg_siamex.explain.guard import untouched
from pyg_siamex.explain.masked_pairs import MaskedPairs

PAIRS, EPOCHS, FEATURES, HIDDEN, LAYERS = 256, 200, 7, 64, 3
STOCK_GRAPHS = 10
ENCODERS = {"GCN": GCN, "GIN": GIN, "GAT": GAT}
MASKS: dict[str, dict[str, str]] = {
    "edges": {"edge_mask_type": "object"},
    "edges and features": {"edge_mask_type": "object", "node_mask_type": "attributes"},
}


def random_molecule(generator: torch.Generator) -> Data:
    """A random tree with three ring closures, 14 to 22 nodes, one-hot features."""
    nodes = int(torch.randint(14, 23, (), generator=generator))
    parents = [int(torch.randint(0, k, (), generator=generator)) for k in range(1, nodes)]
    tree = torch.tensor([parents, list(range(1, nodes))])
    rings = torch.randint(0, nodes, (2, 3), generator=generator)
    edges = torch.cat([tree, rings[:, rings[0] != rings[1]]], dim=1)
    kinds = torch.randint(0, FEATURES, (nodes,), generator=generator)
    return Data(x=nn.functional.one_hot(kinds, FEATURES).float(), edge_index=to_undirected(edges))


def stock_seconds(
    model: SiameseGNN, queries: list[Data], references: list[Data], masks: dict[str, str]
) -> float:
    """Median time of stock GNNExplainer for one graph."""
    times = []
    for query, reference in list(zip(queries, references, strict=True))[: STOCK_GRAPHS + 1]:
        explainer = Explainer(
            model.against(reference),
            algorithm=GNNExplainer(epochs=EPOCHS),
            explanation_type="model",
            **masks,
            model_config={"mode": "regression", "task_level": "graph", "return_type": "raw"},
        )
        times.append(timed(lambda: explainer(query.x, query.edge_index)))  # noqa: B023
    return statistics.median(times[1:])  # the first compiles PyG's templates


def our_seconds(
    model: SiameseGNN, queries: list[Data], references: list[Data], masks: dict[str, str]
) -> float:
    """Time per graph of all pairs, both sides masked."""
    explainer = PairExplainer(model, MaskOptimization(epochs=EPOCHS), **masks)
    query, reference = Batch.from_data_list(queries), Batch.from_data_list(references)
    explainer(Batch.from_data_list(queries[:2]), Batch.from_data_list(references[:2]))
    return timed(lambda: explainer(query, reference)) / (2 * len(queries))


def step_ratio(
    model: SiameseGNN, queries: list[Data], references: list[Data], masks: dict[str, str]
) -> float:
    """One optimisation step over one masked forward and backward pass of the same batch."""
    explainer = PairExplainer(model, MaskOptimization(epochs=EPOCHS), **masks)
    chunk = next(explainer._chunks(queries, references))
    problem = explainer._problem(*chunk)
    steps = timed(lambda: explainer._explain(*chunk)) / EPOCHS
    with untouched(model):
        pairs = MaskedPairs(problem)
        masks = {name: mask.requires_grad_() for name, mask in pairs.ones().items()}
        with pairs.encoding() as encode:

            def bare() -> None:
                for _ in range(EPOCHS):
                    total = pairs.similarity(encode(masks)).sum()
                    torch.autograd.grad(total, list(masks.values()))

            return steps / (timed(bare) / EPOCHS)


def timed(job: Callable[[], object]) -> float:
    """Wall time in seconds."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def main() -> None:
    """Run the benchmark and print its table."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    queries = [random_molecule(generator) for _ in range(PAIRS)]
    references = [random_molecule(generator) for _ in range(PAIRS)]
    title = f"{PAIRS} pairs, {EPOCHS} epochs, {LAYERS} layers of {HIDDEN}, one thread"
    headings = ("encoder", "masks", "stock, ms a graph", "batched, ms a graph")
    table = Table(*headings, "times faster", "step / bare pass", title=title)
    for (name, encoder), (kind, masks) in itertools.product(ENCODERS.items(), MASKS.items()):
        torch.manual_seed(0)
        model = SiameseGNN(encoder(FEATURES, HIDDEN, LAYERS), pool="mean", similarity="cosine")
        model.eval()
        stock = stock_seconds(model, queries, references, masks)
        ours = our_seconds(model, queries, references, masks)
        ratio = step_ratio(model, queries, references, masks)
        row = (f"{1e3 * stock:.0f}", f"{1e3 * ours:.2f}", f"{stock / ours:.0f}", f"{ratio:.2f}")
        table.add_row(name, kind, *row)
    Console().print(table)


if __name__ == "__main__":
    main()
