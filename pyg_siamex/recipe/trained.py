"""A trained model with all that is known of it, in memory and as a file."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyg_siamex._door import checked
from pyg_siamex._notebook import rows_html, settings_text
from pyg_siamex.nn import SiameseGNN, load_model, save_model
from pyg_siamex.nn.training import FitResult
from pyg_siamex.recipe.listing import Listing
from pyg_siamex.recipe.metadata import check_metadata
from pyg_siamex.recipe.metadata_fit import check_fit
from pyg_siamex.recipe.source_path import with_paths_beside, with_paths_from


@checked
@dataclass(frozen=True)
class Trained:
    """A model, and what its file says of it: how graphs are made for it and how good it is.

    Attributes:
        model: The model.
        metadata: Plain values: the settings of the graphs, what alike means, the quality.
        path: The file that it was loaded from, or ``None``.

    Example:
        >>> trained = Trained.load("model.siamex")
        >>> trained.metadata["rule"]
        'same class'
    """

    model: SiameseGNN
    metadata: dict[str, Any]
    path: Path | None = None

    @classmethod
    @checked
    def load(cls, path: str | Path) -> "Trained":
        """Read a model that :meth:`save` or ``pyg-siamex train`` wrote.

        Args:
            path: The file.

        Raises:
            FileNotFoundError: If the file does not exist.
            ValueError: If this library did not write it, or it lacks what its models need.
        """
        model, metadata = load_model(path)
        try:
            check_metadata(metadata)
            check_fit(metadata, model)
        except ValueError as error:
            raise ValueError(f"{path} is damaged: {error}. Train it again") from None
        return Trained(model, with_paths_from(metadata, path), Path(path))

    @checked
    def save(self, path: str | Path) -> None:
        """Write the model and its metadata, as ``pyg-siamex train`` does.

        The file says where the data are relative to itself, and has no absolute path.

        Args:
            path: The file; replaced if it exists.
        """
        save_model(self.model, path, **with_paths_beside(self.metadata, path))

    def __repr__(self) -> str:
        """Encoder, what alike means and the file, in one line."""
        encoder = type(self.model.encoder).__name__
        path = None if self.path is None else str(self.path)
        rows = [("encoder", encoder), ("rule", self.metadata.get("rule")), ("path", path)]
        shown = [(name, value) for name, value in rows if value is not None]
        return settings_text(type(self).__name__, shown)

    @property
    def name(self) -> str:
        """The model's file, for messages."""
        return "the model" if self.path is None else str(self.path)


@dataclass(frozen=True, kw_only=True, repr=False)
class Learned(Trained, ABC):
    """A model fresh from its training.

    Attributes:
        fit_result: How the training went.

    Example:
        >>> trained = train_molecules(
        ...     "molecules.csv", "active", columns, settings=Settings(epochs=1)
        ... )
        >>> trained.summary()["rows refused"]
        '0'
    """

    fit_result: FitResult

    @abstractmethod
    def summary(self) -> dict[str, str]:
        """What was learned from and how good the model is, as words."""

    def _quality(self, graphs: str) -> dict[str, str]:
        """What alike means and how good the model is, as words for graphs of that name."""
        judged = next(name for name in ("test", "training") if f"{name}_pair_auc" in self.metadata)
        return {
            "alike means": self.metadata["rule"],
            "alike pairs": self.metadata["alike_share"],
            "best epoch": str(self.fit_result.best_epoch),
            "validation pair AUC": f"{self.fit_result.quality:.3f}",
            f"{judged} pair AUC": f"{self.metadata[f'{judged}_pair_auc']:.3f}",
            f"mean cosine of different {graphs}": f"{self.fit_result.spread:.3f}",
        }

    def _repr_html_(self) -> str:
        """The summary as a table, for notebooks."""
        return rows_html(type(self).__name__, self.summary().items())

    def tables(self) -> list[Listing]:
        """What more is said of the model's quality; by default nothing."""
        return []
