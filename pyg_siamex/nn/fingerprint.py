"""Fingerprints of models, graphs and files, to match results with their source."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex.data.checked_graph import check_list
from pyg_siamex.data.content import bytes_of
from pyg_siamex.nn.siamese import SiameseGNN

_CALIBRATION = "calibration."

_PIECE = 1 << 20
"""Bytes of a file read at once."""


def model_fingerprint(model: SiameseGNN) -> str:
    """SHA-256 of a model's weights, buffers and structure, and a digest of its parts.

    Args:
        model: The model.
    """
    digest = hashlib.sha256(f"{model!r} {model.config!r}".encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        _add(digest, tensor)
    return f"{digest.hexdigest()}:{_parts_digest(model)}"


def similarity_fingerprint(model: SiameseGNN) -> str:
    """Digests of the weights, buffers and parts that a similarity depends on, in hexadecimal.

    A model and its copy in a higher precision have the same fingerprint.

    Args:
        model: The model; its calibration is left out.
    """
    content = hashlib.blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        if not name.startswith(_CALIBRATION):
            content.update(name.encode())
            # In double precision, so that model.double() has the same similarities.
            content.update(bytes_of(value.double() if value.is_floating_point() else value))
    return f"{content.hexdigest()}:{_parts_digest(model)}"


def fingerprints_agree(saved: str, now: str) -> bool:
    """Whether a saved fingerprint of a model is of the model that has the fingerprint ``now``.

    Files of older versions have no digest of the parts, which is not compared then.

    Args:
        saved: The saved fingerprint.
        now: The fingerprint of the model.
    """
    return saved in (now, now.partition(":")[0])


def graphs_fingerprint(model: SiameseGNN, graphs: Iterable[Data]) -> str:
    """SHA-256 of the inputs that a model reads from graphs, in their order, in hexadecimal.

    Args:
        model: The model.
        graphs: The graphs.

    Raises:
        TypeError: If ``graphs`` is not a list of graphs.
        ValueError: Names the first graph that the model cannot read, by its position, and why.
    """
    check_list(graphs)
    digest = hashlib.sha256()
    for position, graph in enumerate(graphs):
        inputs = model.inputs_of([graph], lambda _: f"graph {position}")  # noqa: B023
        extras = (joined.value for _, joined in sorted(inputs.extras.items()))
        for tensor in (inputs.x, inputs.edge_index, *extras):
            _add(digest, tensor)
        if inputs.constants:
            digest.update(repr(sorted(inputs.constants.items())).encode())
    return digest.hexdigest()


def file_fingerprint(path: str | Path, **settings: Any) -> str:
    """SHA-256 of a file or folder and of the settings for reading it, in hexadecimal.

    Args:
        path: The file or folder. For a folder, the name and content of all files that are not
            hidden count.
        **settings: Plain values that describe how graphs are made from it.

    Raises:
        FileNotFoundError: If ``path`` does not exist.
    """
    path = Path(path)
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.is_file() and not file.name.startswith("."):
                digest.update(b"\0" + os.fsencode(file.name) + b"\0")
                _add_file(digest, file)
    else:
        _add_file(digest, path)
    return digest.hexdigest()


def _parts_digest(model: SiameseGNN) -> str:
    """Digest of the names and types of a model's modules: activations, readout, head.

    The text of a module is not a part of it, because it differs between versions of PyG.
    """
    parts = (
        f"{name}={type(part).__qualname__};"
        for name, part in model.named_modules()
        if not f"{name}.".startswith(_CALIBRATION)
    )
    return hashlib.blake2b("".join(parts).encode(), digest_size=16).hexdigest()


def _add(digest: Any, tensor: Tensor) -> None:
    digest.update(f"{tensor.dtype} {list(tensor.shape)}".encode())
    digest.update(bytes_of(tensor))


def _add_file(digest: Any, path: Path) -> None:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
