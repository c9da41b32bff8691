"""From published matrices to a drawn pair with region names, as a user does it."""

import pytest
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.nn import load_model

run = CliRunner().invoke


@pytest.mark.slow
def test_hcp_is_learned_judged_explained_and_drawn(real_data, tmp_path):
    archive = real_data / "connectomes" / "hcp68_spatial_orientation.npz"
    atlas, model, picture = (tmp_path / name for name in ("desikan.csv", "m.siamex", "pair.svg"))
    atlas.write_text("name\n" + "\n".join(f"Desikan {k}" for k in range(68)))
    result = run(app, ["train", str(archive), "--atlas", str(atlas), "--out", str(model)])
    assert result.exit_code == 0, result.output
    quality = load_model(model)[1]["cross_validation"]
    assert 0.58 < sum(quality["pair_auc"]) / 5 < 0.75
    assert 0.65 < sum(quality["accuracy"]) / 5 < 0.85
    matrices = ["--matrices", str(archive)]  # the model's file holds no absolute path
    result = run(app, ["explain", str(model), "1", "150", "--out", str(picture), *matrices])
    assert result.exit_code == 0, result.output
    assert "Desikan" in result.output and "Desikan" in picture.read_text()
