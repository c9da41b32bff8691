"""The commands tell what they do, and what else they need."""

import sys
from pathlib import Path

from typer.testing import CliRunner

from pyg_siamex import __version__
from pyg_siamex.__main__ import main
from pyg_siamex.cli import app

run = CliRunner().invoke
assert run(app, ["--version"]).output == f"pyg-siamex {__version__}\n"
assert all(command in run(app, ["--help"]).output for command in ("train", "explain", "search"))

Path("molecules.csv").write_text("smiles,active\nCCO,1\nCCN,0\n")
refused = run(app, ["train", "molecules.csv"])
assert refused.exit_code == 2
assert "pip install 'pyg_siamex[" in refused.output and refused.output.count("\n") == 1

sys.argv = ["pyg-siamex", "--version"]
main()
