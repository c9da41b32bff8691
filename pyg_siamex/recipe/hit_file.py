"""The hits of a search as a file for other programs."""

from pathlib import Path

from pyg_siamex.data.csv_file import write_csv
from pyg_siamex.data.smiles_of import smiles_of
from pyg_siamex.explain import SearchResult
from pyg_siamex.recipe.table_files import check_hits


def write_hits(result: SearchResult, path: Path) -> None:
    """Write a row, or a molecule with properties, for each hit; see ``SearchResult.to_frame``.

    Args:
        result: The hits.
        path: The file.

    Raises:
        ValueError: If the format is unknown, the file is there and holds no hits, or hits that are
            no molecules are to be an SDF.

    Example:
        >>> write_hits(search(trained, "library.csv", "CCO", k=2).result, Path("hits.csv"))
    """
    check_hits(path)
    frame = result.to_frame()
    if path.suffix.lower() == ".csv":
        write_csv(frame, path)
        return
    found = [smiles_of(hit.graph) for hit in result.hits if hit.graph is not None]
    smiles = [text for text in found if text is not None]
    if len(smiles) != len(result.hits):
        raise ValueError("hits that are no molecules cannot be written as .sdf: use .csv")
    from pyg_siamex.chemistry.sdf import write_sdf

    write_sdf(path, smiles, [hit.name for hit in result.hits], frame)
