"""What is given is taken, also where it is 0 or empty."""

import ast
from pathlib import Path

import pytest

import pyg_siamex
from pyg_siamex._given import either

PACKAGE = Path(pyg_siamex.__file__).parent
PLAIN = {"str", "int", "float", "bool", "Sequence", "Atlas", "PathLike"}


@pytest.mark.parametrize("given", [0, 0.0, "", False, [], ()])
def test_what_is_given_is_taken(given):
    assert either(given, 5) == given
    assert either(None, 5) == 5


def optional_parameters(function):
    """Names of the parameters that may be ``None`` or a plain value."""
    arguments = function.args
    for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if one.annotation is not None:
            names = {n.id for n in ast.walk(one.annotation) if isinstance(n, ast.Name)}
            nothing = any(
                isinstance(n, ast.Constant) and n.value is None for n in ast.walk(one.annotation)
            )
            if nothing and names & PLAIN:
                yield one.arg


def empty(node):
    """Whether what takes the place of an empty value is itself empty."""
    return ast.unparse(node.values[-1]) in ("{}", "[]", "()", "0", "None", "''")


def replaced_if_falsy(tree):
    """``parameter or default``, where the default takes the place of 0 and empty texts."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = set(optional_parameters(function)) - ALLOWED
            for node in ast.walk(function):
                if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
                    first = node.values[0]
                    if isinstance(first, ast.Name) and first.id in names and not empty(node):
                        yield f"{function.name}: {ast.unparse(node)}"
            found = (n for n in ast.walk(function) if isinstance(n, ast.BoolOp))
            for node in found:
                owner = node.values[0]
                if isinstance(owner, ast.Attribute) and ast.unparse(owner.value) in SETTINGS:
                    yield f"{function.name}: {ast.unparse(node)}"


ALLOWED = {"title", "where", "error", "active", "known", "columns", "values"}
"""Texts of messages and pictures, where nothing and an empty text are the same."""

SETTINGS = {"settings", "asked", "self.settings"}


def test_no_default_replaces_a_given_value():
    found = {
        str(path.relative_to(PACKAGE)): list(replaced_if_falsy(ast.parse(path.read_text())))
        for path in PACKAGE.rglob("*.py")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}
