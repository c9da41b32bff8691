"""How much memory a process may still take, asked before large arrays are made."""

import re
from pathlib import Path

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

_GIB = 2**30
_CGROUP = Path("/sys/fs/cgroup")


def check_memory(size: float, what: str, way_out: str = "") -> None:
    """Refuse what does not fit into the memory that is free.

    Args:
        size: Bytes that it takes.
        what: What takes them, for the message.
        way_out: What to do instead.

    Raises:
        ValueError: If more is needed than is free. Systems that do not tell refuse nothing.
    """
    free = free_memory()
    if free is None or size <= free:
        return
    message = f"{what} would take {in_words(size)} of memory, and {in_words(free)} are free"
    raise ValueError(f"{message}: {way_out}" if way_out else message)


def free_memory() -> int | None:
    """Bytes that this process may still take: of the machine, its group and its own limit."""
    known = [found for found in (_of_machine(), _of_group(), _of_process()) if found is not None]
    return max(min(known), 0) if known else None


def in_words(size: float) -> str:
    """A number of bytes as people read it.

    Args:
        size: Bytes.

    Example:
        >>> in_words(3 * 2**30)
        '3.0 GiB'
    """
    if size >= 1024 * _GIB:
        return f"{size / _GIB / 1024:,.0f} TiB"
    return f"{size / _GIB:.1f} GiB" if size >= _GIB else f"{size / 2**20:.1f} MiB"


def _of_machine() -> int | None:
    found = re.search(r"MemAvailable:\s+(\d+) kB", _text(Path("/proc/meminfo")))
    return int(found[1]) * 1024 if found else None


def _of_group() -> int | None:
    """What containers and batch systems allow (control groups, version 2)."""
    most, used = _text(_CGROUP / "memory.max").strip(), _text(_CGROUP / "memory.current").strip()
    return int(most) - int(used) if most.isdecimal() and used.isdecimal() else None


def _of_process() -> int | None:
    """What ``ulimit -v`` allows."""
    if resource is None:
        return None
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    used = re.match(r"(\d+)", _text(Path("/proc/self/statm")))
    if most == resource.RLIM_INFINITY or used is None:
        return None
    return most - int(used[1]) * resource.getpagesize()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
