"""Random numbers from a seed, the global random state left alone."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

_ONE_AT_A_TIME = threading.RLock()  # the random state is one for all threads


@contextmanager
def seeded(seed: int, devices: Sequence[int] = ()) -> Iterator[None]:
    """Draw torch's random numbers from ``seed`` inside, and find the random state as before after.

    Unlike :func:`torch.manual_seed` it seeds no device that is not asked for, whose state would
    not be put back.

    Args:
        seed: The seed.
        devices: CUDA devices to seed besides the CPU.
    """
    with _ONE_AT_A_TIME, torch.random.fork_rng(devices=list(devices)):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield
