"""Random numbers from a seed, without a change of the global random state."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

_ONE_AT_A_TIME = threading.RLock()  # all threads share the random state


@contextmanager
def seeded(seed: int, devices: Sequence[int] = ()) -> Iterator[None]:
    """Draw torch's random numbers from ``seed`` inside, and restore the random state afterwards.

    Unlike :func:`torch.manual_seed` it seeds only the given devices, whose state it restores.

    Args:
        seed: The seed.
        devices: CUDA devices to seed besides the CPU.
    """
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=list(devices)):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield
