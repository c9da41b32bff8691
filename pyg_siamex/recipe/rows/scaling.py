"""Columns of a model and how they are standardised, in plain values that a model file can hold."""

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from pyg_siamex.datasets.label import LabelKind
from pyg_siamex.datasets.table_rows import TableRows
from pyg_siamex.datasets.unnamed_columns import is_unnamed

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Scaling:
    r"""A column's value x becomes :math:`(x - \mathrm{mean}) / \mathrm{scale}`.

    Attributes:
        columns: Name of each column.
        mean: Mean of each over the training rows.
        scale: Standard deviation of each over the training rows, 1 where it is 0.

    Example:
        >>> rows = Scaling(["mean radius"], [14.0], [4.0]).rows(frame)
        >>> float(frame["mean radius"][0]), rows[0].x
        (17.99, tensor([[0.9975]]))
    """

    columns: list[str]
    mean: list[float]
    scale: list[float]

    @classmethod
    def of(cls, rows: TableRows) -> "Scaling":
        """The scaling of rows that a :class:`~sklearn.preprocessing.StandardScaler` made.

        Args:
            rows: The rows; their ``scaling`` is fitted.

        Raises:
            TypeError: If another transformer scaled them, or none.
        """
        fitted = rows.scaling
        if not isinstance(fitted, StandardScaler):
            raise TypeError(f"rows must be standardised (got {type(fitted).__name__})")
        return cls(list(rows.feature_names), fitted.mean_.tolist(), fitted.scale_.tolist())

    def rows(
        self,
        frame: "pd.DataFrame",
        label: str | None = None,
        name: str | None = None,
        label_kind: LabelKind | None = None,
    ) -> TableRows:
        """Rows of any table with these columns; others are left out.

        Args:
            frame: The table.
            label: Column of the target, or ``None``.
            name: Column of the names, or ``None``.
            label_kind: What the target is, or ``None`` to guess.

        Raises:
            ValueError: If a column is missing, without a name, or holds no numbers.
        """
        known = {str(column): column for column in frame.columns}
        missing = [column for column in self.columns if column not in known]
        if missing:
            raise ValueError(
                f"the table has no column '{missing[0]}', which the model was trained on"
            )
        if any(map(is_unnamed, self.columns)):
            raise ValueError(
                "the model was trained on a column without a name, which may do no more than count "
                "the rows: train it anew"
            )
        others = [column for column in (label, name) if column is not None]
        features = [known[column] for column in self.columns]
        return TableRows(
            frame[[*features, *others]], label, name, self._transform(), [0], label_kind
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def _transform(self) -> FunctionTransformer:
        """What fitting does not change, as it was fitted on the training rows."""
        standardise = partial(_standardised, mean=np.array(self.mean), scale=np.array(self.scale))
        return FunctionTransformer(standardise, feature_names_out="one-to-one")


def _standardised(frame: "pd.DataFrame", mean: np.ndarray, scale: np.ndarray) -> "pd.DataFrame":
    return (frame - mean) / scale
