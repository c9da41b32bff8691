"""A column of texts as two tensors, for files with many rows."""

from collections.abc import Iterable, Sequence
from typing import overload

import torch
from torch import Tensor


class TextColumn(Sequence[str]):
    """Texts that are read from their bytes on access.

    Args:
        content: All texts one after the other in UTF-8, ``[bytes]`` uint8.
        ends: Where each text ends, ``[N]`` int.

    Raises:
        ValueError: If they do not fit, or are not UTF-8.

    Example:
        >>> column = TextColumn.of(["a", "bc"])
        >>> column[1], list(column), column.ends.tolist()
        ('bc', ['a', 'bc'], [1, 3])
    """

    def __init__(self, content: Tensor, ends: Tensor) -> None:
        if content.dtype != torch.uint8 or content.dim() != 1:
            raise ValueError(f"its texts are {list(content.shape)} of {content.dtype}")
        if ends.dtype != torch.long or ends.dim() != 1:
            raise ValueError(f"the ends of its texts are {list(ends.shape)} of {ends.dtype}")
        steps = ends.diff(prepend=ends.new_zeros(1))
        if bool((steps < 0).any()) or (int(ends[-1]) if len(ends) else 0) != len(content):
            raise ValueError(f"the ends of its {len(ends)} texts do not fit their content")
        self.content = content
        self.ends = ends
        self._bytes = content.numpy().data if len(content) else memoryview(b"")
        starts = ends[:-1][ends[:-1] < len(content)] if len(ends) else ends
        try:
            str(self._bytes, "utf-8")
        except UnicodeDecodeError:
            raise ValueError("its texts are not UTF-8") from None
        if bool((content[starts] & 0xC0 == 0x80).any()):
            raise ValueError("its texts are not UTF-8: one begins within a letter")

    @classmethod
    def of(cls, texts: Iterable[str]) -> "TextColumn":
        """A column of given texts.

        Args:
            texts: The texts.
        """
        parts = [text.encode("utf-8", "surrogatepass") for text in texts]
        whole = bytearray(b"".join(parts))
        content = torch.frombuffer(whole, dtype=torch.uint8) if whole else _EMPTY.clone()
        ends = torch.tensor([len(part) for part in parts], dtype=torch.long).cumsum(0)
        return cls(content, ends)

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.ends)

    @overload
    def __getitem__(self, position: int, /) -> str: ...
    @overload
    def __getitem__(self, position: slice, /) -> list[str]: ...
    def __getitem__(self, position: int | slice, /) -> str | list[str]:
        """The text of a row, or of some rows."""
        if isinstance(position, slice):
            return [self[k] for k in range(*position.indices(len(self)))]
        row = range(len(self))[position]
        start = int(self.ends[row - 1]) if row else 0
        return str(self._bytes[start : int(self.ends[row])], "utf-8")


_EMPTY = torch.zeros(0, dtype=torch.uint8)
