"""A library on disk: its graphs, and their embeddings, which are kept for the next time."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyg_siamex.cli.atlas_choice import chosen_atlas
from pyg_siamex.cli.connectome_library import ConnectomeLibrary
from pyg_siamex.cli.kind import kind_of, kind_of_model, refuse
from pyg_siamex.cli.molecule_library import MoleculeLibrary
from pyg_siamex.nn import Library, SiameseGNN

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class LibraryOptions:
    """How a user says that a library is read; ``None`` where it is told by itself.

    Attributes:
        smiles: Column of the SMILES.
        name: Column of the names.
        largest_fragment: Strip salts and solvents.
        atlas: Names and places of the regions.
        file_name: A subject's file without its suffix.
        array: Array of the matrices.
        subject: Array of the subjects' names.
    """

    smiles: str | None = None
    name: str | None = None
    largest_fragment: bool = False
    atlas: str | None = None
    file_name: str | None = None
    array: str | None = None
    subject: str | None = None


def open_library(
    path: Path, model: Path, metadata: dict[str, Any], options: LibraryOptions
) -> MoleculeLibrary | ConnectomeLibrary:
    """The graphs of a library, of the kind that the model was trained on.

    Raises:
        FileNotFoundError: If there is nothing at ``path``.
        ValueError: If it holds the other kind, or an option is for the other kind.
    """
    kind, found = kind_of_model(metadata, model), kind_of(path)
    if kind != found:
        raise ValueError(f"{model} was trained on {kind}, and {path} is a library of {found}")
    if kind == "molecules":
        refuse(
            kind, atlas=options.atlas, file_name=options.file_name, array=options.array,
            subject=options.subject,
        )  # fmt: skip
        molecules = (options.smiles, options.name, options.largest_fragment)
        return MoleculeLibrary(path, metadata, *molecules)
    refuse(
        kind, smiles=options.smiles, name=options.name, largest_fragment=options.largest_fragment
    )
    brains = (options.file_name, options.array, options.subject)
    return ConnectomeLibrary(path, metadata, chosen_atlas(options.atlas), *brains)


def embedded(
    graphs: MoleculeLibrary | ConnectomeLibrary,
    model: SiameseGNN,
    model_path: Path,
    index: Path | None,
) -> tuple[Library, str]:
    """The library's embeddings, saved ones where they fit, and a line on where they are.

    Args:
        graphs: The library.
        model: The model.
        model_path: Its file; names the saved embeddings where no ``index`` is given.
        index: File of the embeddings; beside the library where not given.

    Raises:
        OSError: If ``index`` cannot be written.
    """
    made: list[float] = []
    path = index or _beside(graphs.path, model_path)

    def embed() -> Library:
        start = time.perf_counter()
        library = graphs.embed(model)
        made.append(time.perf_counter() - start)
        return library

    library, kept = _kept(path, model, graphs.source, embed, needed=index is not None)
    graphs.use(library)
    if not made:
        return library, f"{len(library)} embeddings read from {path}"
    where = f"saved as {path}" if kept else "not saved"
    return library, f"{len(library)} embedded in {made[0]:.1f} s, {where}"


def _beside(library: Path, model: Path) -> Path:
    library = library.resolve()
    return library.with_name(f"{library.name}.{model.stem}.embeddings")


def _kept(
    path: Path, model: SiameseGNN, source: str, embed: Callable[[], Library], needed: bool
) -> tuple[Library, bool]:
    """Saved embeddings, or new ones and whether they could be saved."""
    found: list[Library] = []

    def once() -> Library:
        found.append(embed())
        return found[0]

    try:
        return Library.cached(path, model, source, once), True
    except OSError as error:
        if needed or not found:
            raise
        logger.warning("the embeddings cannot be saved beside the library (%s)", error)
        return found[0], False
