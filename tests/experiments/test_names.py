"""Experiments use names that the library and their neighbours have."""

import ast
import importlib
from types import ModuleType

import pytest
from runner.experiment import EXPERIMENTS

MODULES = sorted(path for path in EXPERIMENTS.glob("*/*.py") if path.parent.name != "runner")


def unknown(source, module):
    """What the source takes from an imported module that has it not."""
    used = [
        (node.value.id, node.attr, node.lineno)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    return [
        f"line {line}: {name}.{attribute}"
        for name, attribute, line in used
        if isinstance(getattr(module, name, None), ModuleType)
        and not hasattr(getattr(module, name), attribute)
    ]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_module_is_imported_and_finds_its_names(path):
    module = importlib.import_module(f"{path.parent.name}.{path.stem}")
    assert unknown(path.read_text(encoding="utf-8"), module) == []


def test_a_name_that_is_gone_is_found():
    module = ModuleType("made")
    module.ast = ast
    assert unknown("ast.parse\nast.gone\nother.gone", module) == ["line 2: ast.gone"]
