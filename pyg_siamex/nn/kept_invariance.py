"""The invariance that a model keeps in its file, as tensors and plain values."""

from dataclasses import dataclass
from typing import Any

from torch import Tensor

from pyg_siamex.data.plain_tree import join_tree, split_tree

_PREFIX = "invariance"


@dataclass(frozen=True)
class KeptInvariance:
    """Plain state of an invariance; :meth:`pyg_siamex.explain.Invariance.keep_with` sets it.

    Attributes:
        state: Tensors, plain values and dicts of them.
        source: The file that it was read from, for messages; ``None`` for none.
    """

    state: dict[str, Any]
    source: str | None = None

    def parts(self) -> tuple[dict[str, Tensor], str]:
        """The tensors by name, and everything else as JSON, for a file."""
        return split_tree(self.state, _PREFIX, "the invariance")

    @classmethod
    def from_parts(
        cls, tensors: dict[str, Tensor], rest: str, source: str | None = None
    ) -> "KeptInvariance":
        """Join what :meth:`parts` split, and take its tensors out of ``tensors``.

        Args:
            tensors: All tensors of the file.
            rest: The JSON.
            source: The file.

        Raises:
            KeyError: If a tensor is missing.
            ValueError: If the JSON does not describe an object.
        """
        state = join_tree(tensors, rest)
        if not isinstance(state, dict):
            raise ValueError("the invariance is not an object")
        return cls(state, source)
