"""Read the matrices that AFNI's 3dNetCorr writes, .netcc files."""

import re
from pathlib import Path

from pyg_siamex._given import either
from pyg_siamex.datasets.comment_line import is_comment
from pyg_siamex.datasets.connectome.number_rows import number_rows
from pyg_siamex.datasets.connectome.region_array import RegionArray
from pyg_siamex.datasets.text_file import lines_of, read_text

_SECTION = re.compile(r"#\s*([A-Za-z][\w.+-]*)\s*$")


def read_netcc(path: Path, key: str | None = None) -> RegionArray:
    """Read one matrix and its regions' names.

    Args:
        path: The file. Its matrices stand under lines such as ``# CC`` and ``# FZ``; the lines
            before have the regions' labels and numbers.
        key: Name of the matrix. Default: ``CC``, the correlations.

    Raises:
        ValueError: If there is no such matrix, its rows differ in length, or a cell is no number.
    """
    sections: dict[str, list[list[str]]] = {}
    current = sections.setdefault("", [])
    for line in lines_of(read_text(path)):
        found = _SECTION.match(line.strip())
        if found and found[1] != "WITH_ROI_LABELS":
            current = sections.setdefault(found[1], [])
        elif line.strip() and not is_comment(line):
            current.append(line.split())
    labels = sections.pop("")
    wanted = either(key, "CC")
    if wanted not in sections:
        raise ValueError(f"it has no matrix '{wanted}': it has {', '.join(sections) or 'none'}")
    values = number_rows(sections[wanted])
    # Labels stand above the regions' numbers; old files have numbers alone.
    return RegionArray.of_square(values, None, labels[0] if labels else None)
