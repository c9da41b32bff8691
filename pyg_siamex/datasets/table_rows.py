"""Rows of a table as graphs of one node, for use with every explainer."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._door import checked
from pyg_siamex._numbers import shown
from pyg_siamex._one_column import check_one_column
from pyg_siamex.data.graph_keys import joined_keys
from pyg_siamex.data.positions import Index, place_of
from pyg_siamex.data.split import check_keys, split_graphs
from pyg_siamex.data.transformed import Transform
from pyg_siamex.datasets.cell_numbers import (
    as_number,
    comma_advice,
    is_missing,
    stands_for_nothing,
    with_points,
)
from pyg_siamex.datasets.csv_rows import columns_of, read_rows
from pyg_siamex.datasets.doubtful_classes import warn_of_doubtful, warn_of_names
from pyg_siamex.datasets.feature_values import not_finite, not_held, warn_of_codes
from pyg_siamex.datasets.graph_dataset import GraphDataset
from pyg_siamex.datasets.label import (
    LabelKind,
    check_asked,
    check_single,
    naming_labels,
    read_labels,
)
from pyg_siamex.datasets.unnamed_columns import without_unnamed

if TYPE_CHECKING:
    import pandas as pd


@checked
class TableRows(GraphDataset):
    r"""One graph per row: one node whose features are the row's columns, and no edge.

    A message passing encoder then acts as an MLP of the row, and a node mask of type
    ``"attributes"`` is a mask of the columns. :meth:`split` fits the scaling on the training rows
    only, so it does not depend on the test rows. A warning tells of numbers such as -9999 far from
    all others of a column.

    Args:
        frame: A :class:`pandas.DataFrame` with numbers in all columns but ``label`` and ``name``.
        label: Column of the target, or ``None``.
        name: Column of the rows' names, or ``None`` for the frame's index.
        scaling: A scikit-learn transformer of the columns, cloned before it is fitted, or
            ``None`` for the raw values.
        fit_on: Positions of the rows to fit ``scaling`` on; required with ``scaling``.
        label_kind: ``"measured"`` or ``"classes"``. Default: guessed, see
            :func:`~pyg_siamex.datasets.label.read_labels`.
        transform: Applied to a graph at every access.

    Attributes:
        frame: The table, without columns that have no name and count the rows or are empty.
        feature_names: Name of each feature, after the scaling.
        class_names: Names of the classes, in the order of ``y``, or ``None`` for a continuous
            target or no target.
        targets: Target of each row, ``[n]``, or ``None``.
        scaling: The fitted transformer, or ``None``.

    Each item is a ``Data`` with ``x`` ``[1, F]`` float, ``edge_index`` ``[2, 0]``, ``name``,
    ``feature_names``, ``raw`` (the columns before the scaling, ``[1, columns]``),
    ``raw_names`` and, with a label, ``y``.

    Raises:
        TypeError: If ``frame`` is not a data frame.
        ValueError: If a column is missing, duplicated, without a name or not numeric, a label is
            missing, a feature is not finite after the scaling (without one: when a row is read),
            the frame has no rows or no columns, ``fit_on`` is given without ``scaling`` or out of
            range, or ``label_kind`` without ``label``.

    Example:
        >>> from sklearn.datasets import load_breast_cancer
        >>> cells = load_breast_cancer(as_frame=True).frame
        >>> learn, test = TableRows(cells, label="target").split((0.8, 0.2))
        >>> learn[0].x.shape, learn.feature_names[0]
        (torch.Size([1, 30]), 'mean radius')
    """

    _per_graph = ("targets", "_x", "_raw", "_names")
    _file = ""

    def __init__(
        self,
        frame: "pd.DataFrame",
        label: str | None = None,
        name: str | None = None,
        scaling: Any | None = None,
        fit_on: Sequence[int] | Tensor | None = None,
        label_kind: LabelKind | None = None,
        transform: Transform | None = None,
    ) -> None:
        super().__init__(transform)
        self.label = label
        self.name = name
        self.label_kind = label_kind
        check_asked(label, label_kind)
        frame, columns = _columns(frame, label, name)
        self.frame: pd.DataFrame = frame
        rows = _fitting_rows(fit_on, len(frame), scaling is not None)
        raw = frame[columns].to_numpy(dtype=float, na_value=np.nan)
        self.class_names: list[str] | None
        self.targets: Tensor | None
        self.class_names, self.targets = _targets(frame, label, label_kind)
        if label is not None and self.class_names is not None and scaling is None:
            warn_of_doubtful(f"column '{label}'", self.class_names, len(frame))
        if name is not None and scaling is None:  # scaled tables are made of raw ones
            warn_of_names(f"column '{name}'", ["" if n is None else str(n) for n in frame[name]])
        self.feature_names: list[str] = [str(column) for column in columns]
        self.scaling: Any = None
        if scaling is None:
            warn_of_codes(raw, self.feature_names)
        self._names = [str(value) for value in (frame.index if name is None else frame[name])]
        values, lost = raw, not_held(frame[columns], raw, self._names, scaling is not None)
        if scaling is not None:
            if lost:
                raise ValueError(lost)
            self.scaling, values = _transformed(scaling, _with_nan(frame[columns]), rows)
            self.feature_names = [str(c) for c in self.scaling.get_feature_names_out(columns)]
        self._broken: str = lost or not_finite(values, self._names, self.feature_names)
        if self._broken and scaling is not None:
            raise ValueError(self._broken)
        # Columns in another order than the table's can be a view that torch does not read.
        self._x, self._raw = (
            torch.tensor(np.ascontiguousarray(v), dtype=torch.float) for v in (values, raw)
        )
        self._raw_names = [str(column) for column in columns]

    @classmethod
    @checked
    def from_csv(
        cls, path: str | Path, label: str | None = None, name: str | None = None
    ) -> "TableRows":
        """Read a comma, semicolon or tab separated file with a header.

        Args:
            path: The file, UTF-8. Empty cells, ``NA``, ``n/a``, ``nan`` and ``null`` are missing
                values.
            label: As in the constructor.
            name: As in the constructor. Default: ``"line 2"``, ...

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: As in the constructor.
        """
        known = [column for column in (label, name) if column is not None]
        frame = read_frame(path, known)
        try:
            found = cls(frame, label, name)
            found._file = f"{path}: "
            return found
        except _UnlabelledError as error:
            raise ValueError(f"{path}: {error.told}: leave such rows out") from None
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def __repr__(self) -> str:
        """Numbers of rows and columns, in one line."""
        return f"TableRows({len(self)} rows, {len(self.feature_names)} columns)"

    def len(self) -> int:
        """Number of rows."""
        return len(self.frame)

    @property
    def y(self) -> Tensor | None:
        """Target of each row, ``[n]``, or ``None``."""
        return self.targets

    def get(self, idx: int) -> Data:
        """One row, without ``transform``.

        Raises:
            IndexError: If there is no such row.
        """
        if self._broken:
            raise ValueError(f"{self._file}{self._broken}")
        k = place_of(idx, len(self.frame))
        data = Data(
            x=self._x[k : k + 1].clone(),
            edge_index=torch.empty(2, 0, dtype=torch.long),
            name=self._names[k],
            feature_names=list(self.feature_names),
            raw=self._raw[k : k + 1].clone(),
            raw_names=list(self._raw_names),
        )
        if self.targets is not None:
            data.y = self.targets[k].clone()
        return data

    @checked
    def split(
        self,
        fractions: Sequence[float] = (0.8, 0.1, 0.1),
        seed: int = 0,
        together: Sequence[Any] | Tensor | None = None,
        scaling: Any | None = None,
    ) -> tuple["TableRows", ...]:
        """Split the rows and scale every part with the transformer fitted on the first.

        Equal rows are in one part.

        Args:
            fractions: Share of each part, the training part first; the shares sum to 1.
            seed: Seed.
            together: A key per row; rows with equal keys stay together too.
            scaling: A scikit-learn transformer, fitted on the first part. With missing values,
                use ``make_pipeline(SimpleImputer(), StandardScaler())``. Default:
                :class:`~sklearn.preprocessing.StandardScaler`.

        Raises:
            ValueError: If the fractions do not sum to 1, a part would be empty, or a feature is not
                finite after the scaling.
        """
        from sklearn.preprocessing import StandardScaler

        classes = self.targets if self.class_names is not None else None
        keys: list[Any] = list(map(tuple, self._raw.tolist()))
        if together is not None:
            keys = joined_keys(keys, check_keys(together, len(self)))
        parts = split_graphs(len(self), fractions, seed, classes, keys)
        scaling = StandardScaler() if scaling is None else scaling
        given = self.frame, self.label, self.name, scaling, parts[0], self.label_kind
        try:
            whole = TableRows(*given, self.transform)
        except ValueError as error:
            raise ValueError(f"{self._file}{error}") from error
        return tuple(whole[part] for part in parts)

    def to(self, device: int | str | torch.device) -> "TableRows":
        """Move the rows to a device, in place.

        Args:
            device: The device.
        """
        self._x, self._raw = self._x.to(device), self._raw.to(device)
        self.targets = None if self.targets is None else self.targets.to(device)
        return self

    def copy(self, idx: Index | None = None) -> "TableRows":
        """A data set of its own rows.

        Args:
            idx: Which rows. Default: all.
        """
        return self[slice(None) if idx is None else idx]

    def _keep(self, rows: Sequence[int]) -> None:
        self.frame = self.frame.iloc[list(rows)]
        super()._keep(rows)
        if self._broken:  # perhaps not in these rows
            apart = [one for one in (self.label, self.name) if one is not None]
            columns = [column for column in self.frame.columns if column not in apart]
            raw = self.frame[columns].to_numpy(dtype=float, na_value=np.nan)
            self._broken = not_held(self.frame[columns], raw, self._names, False) or not_finite(
                raw, self._names, self.feature_names
            )


def read_frame(path: str | Path, known: Sequence[str] = ()) -> "pd.DataFrame":
    """A file as a frame; a column becomes numbers where all its cells are, or are missing.

    Args:
        path: A comma, semicolon or tab separated file with a header, UTF-8. Commas of numbers are
            decimal where no cell of the column has a decimal point.
        known: Columns that must be there and stay text.

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If it cannot be read, has no row, lacks a column or has one twice.

    Example:
        >>> read_frame("cells.csv", ["target"]).index[0]
        'line 2'
    """
    import pandas as pd

    rows = read_rows(Path(path), known)
    for row in rows:
        if row.problem:
            raise ValueError(f"line {row.line} of {path}: {row.problem}")
    if not rows:
        raise ValueError(f"{path} has no row below its header")
    names = columns_of(rows)
    for name in filter(None, names):
        check_one_column(path, names, name)
    index = [f"line {row.line}" for row in rows]
    frame = pd.DataFrame([row.cells for row in rows], index=index)
    for column in frame.columns.difference(list(known)):
        frame[column] = _numbers(frame[column].tolist())
    return frame


def check_once(frame: "pd.DataFrame", columns: Iterable[object]) -> None:
    """Refuse a table that has a column twice.

    Args:
        frame: The table.
        columns: Columns that it must have once.

    Raises:
        ValueError: Names the column.
    """
    twice = set(frame.columns[frame.columns.duplicated()])
    for column in columns:
        if column in twice:
            raise ValueError(f"the table has more than one column '{column}': rename one")


def _columns(
    frame: "pd.DataFrame", label: str | None, name: str | None
) -> tuple["pd.DataFrame", list[str]]:
    """The table and the columns of its features, after a check that they hold numbers."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"frame must be a pandas DataFrame (got {type(frame).__name__})")
    check_once(frame, frame.columns)
    written = [str(column) for column in frame.columns]
    for text in written:  # such as 1 and "1", whose features would have one name
        check_one_column("the table", written, text)
    for column in (label, name):
        if column is not None and column not in frame:
            raise ValueError(f"no column '{column}': the table has {', '.join(map(str, frame))}")
    apart = [one for one in (label, name) if one is not None]  # a column may be called None
    frame = without_unnamed(frame, "the table", apart)
    columns = [column for column in frame.columns if column not in apart]
    if not len(frame) or not columns:
        raise ValueError(f"the table has {len(frame)} rows and {len(columns)} feature columns")
    check_numbers(frame, columns)
    return frame, columns


def check_numbers(frame: "pd.DataFrame", columns: Iterable[str]) -> None:
    """Refuse columns that hold words.

    Args:
        frame: The table.
        columns: Names of columns.

    Raises:
        ValueError: Names the column, the row and the word.
    """
    import pandas as pd

    if not len(frame):
        return  # whose columns are of any type
    for column in columns:
        if pd.api.types.is_complex_dtype(frame[column]):
            raise ValueError(f"column '{column}' holds complex numbers: make two columns of it")
        if not pd.api.types.is_numeric_dtype(frame[column]):
            cells = ["" if value is None else str(value) for value in frame[column]]
            words = [k for k, cell in enumerate(cells) if as_number(cell) is None]
            words = [k for k in words if not is_missing(cells[k])] or words
            row = words[0] if words else 0
            few = 0 < 2 * len(words) < sum(not is_missing(cell) for cell in cells)
            raise ValueError(
                f"column '{column}' does not hold numbers{' alone' if few else ''} (row "
                f"'{frame.index[row]}': '{cells[row]}'){_way_out(cells, words, few)}"
            )


def _way_out(cells: Sequence[str], words: Sequence[int], few: bool) -> str:
    """What to do about words in a column, which may be few among numbers."""
    if not words:
        return ", but text that looks like some: convert it with pandas.to_numeric"
    first = cells[words[0]]
    if advice := comma_advice(first):
        return advice
    if not few:
        return ": encode it with pandas.get_dummies, or leave it out"
    several = f" ({len(words)} such cells)" if len(words) > 1 else ""
    if stands_for_nothing(first):
        return f": leave the cell empty where there is no value{several}"
    plain = first.translate(_MINUS)
    written = plain if as_number(plain) is not None else "a plain number"
    return f": write {written} there, or leave the cell empty{several}"


_MINUS = str.maketrans("\u2212\u2013\u2010\u2011\ufe63\uff0d", 6 * "-")
"""Signs that are printed for a minus."""


def _numbers(cells: list[str]) -> list[float] | list[str]:
    """Cells as numbers with NaN for missing ones, or unchanged if one is a word."""
    texts = with_points(cells)
    numbers = [float("nan") if is_missing(cell) else as_number(cell) for cell in texts]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(cells) else cells


class _UnlabelledError(ValueError):
    """A row has no target.

    Attributes:
        told: Which row.
    """

    def __init__(self, told: str, label: str) -> None:
        super().__init__(f"{told}: leave such rows out with frame.dropna(subset=['{label}'])")
        self.told = told


def _targets(
    frame: "pd.DataFrame", label: str | None, kind: LabelKind | None
) -> tuple[list[str] | None, Tensor | None]:
    if label is None:
        return None, None
    given = frame[label].tolist()
    check_single(f"column '{label}'", given)
    cells = ["" if value is None else str(value) for value in given]
    missing = [k for k, cell in enumerate(cells) if is_missing(cell)]
    if missing:
        several = f" ({len(missing)} such rows)" if len(missing) > 1 else ""
        raise _UnlabelledError(
            f"row '{frame.index[missing[0]]}' has no value in column '{label}'{several}", label
        )
    with naming_labels(f"column '{label}'"):
        found = read_labels(cells, kind)
    if found.refused:
        place, reason = next(iter(found.refused.items()))
        raise ValueError(
            f"row '{frame.index[place]}', column '{label}': {reason} ({found.kind}: "
            f"{found.reason}); leave such rows out"
        )
    return found.class_names, found.values


def _fitting_rows(fit_on: Sequence[int] | Tensor | None, size: int, scaled: bool) -> list[int]:
    """Positions of the training rows; none where nothing is fitted."""
    if not scaled:
        if fit_on is not None:
            raise ValueError(
                "fit_on says on which rows `scaling` is fitted: give `scaling`, or leave it out"
            )
        return []
    if fit_on is None:
        raise ValueError("a transform is fitted on the training rows: give their positions, fit_on")
    if isinstance(fit_on, Tensor) and (fit_on.is_floating_point() or fit_on.dtype == torch.bool):
        raise TypeError(f"fit_on must hold positions, whole numbers (got {fit_on.dtype})")
    if isinstance(fit_on, Tensor) and fit_on.dim() != 1:
        raise ValueError(f"fit_on must hold positions in one axis (got shape {list(fit_on.shape)})")
    rows = [int(k) for k in fit_on]
    if not rows or min(rows) < 0 or max(rows) >= size:
        raise ValueError(f"fit_on must hold positions from 0 to {size - 1} (got {rows[:5]})")
    return rows


def _with_nan(features: "pd.DataFrame") -> "pd.DataFrame":
    """The features with pandas' missing values, which not all transformers read, as NaN."""
    missing = {
        column: features[column].to_numpy(dtype=float, na_value=np.nan)
        for column in features.columns
        if features[column].dtype.kind in "biuf" and features[column].hasnans
        if not isinstance(features[column].dtype, np.dtype)
    }
    if missing:
        features = features.copy()
    for column, values in missing.items():
        features[column] = values
    return features


def _transformed(transform: Any, features: "pd.DataFrame", rows: list[int]) -> tuple[Any, Any]:
    """The transformer fitted on ``rows``, and all rows transformed."""
    from sklearn.base import clone

    needed = ("get_params", "fit", "transform")
    if isinstance(transform, type) or not all(hasattr(transform, name) for name in needed):
        raise TypeError(
            f"`scaling` must be a transformer of scikit-learn, such as StandardScaler() (got "
            f"{shown(transform)})"
        )
    odd = next((name for name in features.columns if not isinstance(name, str)), "")
    if not isinstance(odd, str) and any(isinstance(name, str) for name in features.columns):
        raise ValueError(
            f"the name of column {odd!r} is no text, and those of others are: name all by texts, "
            f"as frame.columns = frame.columns.astype(str) does"
        )
    fitted = clone(transform).fit(features.iloc[rows])
    values = fitted.transform(features)
    array = np.asarray(values.todense() if hasattr(values, "todense") else values, float)
    if not hasattr(fitted, "get_feature_names_out"):
        raise ValueError(
            f"`scaling` does not name its columns: {shown(transform)} has no "
            f"get_feature_names_out, such as FunctionTransformer without feature_names_out="
            f"'one-to-one'"
        )
    expected = [len(features), len(fitted.get_feature_names_out(features.columns))]
    if list(array.shape) != expected:
        raise ValueError(
            f"`scaling` must give each row its columns: values of shape {expected} (got "
            f"{list(array.shape)} from {shown(transform)})"
        )
    return fitted, array
