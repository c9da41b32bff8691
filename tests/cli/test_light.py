"""Help and refusals come before anything that is slow to import."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pyg_siamex

ROOT = Path(__file__).parents[2]

HEAVY = {
    *("torch", "torch_geometric", "torchmetrics", "lightning", "numpy", "scipy", "pandas"),
    *("rdkit", "sklearn", "matplotlib", "nilearn", "networkx", "jinja2"),
}

RUN = """
import contextlib, io, json, sys
from pyg_siamex.cli import app

def run(words):
    written, code = io.StringIO(), 0
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        try:
            app(words)
        except SystemExit as end:
            code = end.code
    loaded = sorted({name.split(".")[0] for name in sys.modules})
    return code, written.getvalue(), loaded

print(json.dumps([run(line.split()) for line in sys.stdin.read().splitlines()]))
"""

COMMANDS = ("train", "explain", "search", "overview", "cliffs", "report", "demo")
HELP = ["--help", *(f"{command} --help" for command in COMMANDS)]

REFUSED = {
    "nothing": "No such command 'nothing'",
    **{f"{command} --nothing": "No such option: --nothing" for command in COMMANDS},
    "train": "Missing argument 'data'",
    "explain": "Missing argument 'model'",
    "search": "Missing argument 'model'",
    "overview": "Missing argument 'model'",
    "report": "Missing argument 'files",
    "cliffs": "Missing argument 'model'",
    "cliffs m.siamex t.csv --activity a --by shape": "--by must be one of structure, model",
    "train none.csv": "no file or folder at none.csv",
    "train mols.csv --out none/m.siamex": "no folder none to write the model into",
    "train mols.csv --domain cars": "--domain must be one of molecules, connectomes (got 'cars')",
    "train mols.csv --domain connectomes": "holds no matrices",
    "train mols.csv --density 0.1": "--density is for connectomes, and mols.csv is of molecules",
    "train mols.csv --encoder RoiGCN": "--encoder must be one of GCN, GIN,",
    "train mols.csv --pool regions": "--pool must be one of add, mean, max,",
    "train mols.csv --similarity angle": "--similarity must be one of cosine, dot,",
    "train mols.csv --loss hinge": "--loss must be one of bce, regression,",
    "train mols.csv --epochs 0": "Invalid value for '--epochs'",
    "train . --encoder GIN": "--encoder must be one of RoiGCN, GCN,",
    "train . --sign minus": "--sign must be one of weight, positive (got 'minus')",
    "train . --asymmetric lowest": "--asymmetric must be one of raise, mean, upper, lower",
    "train . --atlas none": "--atlas must be aal, desikan",
    "train . --density 0.1 --neighbours 3": "--density and --neighbours both say",
    "explain none.siamex a b": "no model at none.siamex",
    "explain mols.csv a b --method magic": "--method must be one of masks, self-learned,",
    "explain mols.csv a b --style cubes": "--style must be brains or circles (got 'cubes')",
    "explain mols.csv a b --names one": "--names needs two names",
    "explain mols.csv a b --names ,": "--names needs two names",
    "search none.siamex mols.csv --query a": "no model at none.siamex",
    "search mols.csv none.csv --query a": "no file or folder at none.csv",
    "search mols.csv mols.csv --query a --method magic": "--method must be one of masks,",
    "search mols.csv mols.csv --query a --out a.htm": "--out must end in .html (got 'a.htm')",
    "search mols.csv mols.csv --query a --index none/i": "no folder none to keep the embeddings in",
    "search mols.csv mols.csv --query a -k 0": "Invalid value for '-k'",
    "overview none.siamex mols.csv": "no model at none.siamex",
    "overview mols.csv mols.csv --groups regions": "--groups must be one of functional-groups,",
    "overview mols.csv . --groups rings": "--groups must be one of networks, regions (got 'rings')",
    "overview mols.csv . --atlas none": "--atlas must be aal, desikan",
    "report none.pt": "no explanation at none.pt",
    "report none.pt --model none.siamex": "no model at none.siamex",
    "report none.pt --out a.svg": "--out must end in .html (got 'a.svg')",
    "report none.pt --top 0": "Invalid value for '--top'",
    "demo --epochs 0": "Invalid value for '--epochs'",
}
"""Words of a command, and what is said of them."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Exit code, text and loaded modules of every command, one after the other in one process."""
    folder = tmp_path_factory.mktemp("light")
    (folder / "mols.csv").write_text("smiles,active\nCC,1\n")
    lines = ["--version", *HELP, *REFUSED]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input="\n".join(lines),
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return dict(zip(lines, json.loads(done.stdout), strict=True))


def test_the_version_is_told(answers):
    code, text, loaded = answers["--version"]
    assert (code, text) == (0, f"pyg-siamex {pyg_siamex.__version__}\n")
    assert not HEAVY & set(loaded)


@pytest.mark.parametrize("words", HELP)
def test_help_loads_nothing_heavy(answers, words):
    code, text, loaded = answers[words]
    assert code == 0 and "Usage" in text
    assert not HEAVY & set(loaded)


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_done_is_refused_before_anything_heavy_is_loaded(answers, words):
    code, text, loaded = answers[words]
    assert code == 2
    assert REFUSED[words].lower() in text.lower()  # older versions of Typer shout names
    assert not HEAVY & set(loaded)
