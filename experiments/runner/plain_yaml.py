"""YAML from files: plain values, each key once, and any fault in one line."""

from typing import Any

import yaml

from pyg_siamex._visible import in_one_line


class _TwiceError(ValueError):
    """A mapping that has a key twice."""


class _Loader(yaml.SafeLoader):
    """Plain values alone; of a key that is there twice, YAML's own loader drops the first value."""

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            name, line = (key.tag, key.value), key.start_mark.line + 1
            if name in lines:
                raise _TwiceError(
                    f"has the key '{in_one_line(key.value, 60)}' twice (lines {lines[name]} and "
                    f"{line}): leave one out"
                )
            lines[name] = line
        return node


def from_yaml(text: str | bytes, what: str) -> Any:
    """Values of a YAML text.

    Args:
        text: The text, in UTF-8.
        what: What it is, for messages.

    Raises:
        ValueError: If it is no YAML of plain values, or a mapping has a key twice.
    """
    try:
        return yaml.load(text if isinstance(text, str) else text.decode("utf-8"), _Loader)
    except _TwiceError as error:
        raise ValueError(f"{what} {error}") from None
    except (ValueError, yaml.YAMLError, RecursionError) as error:  # also of dates that are none
        words = in_one_line(str(error), 200)
        raise ValueError(f"{what} must be YAML in UTF-8 ({words})") from None
