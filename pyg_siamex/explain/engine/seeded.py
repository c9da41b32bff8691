"""Random numbers from a seed, without a change of the global random state.

:func:`drawn_by_graph` draws for the elements of each graph. :func:`seeded` is for code that draws
from the global state.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from pyg_siamex._numbers import SEEDS, whole
from pyg_siamex.nn.turns import Turn

_ONE_AT_A_TIME = Turn()  # all threads share the random state


@contextmanager
def seeded(seed: int, devices: Sequence[int] = ()) -> Iterator[None]:
    """Draw torch's random numbers from ``seed`` inside, and restore the random state afterwards.

    Unlike :func:`torch.manual_seed` it seeds only the given devices, whose state it restores.

    Args:
        seed: The seed.
        devices: CUDA devices to seed besides the CPU.

    Raises:
        TypeError: If the seed is not a whole number.
        ValueError: If it has more than 64 bits.
    """
    whole("seed", seed, -SEEDS)
    with _ONE_AT_A_TIME.taken(), torch.random.fork_rng(devices=list(devices)):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield


def drawn_by_graph(
    draw: Callable[[int, torch.Generator], Tensor], graph: Tensor, seeds: Sequence[int]
) -> Tensor:
    """Random numbers for the elements of each graph, equal for a graph alone and in any batch.

    Each graph draws from its own generator on the CPU, so the numbers are equal on all devices.

    Args:
        draw: Numbers for the elements of one graph, from their count n and a generator to
            ``[n, ...]``.
        graph: Graph of each element, ``[M]``; elements may be in any order.
        seeds: Seed of each of the G graphs.

    Returns:
        ``[M, ...]``.
    """
    counts = graph.bincount(minlength=len(seeds)).tolist()
    parts = [
        draw(count, torch.Generator().manual_seed(seed))
        for count, seed in zip(counts, seeds, strict=True)
    ]
    drawn = torch.cat(parts).to(graph.device)
    return torch.empty_like(drawn).index_copy(0, graph.argsort(stable=True), drawn)
