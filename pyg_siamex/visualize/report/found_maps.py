"""What pages of connections over subjects read of what was found."""

from typing import TYPE_CHECKING, Any, Protocol

from pyg_siamex.datasets.connectome.atlas import Atlas

if TYPE_CHECKING:
    import pandas as pd


class ChangeMaps(Protocol):
    """What is known of a change within persons; see :class:`~pyg_siamex.recipe.Longitudinal`."""

    @property
    def sessions(self) -> tuple[str, str]:
        """Names of the first and the second session."""

    @property
    def tables(self) -> "dict[str, pd.DataFrame]":
        """What changes, by level."""

    @property
    def persons(self) -> "pd.DataFrame":
        """A row per person."""

    @property
    def atlas(self) -> Atlas:
        """The regions."""

    @property
    def notes(self) -> list[str]:
        """What to know of it, in sentences."""

    @property
    def significant(self) -> "dict[str, pd.DataFrame]":
        """Rows with a family-wise p of at most 0.05, by level."""


class GroupMaps(Protocol):
    """What is known of a group; see :class:`~pyg_siamex.recipe.GroupFound`."""

    @property
    def names(self) -> tuple[str, str]:
        """Names of the class and of what it is compared with."""

    @property
    def tables(self) -> "dict[str, pd.DataFrame]":
        """What tells the classes apart, by level."""

    @property
    def subjects(self) -> "pd.DataFrame":
        """A row per subject."""

    @property
    def maps(self) -> Any:
        """Maps of single subjects."""

    @property
    def stability(self) -> float | None:
        """Rank correlation of maps of models with other seeds, or ``None``."""

    @property
    def atlas(self) -> Atlas:
        """The regions."""

    @property
    def notes(self) -> list[str]:
        """What to know of it, in sentences."""

    @property
    def significant(self) -> "dict[str, pd.DataFrame]":
        """Rows with a family-wise p of at most 0.05, by level."""
