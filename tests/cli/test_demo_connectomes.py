import pytest
from typer.testing import CliRunner

from pyg_siamex.cli import app


@pytest.mark.slow
def test_demo_finds_the_planted_network(tmp_path):
    result = CliRunner().invoke(app, ["demo", "--connectomes", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert "simulated" in result.output
    assert float(result.output.split("test pair AUC ")[1].split()[0]) >= 0.9
    rows = [line.split("│") for line in result.output.splitlines() if line.startswith("│")]
    scores = {row[1].strip(): float(row[3]) for row in rows}
    assert scores["SelfLearned (GDA)"] > 0.9 and scores["SelfLearned (KL)"] > 0.9
    assert scores["SelfLearned (KL)"] > scores["MaskOptimization"] > scores["random"]
    assert 0.4 < scores["random"] < 0.6 and scores["oracle"] == 1
    assert scores["group t"] > 0.95 and scores["ridge weights"] > 0.95
    assert len(scores) == 12
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == ["patients_brains.svg", "patients_circles.svg"]
    assert "Simulated" in (tmp_path / drawn[0]).read_text()
