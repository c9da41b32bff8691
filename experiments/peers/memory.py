"""The highest memory of the process, or of the accelerator."""

import ctypes
import gc
import platform
import resource
from contextlib import suppress
from pathlib import Path

import torch


def synchronise(device: torch.device) -> None:
    """Wait until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def reset_peak(device: torch.device) -> float:
    """Give free memory back, start the high-water mark anew, and return it in MiB.

    Where the system cannot reset it (all but Linux), growth is beyond the highest so far.
    """
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    if platform.system() == "Linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    return peak(device)


def peak(device: torch.device) -> float:
    """The high-water mark in MiB: of the process, or of the accelerator's memory."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated() / 2**20
    unit = 2**20 if platform.system() == "Darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
