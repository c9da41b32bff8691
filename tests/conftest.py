"""Fixtures that all tests share."""

import os
import warnings
from pathlib import Path

import pytest
import torch
from graphs import ENCODERS
from hypothesis import settings

# Workers share the processors: one thread each, also in fixtures of modules and in subprocesses.
os.environ.setdefault("OMP_NUM_THREADS", "1")
THREADS = int(os.environ["OMP_NUM_THREADS"])
torch.set_num_threads(THREADS)

# A slow machine does not make a test fail, nor does an example that nobody has drawn before:
# `make test-robust` draws new ones.
settings.register_profile("patient", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, derandomize=False)
settings.load_profile("patient")

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


def pytest_collectstart() -> None:
    """Draw the same models at the top of a module whatever was collected before it."""
    torch.manual_seed(0)


@pytest.fixture(autouse=True)
def _known_state():
    """The same random numbers for every test, and no state left behind."""
    warnings.filterwarnings("ignore", message=".*torch_geometric.distributed.*")
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def real_data() -> Path:
    """Folder of real data that is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the real data sets, which are not at {SHARED}")
    return SHARED


@pytest.fixture(params=list(ENCODERS))
def encoder(request):
    """Each kind of encoder in turn."""
    return ENCODERS[request.param]()
