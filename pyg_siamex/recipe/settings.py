"""What can be asked of a model, of its training and of its judging."""

from dataclasses import dataclass
from typing import get_args

from pyg_siamex._door import checked
from pyg_siamex._given import either
from pyg_siamex._memory import check_memory
from pyg_siamex._numbers import POSITIVE, real, whole
from pyg_siamex.recipe.choices import (
    ENCODERS,
    LOSSES,
    POOLS,
    SIMILARITIES,
    Biases,
    check_choice,
    check_spelling,
)


@checked
@dataclass(frozen=True)
class Settings:
    """The model and its training; ``None`` takes what is advised for the domain.

    Attributes:
        encoder: Name of the graph network. GIN for molecules, RoiGCN for connectomes.
        hidden: Width of the network.
        layers: How many edges far a node sees. 3 for molecules, 1 for connectomes.
        pool: ``"add"``, ``"mean"`` or ``"max"``; for connectomes also ``"regions"``, which keeps
            regions apart. ``"add"`` for molecules, ``"regions"`` for connectomes.
        similarity: ``"cosine"``, ``"dot"``, ``"euclidean"``, ``"rbf"``, ``"bilinear"`` or
            ``"mlp"``.
        biases: ``"nodes"`` reads the model's biases as weights of a constant that every node has,
            so that relevance (``"bilrp"``, ``"jacobians"``) sums to the similarity; ``"apart"``
            leaves them out of the parts, as the papers do. Similarities are the same.
        loss: ``"bce"``, ``"contrastive"``, ``"triplet"``, ``"multi_similarity"`` or
            ``"nt_xent"``.
        epochs: Most passes over the data. 50 for molecules, 10 for connectomes.
        lr: Learning rate.
        seed: The same seed gives the same model.
        split: How molecules are held out: ``"random"`` (the default), ``"scaffold"``,
            ``"time COLUMN"`` or a column of one's own, see
            :func:`~pyg_siamex.recipe.molecules.splitting.held_out`.
        folds: Folds of the cross-validation over subjects of connectomes, at least 2. Default 5;
            where sites are left out, there are as many as sites, whatever this says.

    Raises:
        ValueError: If ``biases`` is none of the two.

    Example:
        >>> Settings(hidden=16, epochs=4).similarity
        'cosine'
    """

    encoder: str | None = None
    hidden: int = 64
    layers: int | None = None
    pool: str | None = None
    similarity: str = "cosine"
    biases: Biases = "nodes"
    loss: str = "bce"
    epochs: int | None = None
    lr: float | None = None
    seed: int = 0
    split: str | None = None
    folds: int | None = None

    def __post_init__(self) -> None:
        """Check the choice that is the same for all domains."""
        check_choice("biases", self.biases, get_args(Biases))


ADVISED = Settings()
"""What is advised for every domain."""

ROW_SETTINGS = Settings(hidden=16)
"""What is advised for rows of tables, which have far fewer features than graphs have parts."""


def check_settings(settings: Settings, domain: str) -> None:
    """Refuse names that no part of a model has, before any data are read.

    Args:
        settings: What is asked.
        domain: Name of the domain.

    Raises:
        ValueError: Names the first setting that cannot be chosen, and what can.

    Example:
        >>> check_settings(Settings(loss="triplet"), "molecules")
    """
    if settings.split is not None and domain != "molecules":
        raise ValueError(f"`split` is for molecules, and these are {domain}: leave it out")
    if settings.encoder is not None and domain in ENCODERS:
        check_choice("encoder", settings.encoder, ENCODERS[domain])
    if settings.pool is not None:
        pools = (*POOLS, *(["regions"] if domain == "connectomes" else []))
        check_spelling("pool", settings.pool, pools, "aggregation")
    if domain == "connectomes":
        _check_width(settings)
    _check_numbers(settings)
    if settings.folds is not None and domain != "connectomes":
        raise ValueError(f"`folds` is for connectomes, and these are {domain}: leave it out")
    check_spelling("similarity", settings.similarity, SIMILARITIES, "similarity")
    check_choice("loss", settings.loss, LOSSES)


def _check_width(settings: Settings) -> None:
    """Refuse a width where a network of regions is as wide as there are regions."""
    summed = settings.pool not in (None, "regions")
    if summed and settings.encoder in (None, "RoiGCN") and settings.hidden != Settings.hidden:
        raise ValueError(
            f"`hidden` has no effect on RoiGCN with `pool` {settings.pool}, which is as wide as "
            f"there are regions: leave it out, or take another `encoder`"
        )


_LEAST = {"hidden": 1, "layers": 1, "epochs": 1, "folds": 2, "seed": 0}
_MOST = {"layers": 500, "epochs": 1_000_000, "folds": 1000, "seed": 2**32 - 1}
_BYTES = 64
"""Bytes of memory for each weight of a layer in training: two maps, gradients and moments."""


def _check_numbers(settings: Settings) -> None:
    """Raise ``ValueError`` for a number out of range, or a network that memory cannot hold."""
    for name, least in _LEAST.items():
        value = getattr(settings, name)
        if value is not None:
            whole(f"`{name}`", value, least, _MOST.get(name))
    if settings.lr is not None:
        real("`lr`", settings.lr, POSITIVE)
    layers = either(settings.layers, 1)
    size = _BYTES * layers * settings.hidden**2
    check_memory(size, f"a network with `hidden` {settings.hidden}", "take a smaller `hidden`")
