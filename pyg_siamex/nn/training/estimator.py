"""A Siamese model as a scikit-learn estimator."""

import copy
from collections.abc import Mapping, Sequence
from itertools import filterfalse
from numbers import Number
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, column_or_1d
from torch import Tensor, nn
from torch_geometric.data import Data

from pyg_siamex._arrays import as_array, regular
from pyg_siamex._called import called
from pyg_siamex._door import check_has_values, check_unmasked
from pyg_siamex._numbers import shown
from pyg_siamex._versions import validated
from pyg_siamex._visible import in_one_line
from pyg_siamex.data.pair_dataset import PairDataset
from pyg_siamex.nn.build import build_siamese
from pyg_siamex.nn.embedding import check_inputs
from pyg_siamex.nn.library import Library
from pyg_siamex.nn.neighbours import Nearest
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity import Similarity, compare
from pyg_siamex.nn.training.fitting import FitResult, fit
from pyg_siamex.nn.training.quality import embed_all, pair_auc
from pyg_siamex.nn.training.row_graphs import graph_list, is_graphs, row_graphs
from pyg_siamex.nn.training.set_aside import set_aside


class SiameseEmbedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Embeddings in which graphs, or rows, of the same class are similar; for scikit-learn.

    :meth:`fit` trains a :class:`~pyg_siamex.SiameseGNN` on pairs, :meth:`transform` gives the
    embeddings, for pipelines, grid searches and classifiers. ``model_`` can be explained like any
    other model: ``PairExplainer(embedder.model_, ...)``.

    X is a list or a PyG data set of graphs, or a 2-D array, whose rows become graphs of one node
    (:meth:`graphs`). scikit-learn's ``check_estimator`` passes for arrays. For lists of graphs the
    rules hold that do not ask for an array: ``n_features_in_`` are the columns of ``x``, and there
    are no ``feature_names_in_``.

    Args:
        encoder: Name of an encoder, see :func:`~pyg_siamex.nn.build_siamese`, or a module, which is
            copied before it is trained.
        hidden_channels: Size of the hidden layers and of the embeddings; for a name.
        num_layers: Number of layers; for a name.
        encoder_options: Further arguments of a named encoder, such as ``dict(dropout=0.2)``.
        pool: Readout, see :class:`~pyg_siamex.SiameseGNN`.
        similarity: Name of a head, or a :class:`~pyg_siamex.nn.Similarity`, which is copied.
        max_difference: ``None`` if y holds classes. Otherwise y holds measured values, and two
            graphs are alike if their values differ by at most this.
        epochs: Maximum number of epochs. A tenth of the graphs chooses the best one, or all of
            them where so few make no pairs of both kinds.
        batch_size: As in :func:`fit`.
        lr: As in :func:`fit`.
        weight_decay: As in :func:`fit`.
        loss: As in :func:`fit`.
        patience: As in :func:`fit`.
        accelerator: As in :func:`fit`.
        random_state: Seed of the weights and of the training, a ``numpy`` random state, or
            ``None`` for another result at each call.

    Attributes:
        model_: The trained :class:`~pyg_siamex.SiameseGNN`.
        library_: The :class:`~pyg_siamex.nn.Library` of the training graphs.
        fit_result_: The :class:`FitResult`.
        classes_: The classes of y, sorted; ``None`` for measured values.
        n_features_in_: Number of columns.
        feature_names_in_: Names of the columns; for data frames with text as names.

    Example:
        >>> from sklearn.datasets import load_iris
        >>> from sklearn.neighbors import KNeighborsClassifier
        >>> from sklearn.pipeline import make_pipeline
        >>> from sklearn.preprocessing import StandardScaler
        >>> X, y = load_iris(return_X_y=True)
        >>> embedder = SiameseEmbedder(hidden_channels=16, num_layers=2, epochs=20)
        >>> nearest = KNeighborsClassifier(metric="cosine")
        >>> model = make_pipeline(StandardScaler(), embedder, nearest).fit(X[::2], y[::2])
        >>> model.score(X[1::2], y[1::2]) > 0.9
        True
    """

    def __init__(
        self,
        encoder: str | nn.Module = "GIN",
        *,
        hidden_channels: int = 64,
        num_layers: int = 3,
        encoder_options: Mapping[str, Any] | None = None,
        pool: str | None = "add",
        similarity: str | Similarity = "cosine",
        max_difference: float | None = None,
        epochs: int = 50,
        batch_size: int | None = None,
        lr: float = 1e-3,
        weight_decay: float = 1e-4,
        loss: str = "bce",
        patience: int = 20,
        accelerator: str = "auto",
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.encoder = encoder
        self.hidden_channels = hidden_channels
        self.num_layers = num_layers
        self.encoder_options = encoder_options
        self.pool = pool
        self.similarity = similarity
        self.max_difference = max_difference
        self.epochs = epochs
        self.batch_size = batch_size
        self.lr = lr
        self.weight_decay = weight_decay
        self.loss = loss
        self.patience = patience
        self.accelerator = accelerator
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "SiameseEmbedder":
        """Train a new model on pairs of X.

        Args:
            X: Graphs, or an array ``[n, n_features]``.
            y: Class or value of each, ``[n]``. Default: the graphs' ``y``.

        Raises:
            TypeError: If ``encoder_options`` is not a dict of names, or has one that is said
                elsewhere or beside an encoder of your own.
            ValueError: If y is missing, of one class or of measured values without
                ``max_difference``, X cannot be read, or an argument is out of range.
        """
        options = _options(self.encoder_options)
        if options and isinstance(self.encoder, nn.Module):
            raise TypeError(
                f"`encoder_options` are for the name of an encoder, and `encoder` is a "
                f"{type(self.encoder).__name__} that is built already: build it with "
                f"{', '.join(options)}, and leave `encoder_options` out"
            )
        seed = int(_random_state(self.random_state).randint(2**31 - 1))
        graphs, y = self._given(X, y)
        pairs = self._pairs(graphs, y)
        model = self._model(seed, options)
        check_inputs(model, graphs, "X")
        learn, held_out = _parts(pairs, seed, model)
        self.fit_result_: FitResult = fit(
            model,
            learn,
            validation=held_out,
            epochs=self.epochs,
            batch_size=self.batch_size,
            lr=self.lr,
            weight_decay=self.weight_decay,
            loss=self.loss,
            patience=self.patience,
            seed=seed,
            accelerator=self.accelerator,
            progress=False,
        )
        self.model_: SiameseGNN = model
        self.library_: Library = Library.embed(model, graphs, source="")
        self._n_features_out = self.library_.embeddings.size(1)
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Embeddings, ``[n, D]`` in single precision.

        Args:
            X: Graphs, or an array, as in :meth:`fit`.
        """
        graphs = self.graphs(X)
        found: np.ndarray = embed_all(self.model_, graphs).numpy()
        return found

    def score(self, X: Any, y: Any = None) -> float:
        """Pair AUC: how often an alike pair is more similar than an unlike one, in [0, 1].

        Args:
            X: Graphs, or an array.
            y: Class or value of each. Default: the graphs' ``y``.

        Raises:
            ValueError: If y makes no alike or no unlike pairs.
        """
        graphs = self.graphs(X)
        return pair_auc(self.model_, self._drawn(graphs, _targets(graphs, y)))

    def pairwise_similarity(self, X: Any, Y: Any = None) -> np.ndarray:
        """Similarity of each x to each y by the model's head, ``[n, m]``.

        For ``metric="precomputed"`` take ``1 - similarity`` of a cosine; for
        ``kernel="precomputed"`` the similarity.

        Args:
            X: Graphs, or an array.
            Y: More of them. Default: those of the training, in their order.
        """
        one = torch.from_numpy(self.transform(X))
        other = self.library_.embeddings if Y is None else torch.from_numpy(self.transform(Y))
        with torch.no_grad():
            rows = [compare(self.model_.similarity, row[None], other) for row in one.split(1)]
        found: np.ndarray = torch.stack([row.reshape(-1) for row in rows]).numpy()
        return found

    def nearest(self, X: Any, k: int = 5) -> list[Nearest]:
        """The k most similar graphs of the training for each of X.

        Args:
            X: Graphs, or an array.
            k: Number of neighbours.

        Raises:
            ValueError: If there are fewer than ``k``.
        """
        return [self.library_.nearest(torch.from_numpy(row), k) for row in self.transform(X)]

    def graphs(self, X: Any) -> list[Data]:
        """Graphs as the model reads them; rows become graphs of one node.

        Args:
            X: Graphs, or an array.

        Raises:
            sklearn.exceptions.NotFittedError: Before :meth:`fit`.
            ValueError: If X has other columns than in the training.
        """
        check_is_fitted(self)
        if is_graphs(X) != self._of_graphs:
            kind = "graphs" if self._of_graphs else "an array"
            raise ValueError(f"{type(self).__name__} was fitted on {kind}")
        if not self._of_graphs:
            return row_graphs(_read(self, X, dtype=np.float32, reset=False))
        return graph_list(X, self.n_features_in_, type(self).__name__)

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn may expect."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def _given(self, X: Any, y: Any) -> tuple[list[Data], np.ndarray]:
        """Checked graphs and targets of a training."""
        self._of_graphs = is_graphs(X)
        if self._of_graphs:
            graphs = graph_list(X)
            self.n_features_in_: int = int(graphs[0].num_node_features)
            if hasattr(self, "feature_names_in_"):
                del self.feature_names_in_
            return graphs, _targets(graphs, y)
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None"
            )
        y = _in_a_row(y, _length(X))
        gaps = [k for k, one in enumerate(np.asarray(y, dtype=object).flat) if one is None]
        if gaps:
            raise ValueError(f"y has no value for row {gaps[0]} (got None): leave the row out")
        X, y = _read(self, X, y=y, dtype=np.float32, ensure_min_samples=2)
        return row_graphs(X), y

    def _pairs(self, graphs: list[Data], y: np.ndarray) -> PairDataset:
        self.classes_: np.ndarray | None = None
        if self.max_difference is None:
            if type_of_target(y) == "unknown":
                kinds = ", ".join(sorted({type(one).__name__ for one in y}))
                raise ValueError(
                    f"Unknown label type: y must be numbers or texts, a class for each graph (got "
                    f"values of {kinds})"
                )
            if type_of_target(y).startswith("continuous"):
                raise ValueError(
                    "Unknown label type: y holds measured values (continuous), and classes are "
                    "needed: give max_difference=, by which the values of alike graphs may differ"
                )
            check_classification_targets(y)
            self.classes_ = np.unique(y)
            if len(self.classes_) < 2:
                raise ValueError(f"{type(self).__name__} needs 2 classes (got 1 class)")
        return self._drawn(graphs, y)

    def _drawn(self, graphs: list[Data], y: np.ndarray) -> PairDataset:
        """Pairs of any graphs by the rule of the training."""
        if self.max_difference is None:
            return PairDataset(
                graphs, labels=torch.from_numpy(np.unique(y, return_inverse=True)[1])
            )
        values = torch.as_tensor(_measured(y))
        return PairDataset.from_difference(graphs, self.max_difference, values)

    def _model(self, seed: int, options: Mapping[str, Any]) -> SiameseGNN:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            if isinstance(self.encoder, nn.Module):
                parts = copy.deepcopy((self.encoder, self.similarity))
                return SiameseGNN(parts[0], self.pool, parts[1])
            arguments: dict[str, Any] = {
                "in_channels": self.n_features_in_,
                "hidden_channels": self.hidden_channels,
                "num_layers": self.num_layers,
                **options,
            }
            head: Any = copy.deepcopy(self.similarity)
            return build_siamese(self.encoder, self.pool, head, **arguments)


def _parts(pairs: PairDataset, seed: int, model: SiameseGNN) -> tuple[PairDataset, PairDataset]:
    """Pairs to learn from and to choose the epoch by; the same of few graphs."""
    try:
        return set_aside(pairs, seed, ("x", *model.extra_inputs))
    except ValueError:
        return pairs, pairs


def _options(given: Any) -> Mapping[str, Any]:
    """Further arguments of a named encoder."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise TypeError(
            f"`encoder_options` must be a dict of arguments by name, such as dict(dropout=0.2) "
            f"(got {shown(given)})"
        )
    for name in given:
        if name in _ELSEWHERE:
            raise TypeError(
                f"`encoder_options` has '{name}', which {_ELSEWHERE[name]}: leave it out there"
            )
    return given


_OWN = "is an argument of its own"
_ELSEWHERE = {
    **dict.fromkeys(("encoder", "hidden_channels", "num_layers", "pool", "similarity"), _OWN),
    "in_channels": "is read off X",
}
"""What cannot be among the further arguments of an encoder, and why."""


def _random_state(given: Any) -> np.random.RandomState:
    """The random state that a seed, or a state, stands for."""
    try:
        if isinstance(given, bool | np.bool_):
            raise TypeError("a truth is no seed")
        found: np.random.RandomState = check_random_state(given)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`random_state` must be a whole number from 0 to {2**32 - 1:,}, a "
            f"numpy.random.RandomState or None (got {shown(given)})"
        ) from error
    return found


def _measured(y: np.ndarray) -> np.ndarray:
    """Values of y as numbers."""
    try:
        return np.asarray(y, dtype=float)
    except (TypeError, ValueError) as error:
        odd = next(filterfalse(_is_number, np.asarray(y).flat), None)
        odd = odd.item() if isinstance(odd, np.generic) else odd
        raise ValueError(
            f"y must be numbers with max_difference= (got {shown(odd)}): leave max_difference out "
            f"for classes"
        ) from error


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


_MISSING = ("None", "nan", "<NA>", "NaT")


def _in_numpy(y: Any) -> Any:
    """Targets as they are, or a tensor of them as an array."""
    if hasattr(y, "toarray"):
        raise TypeError("`y` is a sparse matrix: give y.toarray(), a row of targets")
    if not isinstance(y, Tensor):
        check_unmasked("y", y)
        if isinstance(y, list | tuple) and type(y) not in (list, tuple):
            y = called("y", list, y)
        return y
    check_has_values("y", y)
    return as_array(y)


def _length(X: Any) -> int | None:
    """Number of rows; ``None`` of what has none, which scikit-learn refuses."""
    shape = getattr(X, "shape", None)
    if isinstance(shape, tuple):  # also of tensors
        return int(shape[0]) if shape else None
    try:
        return len(X)
    except TypeError:
        return None


def _in_a_row(y: Any, size: int | None) -> Any:
    """Targets that are one for each of ``size`` graphs or rows, if their number is known."""
    y = _in_numpy(y)
    found = np.asarray(y, dtype=object)
    if getattr(y, "dtype", None) is not None and getattr(y.dtype, "kind", "") == "c":
        raise ValueError("Complex data not supported: `y` has complex numbers, give real ones")
    if not found.ndim:
        raise TypeError(f"`y` must be a list of targets, one for each of X (got {shown(y)})")
    if found.ndim > 2 or (found.ndim == 2 and found.shape[1] != 1):
        raise ValueError(
            f"`y` must be one target for each of X, [{len(found)}] (got {list(found.shape)}): "
            f"choose a column"
        )
    if size is not None and len(found) != size:
        raise ValueError(f"`y` has {len(found)} targets, and X has {size} entries")
    if any(isinstance(one, bytes) for one in found.flat):
        raise TypeError("`y` holds bytes: give texts, [one.decode() for one in y]")
    texts = sum(isinstance(one, str) for one in found.flat)
    numbers = [k for k, one in enumerate(found.flat) if isinstance(one, Number)]
    if texts and any(found.flat[k] == found.flat[k] for k in numbers):  # NaN is missing
        raise TypeError(
            f"`y` mixes texts and numbers (got {shown(found.flat[numbers[0]])} for {numbers[0]}): "
            f"give all classes as texts, [str(one) for one in y]"
        )
    odd = next((k for k, one in enumerate(found.flat) if _is_several(one)), None)
    if odd is not None:
        raise TypeError(
            f"`y` must be one target for each of X (got {shown(found.flat[odd])} for {odd})"
        )
    return y


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | dict | set) or getattr(value, "ndim", 0) > 0


def _own(y: Any, k: int) -> Any:
    """The target that a graph has."""
    if isinstance(y, Tensor):
        check_has_values(f"X[{k}].y", y)
    found = regular(f"y of graph {k}", _in_numpy(y)).reshape(-1)
    if not len(found):
        raise ValueError(f"graph {k} has an empty y: set its target, or leave the graph out")
    return found[0]


def _targets(graphs: Sequence[Data], y: Any) -> np.ndarray:
    """Target of each graph, by default its own ``y``."""
    if y is None:
        if not all(graph.y is not None for graph in graphs):
            message = "requires y to be passed, but the target y is None"
            raise ValueError(f"a graph has no y, and fit {message}")
        y = [_own(graph.y, k) for k, graph in enumerate(graphs)]
    y = _in_a_row(y, len(graphs))
    for k, one in enumerate(np.asarray(y, dtype=object).flat):
        if not isinstance(one, str) and str(one) in _MISSING:
            raise ValueError(f"y has no value for graph {k} (got {one!r}): leave the graph out")
    try:
        found: np.ndarray = column_or_1d(np.asarray(y), warn=True)
    except (TypeError, ValueError) as error:
        raise type(error)(f"y cannot be used: {in_one_line(str(error), 300)}") from error
    if found.dtype.kind == "f" and np.isinf(found).any():
        graph = int(np.isinf(found).argmax())
        raise ValueError(f"y of graph {graph} is infinite: leave the graph out")
    return found


def _check_no_dates(data: Any) -> None:
    """Refuse dates and times, which NumPy takes for microseconds or the like."""
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        kinds = data.dtypes.to_dict()
    else:
        kinds = {"": data.dtype} if isinstance(data, np.ndarray | pd.Series) else {}
    for column, kind in kinds.items():
        if kind.kind in "mM":
            where = f" in column '{column}'" if column != "" else ""
            raise TypeError(f"X has dates or times{where}: give numbers, such as days")


def _read(estimator: Any, *data: Any, **how: Any) -> Any:
    """X, or X and y, as scikit-learn checks them."""
    for one in data:
        check_unmasked("X", one)
        _check_no_dates(one)
    try:
        return validated(estimator, *data, **how)
    except (TypeError, ValueError, RuntimeError) as error:
        names = "X and y" if "y" in how else "X"
        told = in_one_line(str(error), 1000)
        told, advice, _ = told.partition("For supervised learning")
        if advice:
            told += "Leave such rows out, or fill them in: SimpleImputer() before it in a pipeline"
        raise type(error)(f"{names} cannot be used: {told}") from error
