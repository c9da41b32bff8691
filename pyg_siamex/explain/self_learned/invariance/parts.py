"""Graphs in parts, with a progress bar while they are explained."""

from collections.abc import Iterator, Sequence

from torch_geometric.data import Data
from tqdm.auto import tqdm


def parts_of(graphs: Sequence[Data], size: int, progress: bool) -> Iterator[Sequence[Data]]:
    """Successive parts of ``graphs``.

    Args:
        graphs: The graphs.
        size: Number of graphs in a part; the last one may be smaller.
        progress: Show a bar that counts graphs.
    """
    with tqdm(total=len(graphs), desc="invariance", unit="graph", disable=not progress) as bar:
        for start in range(0, len(graphs), size):
            part = graphs[start : start + size]
            yield part
            bar.update(len(part))
