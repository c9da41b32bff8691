"""Fixtures of the recipes."""

from pathlib import Path

import pytest
from study import write_study


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """A small simulated study as its files would lie on a user's disk."""
    return write_study(tmp_path_factory.mktemp("study"))
