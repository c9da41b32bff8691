"""YAML from files: plain values, each key once, and any fault in one line."""

import re
from math import isfinite
from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.reader import ReaderError

from pyg_siamex._visible import in_one_line


class _RefusedError(ValueError):
    """What YAML reads in another way than it looks."""


_OTHER_BASE = re.compile(r"[-+]?(0[0-7_]+|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)")
"""Numbers that YAML 1.1 reads to the base 8 or 60."""


class _Loader(yaml.SafeLoader):
    """Plain values alone; of a key that is there twice, YAML's own loader drops the first value."""

    def construct_scalar(self, node: yaml.ScalarNode) -> Any:
        number = node.tag.endswith((":int", ":float"))
        if number and _OTHER_BASE.fullmatch(node.value) and node.value.strip("+-0_"):
            base, way = (60, "as one number") if ":" in node.value else (8, "without its first 0")
            raise _RefusedError(
                f"has {in_one_line(node.value, 60)} in line {node.start_mark.line + 1}, which is a "
                f"number to the base {base} in YAML: write it {way}, or in quotes as a text"
            )
        return super().construct_scalar(node)

    def construct_yaml_float(self, node: yaml.ScalarNode) -> float:
        number: float = super().construct_yaml_float(node)
        if not isfinite(number):
            raise _RefusedError(
                f"has {in_one_line(node.value, 60)} in line {node.start_mark.line + 1}: numbers "
                f"must be finite"
            )
        return number

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            name, line = (key.tag, key.value), key.start_mark.line + 1
            if name in lines:
                raise _RefusedError(
                    f"has the key '{in_one_line(key.value, 60)}' twice (lines {lines[name]} and "
                    f"{line}): leave one out"
                )
            lines[name] = line
        return node


_Loader.add_constructor("tag:yaml.org,2002:float", _Loader.construct_yaml_float)


def from_yaml(text: str | bytes, what: str) -> Any:
    """Values of a YAML text.

    Args:
        text: The text, in UTF-8.
        what: What it is, for messages.

    Raises:
        ValueError: If it is no YAML of plain values, a number is not finite, or a mapping has a key
            twice.
    """
    try:
        return yaml.load(text if isinstance(text, str) else text.decode("utf-8"), _Loader)
    except _RefusedError as error:
        raise ValueError(f"{what} {error}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"{what} must be YAML in UTF-8 ({_why(error)})") from None


def _why(error: Exception) -> str:
    """What is wrong, and where."""
    if isinstance(error, UnicodeDecodeError):
        line = error.object[: error.start].count(b"\n") + 1
        return f"line {line} has bytes that are none: save the file as UTF-8"
    if isinstance(error, ReaderError):
        return f"character {error.position + 1} is a control character: leave it out"
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        where = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
        if isinstance(error, ConstructorError):
            return f"{where}values are numbers, texts, lists and mappings alone"
        return f"{where}a bracket, quote, colon or indentation is wrong there or before it"
    if isinstance(error, RecursionError):
        return "lists or mappings are nested too deeply"
    return "a value looks like a date or a number and is none: put it in quotes"
