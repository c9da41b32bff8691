"""Ray's actors write the same parts as one process, also where one of them is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_models import ALCOHOLS, AMINES, molecule_model

from pyg_siamex.recipe import RayWorkers, explain_pairs
from pyg_siamex.recipe.pair_table import explaining_pairs

PAIRS = [(a, b) for a in ALCOHOLS for b in [*AMINES, *ALCOHOLS, "nonsense"]] * 4


def test_a_cpu_is_left_to_read():
    assert RayWorkers()._many({"CPU": 8}) == 7
    assert RayWorkers(num_gpus=0.5)._many({"CPU": 8, "GPU": 2}) == 4
    assert RayWorkers(num_cpus=2)._many({"CPU": 8}) == 3
    with pytest.raises(ValueError, match=r"8 of Ray's workers need 9 CPUs.* ask for at most 7"):
        RayWorkers(8)._many({"CPU": 8})
    with pytest.raises(ValueError, match=r"need 2 CPUs, one of them to read, and 1 GPUs"):
        RayWorkers(num_gpus=1)._many({"CPU": 8})


def test_numbers_are_checked():
    assert repr(RayWorkers(2, num_gpus=0.5)) == "RayWorkers(number=2, num_cpus=1, num_gpus=0.5)"
    for given, name in (
        ({"number": 0}, "number"),
        ({"num_gpus": -1}, "num_gpus"),
        ({"num_cpus": 0}, "num_cpus"),
        ({"num_gpus": float("nan")}, "num_gpus"),
    ):
        with pytest.raises(ValueError, match=f"`{name}`"):
            RayWorkers(**given)


def test_nothing_to_do_starts_nothing():
    assert list(RayWorkers(2).run(print, [])) == []


def killed_at(at: int, folder: Path, times: int):
    """A job whose process is killed at one number, the first times."""

    def job(number: int) -> int:
        marks = len(list(folder.glob(f"{number}-*")))
        (folder / f"{number}-{marks}").touch()
        if number == at and marks < times:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return job


@pytest.mark.slow
def test_rows_are_those_of_one_process(tmp_path, monkeypatch):
    monkeypatch.setattr(explaining_pairs, "_SMALLEST_PART", 64)
    given = molecule_model(), PAIRS
    one = explain_pairs(*given, tmp_path / "one", method="occlusion", workers=1)
    two = explain_pairs(*given, tmp_path / "two", method="occlusion", workers=RayWorkers(2))
    wanted = [pq.read_table(file) for file in one.files]
    assert [pq.read_table(file) for file in two.files] == wanted
    (tmp_path / "two" / "pairs" / "part-000001.parquet").unlink()
    again = explain_pairs(*given, tmp_path / "two", method="occlusion", workers=RayWorkers(1))
    assert [pq.read_table(file) for file in again.files] == wanted


@pytest.mark.slow
def test_a_job_that_was_killed_is_done_again_but_not_for_ever(tmp_path):
    (tmp_path / "once").mkdir()
    (tmp_path / "ever").mkdir()
    once, ever = killed_at(3, tmp_path / "once", 1), killed_at(3, tmp_path / "ever", 9)
    assert sorted(RayWorkers(2).run(once, range(6))) == list(range(6))
    with pytest.raises(OSError, match="part 3 ended Ray's worker 3 times"):
        list(RayWorkers(2).run(ever, range(6)))
    assert len(list((tmp_path / "ever").glob("3-*"))) == 3


@pytest.mark.slow
def test_a_worker_that_is_killed_from_outside_loses_nothing(tmp_path):
    call = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(call, stderr=subprocess.DEVNULL) as process:
        out, end = tmp_path / "out" / "pairs", time.monotonic() + 120
        while len(list(out.glob("*.parquet"))) < 2:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
        assert process.wait(120) == 0
    done = [pq.read_table(file) for file in sorted(out.glob("*.parquet"))]
    assert [row["row"] for table in done for row in table.to_pylist()] == list(range(len(PAIRS)))
    assert (tmp_path / "pid").read_text().isdigit()


KILLED = f"""
import os, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from small_models import molecule_model
from pyg_siamex.recipe import RayWorkers, explain_pairs
from pyg_siamex.recipe.pair_table import explaining_pairs
from pyg_siamex.recipe.pair_table.part_job import PartJob

explaining_pairs._SMALLEST_PART = 64
folder = Path(sys.argv[1])


class Told(PartJob):
    def __call__(self, number):
        (folder / "pid").write_text(str(os.getpid()))
        return super().__call__(number)


explaining_pairs.PartJob = Told
pairs = {PAIRS!r}
explain_pairs(molecule_model(), pairs, folder / "out", method="masks", workers=RayWorkers(2))
"""
