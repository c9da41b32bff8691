"""With what a result was made: versions, commit, machine."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "torch-geometric", "rdkit", "scikit-learn", "pyg_siamex")
ROOT = Path(__file__).resolve().parents[2]
CODE = ("pyg_siamex", "experiments", "setup.cfg", "constraints.txt")
RESULTS = (":!experiments/*/results*", ":!experiments/*.svg", ":!experiments/*.md")


def provenance() -> dict[str, Any]:
    """Versions, git commit (``dirty`` where code differs from it), cores and processor."""
    commit = _git("rev-parse", "HEAD")
    changed = _git("status", "--porcelain", "--", *CODE, *RESULTS)
    return {
        "versions": {"python": platform.python_version(), **{p: _version(p) for p in PACKAGES}},
        "commit": commit,
        "dirty": None if changed is None else bool(changed),
        "machine": {"cores": os.cpu_count(), "processor": _processor()},
    }


def _git(*arguments: str) -> str | None:
    """What git says, or ``None`` outside a checkout."""
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
