"""Tables are explained part by part; what is killed goes on, and loses and doubles nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_models import ALCOHOLS, AMINES, molecule_model

import pyg_siamex
from pyg_siamex.recipe import ExplainedPairs, Rank, explain_pairs
from pyg_siamex.recipe.pair_table import explaining_pairs
from pyg_siamex.recipe.pair_table.part_job import PartJob

PAIRS = [(a, b) for a in ALCOHOLS for b in [*AMINES, *ALCOHOLS, "nonsense"]] * 4

RUN = """
import sys
from pyg_siamex.recipe import explain_pairs
from pyg_siamex.recipe.pair_table import explaining_pairs
explaining_pairs._SMALLEST_PART = 64
model, pairs, out, workers = sys.argv[1:]
explain_pairs(model, pairs, out, method="masks", workers=int(workers))
"""


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(explaining_pairs, "_SMALLEST_PART", 64)


def table(done: ExplainedPairs) -> list[dict]:
    return [row for file in done.files for row in pq.read_table(file).to_pylist()]


def test_all_pairs_are_in_order_once(tmp_path, small_parts):
    done = explain_pairs(molecule_model(), PAIRS, tmp_path / "out", method="gradient", workers=1)
    rows = table(done)
    assert [(row["row"], row["query"], row["reference"]) for row in rows] == [
        (k, *pair) for k, pair in enumerate(PAIRS)
    ]
    assert len(done.files) == -(-len(PAIRS) // 64)
    assert done.failed == sum(other == "nonsense" for _, other in PAIRS)
    about = json.loads((tmp_path / "out" / "run.json").read_text())
    assert about["method"] == "gradient" and about["rows"] == len(PAIRS)


def test_nothing_is_done_twice(tmp_path, small_parts, monkeypatch):
    given = molecule_model(), PAIRS, tmp_path / "out"
    done = explain_pairs(*given, method="gradient", workers=1)
    wanted = table(done)
    done.files[2].unlink()
    times = [file.stat().st_mtime_ns for file in done.files]
    again = explain_pairs(*given, method="gradient", workers=1)
    assert table(again) == wanted
    kept = [file.stat().st_mtime_ns for k, file in enumerate(again.files) if k != 2]
    assert kept == times
    monkeypatch.setattr(PartJob, "explain", None)
    assert table(explain_pairs(*given, method="gradient")) == wanted
    with pytest.raises(ValueError, match="by another method"):
        explain_pairs(*given, method="saliency")


def test_workers_give_the_same_rows(tmp_path, small_parts):
    model = molecule_model()
    one = explain_pairs(model, PAIRS, tmp_path / "one", method="occlusion", workers=1)
    two = explain_pairs(model, PAIRS, tmp_path / "two", method="occlusion", workers=2)
    assert table(one) == table(two)


def test_ranks_share_the_pairs(tmp_path, small_parts, caplog):
    given = molecule_model(), PAIRS
    one = explain_pairs(*given, tmp_path / "one", method="occlusion", workers=1)
    for rank in (1, 0):
        two = explain_pairs(
            *given, tmp_path / "two", method="occlusion", workers=1, rank=Rank(rank, 2)
        )
        own = len(two.files)
        assert (own < two.folder.parts) == (rank == 1)
        assert two.left == ("128 of 312 pairs are left to other ranks" if rank else "")
    assert "Rank(rank=1, world_size=2): its pairs are done, and 128 of 312" in caplog.text
    assert table(one) == table(two)
    assert (tmp_path / "two" / "pairs.csv").is_file(), "the last rank writes the tables"


def begun(
    tmp_path, workers: int, variables: dict[str, str] | None = None, times: int = 1
) -> tuple[subprocess.Popen, Path]:
    model, pairs, out = tmp_path / "m.siamex", tmp_path / "p.csv", tmp_path / "out"
    if not model.exists():
        molecule_model().save(model)
        pairs.write_text("\n".join(["query,reference", *(f"{a},{b}" for a, b in PAIRS * times)]))
    root = str(Path(pyg_siamex.__file__).parents[1])
    call = [sys.executable, "-c", RUN, *map(str, (model, pairs, out)), str(workers)]
    environment = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1", **(variables or {})}
    return subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL), out


def wait_for(parts: int, out: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + 120
    while len(list(out.glob("pairs/*.parquet"))) < parts:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_killed_run_goes_on(tmp_path, small_parts, workers):
    process, out = begun(tmp_path, workers)
    wait_for(1, out, process)
    process.kill()
    process.wait()
    left = ExplainedPairs.load(out)
    assert 0 < len(left.files) < left.folder.parts
    # Workers may finish a part after their parent is gone.
    assert 0 < len(left.to_frame()) <= left.folder.rows_done
    model, pairs = tmp_path / "m.siamex", tmp_path / "p.csv"
    done = explain_pairs(model, pairs, out, method="masks", workers=1)
    whole = explain_pairs(model, pairs, tmp_path / "whole", method="masks", workers=1)
    assert table(done) == table(whole)
    assert not list(out.rglob("*.partial"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "names", [("RANK", "WORLD_SIZE"), ("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")]
)
def test_ranks_at_once_lose_and_double_nothing(tmp_path, small_parts, names):
    for kill in (True, False):
        ranks = [begun(tmp_path, 1, dict(zip(names, (str(k), "2"), strict=True))) for k in (0, 1)]
        if kill:
            wait_for(1, ranks[0][1], ranks[1][0])
            ranks[1][0].kill()
        codes = [process.wait(120) for process, _ in ranks]
        assert codes == [0, -signal.SIGKILL if kill else 0]
    done = ExplainedPairs.load(ranks[0][1])
    model, pairs = tmp_path / "m.siamex", tmp_path / "p.csv"
    whole = explain_pairs(model, pairs, tmp_path / "whole", method="masks", workers=1)
    assert table(done) == table(whole) and len(done.to_frame()) == len(PAIRS)


@pytest.mark.slow
def test_a_killed_worker_is_told_and_ctrl_c_ends_all(tmp_path):
    for signal_to in ("worker", "all"):
        process, out = begun(tmp_path, 2, times=4)  # enough for a machine that is busy
        wait_for(1 + len(list(out.glob("pairs/*"))), out, process)
        found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
        children = [int(line) for line in found.stdout.split()]
        if signal_to == "worker":
            lines = {c: Path(f"/proc/{c}/cmdline").read_text() for c in children}
            os.kill(next(c for c in children if "popen_loky" in lines[c]), signal.SIGKILL)
        else:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) != 0
        end = time.monotonic() + 30
        while any(Path(f"/proc/{c}").exists() for c in children) and time.monotonic() < end:
            time.sleep(0.1)
        assert not any(Path(f"/proc/{c}").exists() for c in children)


def test_pictures_and_pages_of_all_pairs(tmp_path):
    pairs = [("CCO", "CCN"), ("nonsense", "C"), ("CCO", "C=O")]
    done = explain_pairs(molecule_model(), pairs, tmp_path / "svg", method="occlusion", draw="svg")
    found = sorted(path.name for path in (tmp_path / "svg" / "pictures").iterdir())
    assert found == ["000000.svg", "000002.svg"] and done.failed == 1
    explain_pairs(molecule_model(), pairs, tmp_path / "html", method="bilrp", draw=".html")
    assert "<html" in (tmp_path / "html" / "pictures" / "000002.html").read_text()
    with pytest.raises(ValueError, match="`draw` must be one of svg, png"):
        explain_pairs(molecule_model(), pairs, tmp_path / "jpg", draw="jpg")
    with pytest.raises(ValueError, match=r"of svg, png, html \(got 'pdf'\): .* is of molecules"):
        explain_pairs(molecule_model(), pairs, tmp_path / "jpg", draw="pdf")
    assert not (tmp_path / "jpg").exists()


def test_a_pair_that_cannot_be_drawn_keeps_its_explanation_and_says_why(tmp_path):
    pairs = [("CCO", "CCN"), ("CCO", "C" * 2001)]
    done = explain_pairs(molecule_model(), pairs, tmp_path, method="gradient", draw="svg")
    frame = done.to_frame()
    assert done.failed == 0 and len(frame["reference_mask"][1]) == 2000
    assert any("no picture: the molecule has 2,001 atoms" in one for one in frame["warnings"][1])
    assert not any("no picture" in one for one in frame["warnings"][0])


def test_wrong_arguments_leave_nothing_behind(tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="`workers` must be at least 1"):
        explain_pairs(molecule_model(), PAIRS, out, workers=0)
    with pytest.raises(ValueError, match="no rows"):
        explain_pairs(molecule_model(), [], out)
    assert not out.exists()
