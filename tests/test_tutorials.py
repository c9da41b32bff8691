"""The code of the notebooks of the documentation runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(
    path
    for room in ("start", "tutorials", "gallery")
    for path in (ROOT / "docs" / room).glob("*.md")
    if "{code-cell}" in path.read_text(encoding="utf-8")
)


def cells(path):
    """Code of the cells, without their options."""
    blocks = re.findall(r"```\{code-cell\} python\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    return [re.sub(r"^(:.*\n)+", "", block) for block in blocks]


def test_there_are_notebooks_for_each_kind_of_user():
    assert {"molecules", "brains", "pyg"} <= {p.stem for p in NOTEBOOKS if p.parent.name == "start"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_cells_are_python(path):
    for number, cell in enumerate(cells(path)):
        compile(cell, f"{path.name}, cell {number + 1}", "exec")


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_cells_run_from_top_to_bottom(path, tmp_path):
    if "IPython" in "".join(cells(path)):
        pytest.importorskip("IPython", reason="IPython comes with the extra docs")
    script = tmp_path / f"{path.stem}.py"
    script.write_text("\n\n".join(cells(path)), encoding="utf-8")
    told = subprocess.run(
        [sys.executable, script.name],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr[-2000:]
