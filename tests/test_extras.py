"""The core does without the extras, and each extra does its part without the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyg_siamex._extras import EXTRAS, MissingExtraError, needed_for

ROOT = Path(__file__).parents[1]
PARTS = Path(__file__).parent / "parts"
NAMES = ["core", *sorted({*EXTRAS.values()})]
SCRIPTS = {"ray": "ray_workers"}
"""Names of scripts that would hide a package of their name."""

MISSING = {
    "from pyg_siamex import fit": ("fit needs lightning", "train"),
    "from pyg_siamex import draw_molecules": ("draw_molecules needs matplotlib", "report"),
    "from pyg_siamex import report": ("report needs matplotlib", "report"),
    "from pyg_siamex.chemistry import PARTITIONS": (
        *("reading molecules needs rdkit", "molecules"),
    ),
    "from pyg_siamex.datasets import MoleculeTable": ("MoleculeTable needs rdkit", "molecules"),
    "from pyg_siamex.explain import functional_groups": (
        *("functional_groups needs rdkit", "molecules"),
    ),
    "from pyg_siamex.metric import Faithfulness": ("Faithfulness needs torchmetrics", "train"),
    "from pyg_siamex.nn.training import loss_resolver": (
        *("loss_resolver needs pytorch_metric_learning", "train"),
    ),
    "from pyg_siamex.recipe import train_rows": ("train_rows needs lightning", "train"),
    "from pyg_siamex.recipe import domain_named; domain_named('connectomes')": (
        *("the recipe for connectomes needs lightning", "train"),
    ),
    "from pyg_siamex.datasets.connectome import power_264; power_264()": (
        *("this atlas needs nilearn", "brains"),
    ),
    "from pyg_siamex.__main__ import main; main()": ("error: the command line needs typer", "cli"),
}
"""Uses of what is not installed, and what is said."""


def run(part: str, folder: Path, *extras: str, given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", PARTS / "without.py", PARTS / f"{part}.py", *extras],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


SLOW = {"ray"}
"""Extras whose part takes long."""


@pytest.mark.parametrize(
    "extra", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in NAMES]
)
def test_a_part_needs_no_other_extra(extra, tmp_path):
    run(SCRIPTS.get(extra, extra), tmp_path, extra)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    given = json.dumps(list(MISSING))
    return json.loads(run("nothing", tmp_path_factory.mktemp("bare"), given=given))


@pytest.mark.parametrize("use", MISSING)
def test_what_is_missing_is_one_sentence_with_the_way_to_install_it(said, use):
    words, extra = MISSING[use]
    assert said[use].startswith(words)
    assert said[use].endswith(f": pip install 'pyg_siamex[{extra}]'")


def test_other_errors_pass():
    for error in (ModuleNotFoundError("no x", name="x"), ModuleNotFoundError(), ValueError("v")):
        with pytest.raises(type(error)) as caught, needed_for("this"):
            raise error
        assert caught.value is error


def test_the_outermost_says_what_it_is_for():
    with (
        pytest.raises(MissingExtraError, match=r"^b needs rdkit: pip install"),
        needed_for("b"),
        needed_for("a"),
    ):
        raise ModuleNotFoundError(name="rdkit.Chem")
