"""Labels as measured values."""

import copy

import torch

from pyg_siamex.datasets.connectome.label_cells import read_values
from pyg_siamex.datasets.connectome.subjects import Subjects


def as_measured(subjects: Subjects) -> Subjects:
    """The same subjects, their labels read as measured values.

    Args:
        subjects: Subjects whose labels are numbers.

    Raises:
        ValueError: If a label is not a number, or no two values differ.

    Example:
        >>> from pyg_siamex.datasets.connectome.measured import as_measured
        >>> as_measured(Subjects(torch.rand(3, 3, 3).numpy(), labels=[20, 31, 31])).labels
        tensor([20., 31., 31.])
    """
    if subjects.labels is None:
        raise ValueError("the subjects have no labels")
    out, values = copy.copy(subjects), subjects.labels
    if subjects.class_names is not None:
        names = [*subjects.class_names, ""]  # -1 is the last, missing
        cells = [names[k] for k in torch.as_tensor(subjects.labels).tolist()]
        values, out.unlabelled = read_values(cells, subjects.names)
        out.class_names = None
    out.labels = values
    if len(values[~values.isnan()].unique()) < 2:
        raise ValueError("measured values must differ, and these are all equal")
    return out
