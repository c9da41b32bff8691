"""Damage to files: bytes flipped, cut off, put in, or set to others, anywhere."""

from collections.abc import Callable

from hypothesis import strategies as st

Damage = Callable[[bytes], bytes]


@st.composite
def damages(draw: st.DrawFn) -> Damage:
    """A way to change the bytes of a file; what it returns differs from what it is given."""
    place = draw(st.floats(0, 1, exclude_max=True))
    kind = draw(st.sampled_from(["flip", "cut", "insert", "set", "append", "zero"]))
    value, length = draw(st.integers(1, 255)), draw(st.integers(1, 16))

    def damaged(content: bytes) -> bytes:
        start = int(place * len(content))
        before, after = content[:start], content[start + 1 :]
        if kind == "cut":
            return before
        if kind == "insert":
            return before + bytes([value]) * length + content[start:]
        if kind == "append":
            return content + bytes([value]) * length
        if kind == "zero" and any(content[start : start + length]):
            return before + bytes(len(content[start : start + length])) + content[start + length :]
        if kind == "flip":
            return before + bytes([content[start] ^ (1 << value % 8)]) + after
        return before + bytes([content[start] ^ value]) + after

    return damaged
