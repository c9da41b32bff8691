"""The commands and the recipes on the same files, in the same order."""

import os
from pathlib import Path

import torch
from typer.testing import CliRunner

from pyg_siamex.cli import app
from pyg_siamex.nn import load_model
from pyg_siamex.recipe import Explained


def command(*arguments: object) -> str:
    """What a command prints, with as many threads as tests have."""
    threads = torch.get_num_threads()
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))  # fixtures may have others
    try:
        runner = CliRunner(env={"COLUMNS": "200"})  # wide enough for a line per row of a table
        result = runner.invoke(app, [str(argument) for argument in arguments])
    finally:
        torch.set_num_threads(threads)
    assert result.exit_code == 0, result.output
    return result.output


def assert_same_model(one: Path, other: Path) -> None:
    """Both files hold the same weights and the same metadata."""
    (first, known), (second, described) = load_model(one), load_model(other)
    assert known == described
    for (name, tensor), other_tensor in zip(
        first.state_dict().items(), second.state_dict().values(), strict=True
    ):
        assert torch.equal(tensor, other_tensor), name
    assert torch.equal(first.references.embeddings, second.references.embeddings)


def assert_told(explained: Explained, output: str) -> None:
    """The command has printed the numbers and the table of the recipe."""
    text = " ".join(output.split())
    similarity = explained.explanation.prediction
    assert f"similarity {similarity:.3f}, probability alike {explained.probability:.2f}" in text
    assert all(note in text for note in explained.notes)
    rows = [
        tuple(cell.strip() for cell in line.split("\u2502")[1:-1])
        for line in output.splitlines()
        if line.startswith("\u2502")
    ]
    assert rows[: len(explained.strongest.rows)] == explained.strongest.rows
