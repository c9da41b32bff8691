"""Tensors with a header in one safetensors file, checked by a digest before they are used."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from pyg_siamex._memory import check_memory
from pyg_siamex._there import check_there
from pyg_siamex.data.content import content_digest
from pyg_siamex.data.file import whole_file


@dataclass(frozen=True)
class SealedFormat:
    """A kind of file.

    Args:
        kind: What its files hold, ``"model"``.
        version: Number of the format that is written.
        again: How users get a new file where one cannot be read, ``"train it again"``.
        oldest: Oldest version that is read.
        sealed_since: First version with a digest.
        plural: Whether ``kind`` is a plural.
    """

    kind: str
    version: int
    again: str
    oldest: int = 1
    sealed_since: int = 2
    plural: bool = False

    def write(
        self, path: str | Path, tensors: Mapping[str, Tensor], words: Mapping[str, str]
    ) -> None:
        """Write tensors and texts with their digest, whole or not at all.

        Args:
            path: The file.
            tensors: Named tensors; copied to the CPU.
            words: Named texts.

        Raises:
            ValueError: If there is a file of another kind, which is left unchanged.
            OSError: If the file cannot be written.
        """
        own = {name: one.detach().cpu().contiguous().clone() for name, one in tensors.items()}
        header = {**words, "format": f"pyg_siamex {self.kind} {self.version}"}
        header["digest"] = content_digest(own, header)
        with whole_file(path, self.kind) as temporary, open(temporary, "wb") as file:
            file.writelines(_in_order(save(own, metadata=header)))

    @contextmanager
    def opened(self, path: str | Path) -> Iterator["Sealed"]:
        """Open a file and check its kind and version; nothing large is read.

        ``ValueError``, ``KeyError`` and ``TypeError`` within the block become one line about the
        file.

        Args:
            path: The file.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If it is not a file of this kind, or of a version that cannot be read.
        """
        check_there(path, self.kind)
        try:
            with safe_open(str(path), framework="pt") as file:
                found = Sealed(self, Path(path), file, file.metadata() or {})
                found.check_version()
                yield found
        except (SafetensorError, MemoryError, RecursionError):
            raise ValueError(f"{path} {self._is_not}: {self._why(path)}. {self._way_out}") from None
        except SealedFileError:
            raise
        except KeyError as error:
            raise ValueError(
                f"{path} is damaged: it lacks {error.args[0]!r}. {self._way_out}"
            ) from error
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path} is damaged: {error}. {self._way_out}") from error

    @property
    def _is_not(self) -> str:
        article = "an" if self.kind[0] in "aeiou" else "a"
        return f"holds no {self.kind}" if self.plural else f"is not {article} {self.kind} file"

    def _why(self, path: str | Path) -> str:
        with open(path, "rb") as file:
            start = file.read(4)
        if self.oldest > 1 and start == _ZIP:
            return "it is another kind of file, or was written by an older version of pyg_siamex"
        return "it is another kind of file, or was cut off or changed"

    @property
    def _way_out(self) -> str:
        return f"{self.again[0].upper()}{self.again[1:]}"


class SealedFileError(ValueError):
    """A file of another kind or version, or with another digest."""


class OlderFormatError(SealedFileError):
    """A file of the right kind, of a version that is no longer read."""


@dataclass(frozen=True)
class Sealed:
    """An open file; its tensors are read on request.

    Attributes:
        format: Its kind.
        path: Where it is.
        file: The open safetensors file.
        header: Its texts by name.
    """

    format: SealedFormat
    path: Path
    file: Any
    header: dict[str, str]

    @property
    def version(self) -> int:
        """Number of the format that it was written in; 0 for another kind of file."""
        before, _, number = self.header.get("format", "").rpartition(" ")
        known = before == f"pyg_siamex {self.format.kind}" and number.isdecimal()
        return int(number[:9]) if known else 0

    def check_version(self) -> None:
        """Refuse files of another kind, and versions that cannot be read."""
        own = self.format
        if not self.version:
            found = self.header.get("format", "another format")[:60]
            raise SealedFileError(f"{self.path} {own._is_not} of pyg_siamex ({found!r})")
        if not own.oldest <= self.version <= own.version:
            newer = self.version > own.version
            age, todo = ("a newer", "update pyg_siamex") if newer else ("an older", own.again)
            raise (SealedFileError if newer else OlderFormatError)(
                f"{self.path} was written by {age} version of pyg_siamex (format {self.version}; "
                f"{own.oldest} to {own.version} can be read): {todo}"
            )
        if (self.version >= own.sealed_since) != ("digest" in self.header):
            raise SealedFileError(
                f"{self.path} is damaged: its digest does not fit its format. {own._way_out}"
            )

    def shapes(self) -> dict[str, tuple[torch.dtype | None, list[int]]]:
        """Type and shape of each tensor, without reading it; ``None`` for an unknown type."""
        parts = {name: self.file.get_slice(name) for name in self.file.keys()}  # noqa: SIM118
        return {
            name: (_TYPES.get(part.get_dtype()), list(part.get_shape()))
            for name, part in parts.items()
        }

    def tensors(self) -> dict[str, Tensor]:
        """All tensors, after a check of the memory and of the digest.

        Raises:
            SealedFileError: If the content has changed since it was written.
            ValueError: If there is not enough memory.
        """
        check_memory(2 * self.path.stat().st_size, f"reading {self.path}")
        found = {name: self.file.get_tensor(name) for name in self.file.keys()}  # noqa: SIM118
        words = {name: text for name, text in self.header.items() if name != "digest"}
        sealed = self.header.get("digest")
        if sealed is not None and content_digest(found, words) != sealed:
            raise SealedFileError(
                f"{self.path} is damaged: its content does not fit its digest, so a part of it "
                f"has changed since it was written. {self.format._way_out}"
            )
        return found


def _in_order(file: bytes) -> Iterator[bytes | memoryview]:
    """A safetensors file with its texts sorted by name, so that equal content is equal bytes."""
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # tensors begin at a multiple of 8 bytes
    yield len(text).to_bytes(8, "little") + text
    yield memoryview(file)[end:]


_ZIP = b"PK\x03\x04"
"""How files of ``torch.save`` begin."""

_TYPES = {
    **{"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16},
    **{"I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8},
    **{"U8": torch.uint8, "BOOL": torch.bool, "C64": torch.complex64},
}
