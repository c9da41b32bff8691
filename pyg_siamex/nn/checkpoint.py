"""Models as files: weights in safetensors, everything else as JSON in the file's header."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from pyg_siamex.data.file import whole_file
from pyg_siamex.nn.build import build_siamese
from pyg_siamex.nn.kept_invariance import KeptInvariance
from pyg_siamex.nn.references import References
from pyg_siamex.nn.siamese import SiameseGNN

_FORMAT = "pyg_siamex model 1"
_REFERENCES, _INVARIANCE = "references", "invariance"


def save_model(model: SiameseGNN, path: str | Path, **metadata: Any) -> None:
    """Write a model that :func:`~pyg_siamex.nn.build_siamese` built.

    The file appears complete or not at all. It also holds the embeddings of the model's references
    and the invariance that it keeps.

    Args:
        model: The model.
        path: The file to write; replaced if it exists.
        **metadata: Plain values to save with the model, such as the settings of the features.

    Raises:
        ValueError: If the model was built by hand; save its ``state_dict()`` instead.
    """
    if model.config is None:
        raise ValueError(
            "this model was not built by build_siamese(), so a file could not say how to build it "
            "again: save model.state_dict() with torch.save instead"
        )
    header = {
        "format": _FORMAT,
        "config": json.dumps({**model.config, "biases": model.biases}),
        "metadata": json.dumps(metadata),
    }
    tensors = {name: t.detach().cpu().contiguous() for name, t in model.state_dict().items()}
    if model.references is not None:
        tensors[_REFERENCES] = model.references.embeddings.contiguous()
        header[_REFERENCES] = json.dumps([model.references.num_edges, model.references.fingerprint])
    if model.invariance is not None:
        found, header[_INVARIANCE] = model.invariance.parts()
        tensors |= found
    with whole_file(path) as temporary:
        save_file(tensors, temporary, metadata=header)


def load_model(path: str | Path) -> tuple[SiameseGNN, dict[str, Any]]:
    """Read a model and its metadata; runs no code from the file.

    Returns:
        The model in evaluation mode, and the metadata.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If the file does not hold a model of this library, or its weights do not fit its
            description.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"no model at {path}")
    try:
        with safe_open(str(path), framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{path} is not a model file ({error})") from error
    if header.get("format") != _FORMAT:
        raise ValueError(f"{path} is not a pyg_siamex model (format {header.get('format')!r})")
    try:
        model = build_siamese(**json.loads(header["config"]))
        embeddings = tensors.pop(_REFERENCES, None)
        if _INVARIANCE in header:
            model.invariance = KeptInvariance.from_parts(tensors, header[_INVARIANCE])
        model.load_state_dict(tensors)
        if embeddings is not None:
            model.references = References(embeddings, *json.loads(header[_REFERENCES]))
        metadata = json.loads(header["metadata"])
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged: {error}") from error
    return model.eval(), metadata
