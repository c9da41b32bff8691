"""Two processes see as many pairs as one, and their model is as good."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pyg_siamex

SCRIPT = Path(__file__).with_name("ddp_run.py")


@pytest.mark.slow
def test_two_processes_train_as_one(tmp_path):
    root = str(Path(pyg_siamex.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"}
    for devices in ("1", "2"):
        call = [sys.executable, "-W", "ignore", SCRIPT, tmp_path, devices]
        done = subprocess.run(call, env=environment, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
    one, *two = (json.loads((tmp_path / f"{name}.json").read_text()) for name in NAMES)
    assert sum(found["pairs"] for found in two) == one["pairs"]
    assert two[0]["quality"] == two[1]["quality"] == pytest.approx(two[0]["auc"], abs=1e-6)
    assert abs(two[0]["auc"] - one["auc"]) < 0.03 and one["auc"] > 0.95


NAMES = ("1-0", "2-0", "2-1")
