"""A small experiment in a folder of its own."""

import itertools
import sys
import textwrap
from pathlib import Path

import pytest
from runner.experiment import Experiment

CONFIG = """
name: {name}
description: How large is the product?
scale: 2.0
units:
  - {{seed: [0, 1, 2], kind: [sum, product]}}
  - {{seed: 7, kind: Sum of Squares}}
"""
QUICK = """
name: {name}
description: How large is the product?
scale: 1
units:
  - {{seed: 0, kind: sum}}
"""
MEASURE = '''
import random
import time

import pandas as pd

KEYS = {"seed": int, "kind": str, "scale": float}


def measure(unit):
    """Draws that take a moment."""
    time.sleep(0.03)
    drawn = random.Random(f"{unit['seed']} {unit['kind']}")
    values = [unit["scale"] * drawn.random() for _ in range(50)]
    return pd.DataFrame({"draw": range(50), "value": values})
'''
REPORT = '''
def report(rows, folder):
    """Mean of each kind."""
    means = rows.groupby("kind").value.mean()
    (folder / "results.md").write_text(f"{means.to_dict()}\\n{len(rows)} rows\\n")
'''
numbers = itertools.count()


def write_experiment(parent: Path, name: str) -> Experiment:
    """Put the experiment into ``parent``."""
    folder = parent / name
    folder.mkdir()
    (folder / "config.yaml").write_text(textwrap.dedent(CONFIG.format(name=name)))
    (folder / "quick.yaml").write_text(textwrap.dedent(QUICK.format(name=name)))
    (folder / "measure.py").write_text(MEASURE)
    (folder / "report.py").write_text(REPORT)
    return Experiment(folder)


@pytest.fixture
def experiment(tmp_path, monkeypatch):
    """Seven units of fifty rows; its name is new, because modules are imported once."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    return write_experiment(tmp_path, f"drawn_{next(numbers)}")
