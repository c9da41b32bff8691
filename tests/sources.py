"""One study as the files of different tools."""

from collections.abc import Callable, Sequence
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
from nibabel.cifti2 import BrainModelAxis, ParcelsAxis
from scipy.io import savemat

from pyg_siamex.recipe import MatrixReading

Written = tuple[Path, MatrixReading]


def shuffled(
    folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path, seed: int = 0
) -> Written:
    """Text files with names, each in an order of its own."""
    rng = np.random.default_rng(seed)
    for k, matrix in enumerate(matrices):
        order = rng.permutation(len(regions)) if k else np.arange(len(regions))
        names = [regions[i] for i in order]
        frame = pd.DataFrame(matrix[np.ix_(order, order)], index=names, columns=names)
        frame.to_csv(folder / f"{k + 1:03d}.csv")
    return folder, MatrixReading(labels=table)


def xcp_d(folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path) -> Written:
    """Nested derivatives, as XCP-D writes them."""
    for k, matrix in enumerate(matrices):
        inner = folder / f"sub-{k + 1:03d}" / "func"
        inner.mkdir(parents=True)
        stem = f"sub-{k + 1:03d}_task-rest_space-MNI_seg-Own_stat-pearsoncorrelation"
        index = pd.Index(regions, name="Node")
        pd.DataFrame(matrix, index=index, columns=list(regions)).to_csv(
            inner / f"{stem}_relmat.tsv", sep="\t"
        )
    return folder, MatrixReading(labels=table)


def conn(folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path) -> Written:
    """First-level files of the CONN toolbox, with targets that are no sources."""
    names = np.empty((1, len(regions) + 2), dtype=object)
    names[0] = [*regions, "White Matter", "CSF"]
    for k, matrix in enumerate(matrices):
        values = np.c_[matrix.astype(float), np.ones((len(matrix), 2))]
        np.fill_diagonal(values, np.nan)
        savemat(
            folder / f"resultsROI_Subject{k + 1:03d}_Condition001.mat",
            {"Z": values, "names": names[:, :-2], "names2": names},
        )
    return folder, MatrixReading(labels=table, file_name="resultsROI_Subject{subject}_Condition001")


def matlab_stack(
    folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path
) -> Written:
    """One variable ``[R, R, S]``."""
    names = np.empty((1, len(regions)), dtype=object)
    names[0] = list(regions)
    path = folder / "all.mat"
    savemat(path, {"r": np.moveaxis(matrices, 0, 2), "names": names})
    return path, MatrixReading(labels=table)


def triangles(folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path) -> Written:
    """Vectors of the upper triangle."""
    rows = np.triu_indices(len(regions), 1)
    for k, matrix in enumerate(matrices):
        np.savetxt(folder / f"{k + 1:03d}.txt", matrix[rows][None], fmt="%.9g")
    return folder, MatrixReading(labels=table, triangle="upper")


def cifti(folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path) -> Written:
    """Parcellated CIFTI files."""
    surface = BrainModelAxis.from_mask(np.ones(len(regions), dtype=bool), name="cortex_left")
    axis = ParcelsAxis.from_brain_models([(n, surface[[k]]) for k, n in enumerate(regions)])
    for k, matrix in enumerate(matrices):
        image = nibabel.Cifti2Image(matrix.astype(np.float32), header=(axis, axis))
        nibabel.save(image, folder / f"{k + 1:03d}.pconn.nii")
    return folder, MatrixReading(labels=table)


def afni(folder: Path, matrices: np.ndarray, regions: Sequence[str], table: Path) -> Written:
    """Files of 3dNetCorr."""
    for k, matrix in enumerate(matrices):
        lines = [f"# {len(regions)}  # Number of network ROIs", "# 1  # Number of netcc matrices"]
        lines += ["# WITH_ROI_LABELS", " ".join(regions)]
        lines += [" ".join(str(i + 1) for i in range(len(regions))), "# CC"]
        lines += [" ".join(f"{value:.9g}" for value in row) for row in matrix]
        (folder / f"{k + 1:03d}.netcc").write_text("\n".join(lines))
    return folder, MatrixReading(labels=table)


SOURCES: dict[str, Callable[[Path, np.ndarray, Sequence[str], Path], Written]] = {
    "shuffled text": shuffled,
    "XCP-D": xcp_d,
    "CONN": conn,
    "MATLAB stack": matlab_stack,
    "triangles": triangles,
    "CIFTI": cifti,
    "AFNI": afni,
}


def write_table(path: Path, labels: Sequence[str]) -> Path:
    """Labels by numbers without zeros, as tables often have them."""
    rows = {"participant_id": range(1, len(labels) + 1), "group": labels}
    pd.DataFrame(rows).to_csv(path, sep="\t", index=False)
    return path
