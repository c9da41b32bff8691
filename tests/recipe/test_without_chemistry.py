"""Connectomes are trained, explained, searched and drawn without RDKit."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SCRIPT = """
import pyg_siamex.cli
import pyg_siamex.datasets.connectome
import pyg_siamex.metric
import pyg_siamex.recipe.connectomes.demo
import pyg_siamex.recipe.connectomes.domain
import pyg_siamex.visualize.connectome
import pyg_siamex.visualize.report

import sys
from pathlib import Path
from pyg_siamex.recipe import (
    Connections, MatrixReading, Settings, Trained, domain_named, explain, overview, search
)
from pyg_siamex.visualize import overview_report, search_report

study = Path(sys.argv[1])
reading = MatrixReading(labels=study / "labels.csv", atlas=str(study / "atlas.csv"))
settings = Settings(hidden=8, epochs=1, folds=2)
train = domain_named("connectomes").train
kept = Connections(density=0.3)
train(study / "matrices", "group", reading, kept, settings=settings).save("m.siamex")
trained = Trained.load("m.siamex")
explained = explain(trained, "sub-01", "sub-02", method="saliency")
for name in ("pair.svg", "pair.png", "pair.html"):
    explained.draw(name)
found = search(trained, study / "matrices", "sub-01", k=2, method="saliency")
search_report(found.result, "search.html")
seen = overview(trained, study / "matrices", reading=reading)
overview_report(seen.overview, "overview.html", graphs=seen.labelled.graphs)
assert "rdkit" not in sys.modules
"""


def run(script: str, folder: Path, *arguments: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_all_modules_and_a_whole_study_of_connectomes_need_no_chemistry(tmp_path, folder):
    run(SCRIPT, tmp_path, folder)
    assert (tmp_path / "pair.svg").stat().st_size > 1000
