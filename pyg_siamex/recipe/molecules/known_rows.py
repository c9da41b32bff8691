"""Rows of a table that were embedded before, known by how their molecule is written."""

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from pyg_siamex.nn import Library


class KnownRows:
    """Embeddings of an earlier state of a table.

    Args:
        library: The embeddings, by the same model; ``None`` for none.
        settings: How molecules are made now. Embeddings that were made otherwise are not used.

    Example:
        >>> KnownRows(None, {}).position("CCO")
    """

    def __init__(self, library: Library | None, settings: dict[str, Any]) -> None:
        self._at: dict[int, int] = {}
        if library is not None and library.extra.get("settings") == settings:
            written = library.columns.get("written")
            if written is not None:
                self._at = {key: position for position, key in enumerate(written.tolist())}
        self._library = library

    def position(self, smiles: str) -> int | None:
        """Position of a molecule among the embeddings, or ``None``.

        Args:
            smiles: The molecule as the table writes it.
        """
        return self._at.get(_key(smiles)) if self._at else None

    def embeddings(self, smiles: Sequence[str]) -> Tensor:
        """Embeddings of molecules that are known, ``[n, D]``.

        Args:
            smiles: The molecules as the table writes them, at least one.
        """
        assert self._library is not None
        return self._library.embeddings[[self._at[_key(text)] for text in smiles]]


def written_keys(smiles: Sequence[str]) -> Tensor:
    """A number for each molecule by how it is written, ``[n]`` int.

    Args:
        smiles: The molecules as the table writes them.

    Example:
        >>> written_keys(["CCO", "CCO"]).diff().tolist()
        [0]
    """
    return torch.tensor([_key(text) for text in smiles], dtype=torch.long)


def _key(smiles: str) -> int:
    found = hashlib.blake2b(smiles.encode(errors="surrogatepass"), digest_size=8)
    return int.from_bytes(found.digest(), "little", signed=True)
