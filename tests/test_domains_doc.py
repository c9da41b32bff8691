"""What docs/domains.md shows is what runs."""

import re
import shlex

import pytest
from clouds import PAGE, write_clouds
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.recipe import register_domain

TEXT = PAGE.read_text()


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """Everything that the guide's code defines, run from top to bottom."""
    folder = tmp_path_factory.mktemp("domains")
    write_clouds(folder / "clouds.xyz", each=4)
    out: dict = {"folder": folder}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
            exec(block.replace("epochs=20", "epochs=1"), out)
    return out


def test_the_guide_trains_explains_and_searches(names):
    written = {path.name for path in names["folder"].iterdir()}
    assert {"clouds.siamex", "pair.svg", "pair.npz"} <= written
    assert len(names["found"].result.hits) == 3
    assert set(names["seen"].overview.drivers["group"]) == {"inner", "outer"}
    assert "not known here" in str(names["told"])
    assert names["careful"].viewed_by(None).__class__.__name__ == "LargeView"


def test_the_commands_of_the_guide_run(names, monkeypatch):
    monkeypatch.chdir(names["folder"])
    handle = register_domain(names["DOMAIN"])
    try:
        commands = re.findall(r"^pyg-siamex (.*)$", TEXT, re.MULTILINE)
        assert len(commands) == 4
        for command in commands:
            more = ["--epochs", "1"] if command.startswith("train") else []
            result = CliRunner().invoke(app, [*shlex.split(command), *more])
            assert result.exit_code == 0, result.output
    finally:
        handle.remove()
