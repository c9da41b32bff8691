"""The bytes of FAISS's graph of near entries, checked before FAISS, which trusts them, has them."""

import struct

import numpy as np

_HEADER = "<iqqqBi"
"""Width, entries, two numbers without use, whether it is trained, kind of metric."""


def check_content(content: bytes | memoryview, by_product: bool) -> np.ndarray:
    """Refuse bytes that are not the graph of an ``IndexHNSWFlat``.

    All links must lead to entries of the graph that have their level.

    Args:
        content: What ``faiss.serialize_index`` gave.
        by_product: Whether it must compare by inner products, and not by distances.

    Returns:
        The vectors of the entries, ``[N, D]`` in single precision.

    Raises:
        ValueError: Says what is wrong.
    """
    bytes_ = _Bytes(content)
    bytes_.expect(b"IHNf")
    shape = bytes_.header(by_product)
    bytes_.array("<f8")
    starts, levels = bytes_.array("<i4"), bytes_.array("<i4")
    offsets, links = bytes_.array("<u8"), bytes_.array("<i4")
    entry, top, construction, _, _ = bytes_.numbers("<iiiii")
    bytes_.expect(b"IxFI" if by_product else b"IxF2")
    if bytes_.header(by_product) != shape:
        raise ValueError("its graph has two sizes")
    vectors = bytes_.array("<f4")
    if bytes_.left or len(vectors) != shape[0] * shape[1] or not np.isfinite(vectors).all():
        raise ValueError("its vectors are not those of its entries")
    if construction < 1 or len(levels) != shape[1]:
        raise ValueError("its graph has other entries than it says")
    _check_links(starts, levels, offsets, links)
    _check_top(levels, entry, top)
    return vectors.reshape(shape[1], shape[0])


class _Bytes:
    """Bytes that are read one value after the other, never beyond their end."""

    def __init__(self, content: bytes | memoryview) -> None:
        self._content, self._at = content, 0

    @property
    def left(self) -> int:
        """Bytes that were not read."""
        return len(self._content) - self._at

    def expect(self, word: bytes) -> None:
        if self._part(len(word)) != word:
            raise ValueError("its graph is not of the kind that is read")

    def header(self, by_product: bool) -> tuple[int, int]:
        """Width and number of entries."""
        width, count, _, _, trained, metric = self.numbers(_HEADER)
        if width < 1 or count < 0 or trained != 1 or metric != (0 if by_product else 1):
            raise ValueError("its graph is of another metric, or of no entries")
        return width, count

    def numbers(self, how: str) -> tuple[int, ...]:
        return struct.unpack(how, self._part(struct.calcsize(how)))

    def array(self, dtype: str) -> np.ndarray:
        [count] = self.numbers("<Q")
        return np.frombuffer(self._part(count * np.dtype(dtype).itemsize), dtype)

    def _part(self, size: int) -> bytes | memoryview:
        if size > self.left:
            raise ValueError("its graph was cut off, or claims more than it holds")
        self._at += size
        return self._content[self._at - size : self._at]


def _check_links(
    starts: np.ndarray, levels: np.ndarray, offsets: np.ndarray, links: np.ndarray
) -> None:
    """Refuse links that FAISS would look up outside of its memory."""
    known = len(starts) and starts[0] == 0 and bool((np.diff(starts.astype(np.int64)) > 0).all())
    if not known or (len(levels) and not (levels.min() >= 1 and levels.max() < len(starts))):
        raise ValueError("its graph has impossible levels")
    ends = np.concatenate([[0], np.cumsum(starts[levels].astype(np.int64))])
    if not np.array_equal(offsets, ends.astype(np.uint64)) or len(links) != ends[-1]:
        raise ValueError("its graph has another number of links than its levels")
    if len(links) and not (links.min() >= -1 and links.max() < len(levels)):
        raise ValueError("its graph leads to entries that it does not have")
    for level in range(1, int(levels.max(initial=1))):
        from_ = (levels > level).nonzero()[0]
        places = ends[from_][:, None] + np.arange(starts[level], starts[level + 1])
        to = links[places.reshape(-1)]
        if (levels[to[to >= 0]] <= level).any():
            raise ValueError("its graph leads to entries that are not on a level")


def _check_top(levels: np.ndarray, entry: int, top: int) -> None:
    if not len(levels):
        right = entry == -1
    else:
        right = 0 <= entry < len(levels) and top == levels.max() - 1 == levels[entry] - 1
    if not right:
        raise ValueError("its graph begins at an entry that it does not have")
