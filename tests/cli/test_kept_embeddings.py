"""Where embeddings are kept, as options of a command."""

from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from pyg_siamex.cli.kept_embeddings import EMBEDDINGS, KeptEmbeddings
from pyg_siamex.cli.option_group import grouped


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], KeptEmbeddings()),
        (["--index", "kept"], KeptEmbeddings(Path("kept"))),
        (["--approximate"], KeptEmbeddings(None, True)),
    ],
)
def test_the_options_are_read(given, expected):
    app, seen = typer.Typer(), []

    def command(kept):
        seen.append(kept)

    command.__annotations__ = {"kept": Annotated[KeptEmbeddings, EMBEDDINGS]}
    app.command()(grouped(command))
    assert CliRunner().invoke(app, given).exit_code == 0 and seen == [expected]
