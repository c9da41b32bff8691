"""The advised Siamese model of connectomes, and how it is trained."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch_geometric.data import Data

from pyg_siamex._given import either
from pyg_siamex.data import PairDataset
from pyg_siamex.data.difference_limit import DifferenceLimit
from pyg_siamex.datasets.connectome import Connectomes
from pyg_siamex.explain.engine.seeded import seeded
from pyg_siamex.nn import SiameseGNN, build_siamese
from pyg_siamex.nn.roi_profiles import on_profiles, profile_graphs
from pyg_siamex.nn.roi_variance import mean_variance
from pyg_siamex.nn.training import FitResult, fit
from pyg_siamex.recipe.choices import ENCODERS, check_choice
from pyg_siamex.recipe.connectomes.graph_recipe import as_list
from pyg_siamex.recipe.connectomes.matrix_graph import graph_of_edges
from pyg_siamex.recipe.settings import Settings
from pyg_siamex.recipe.usual_difference import usual_difference

_logger = logging.getLogger(__name__)

_UNSIGNED = ("GCN", "HigherOrderGCN")  # divide by sums of weights
_DENSE = 0.5
_WEIGHT_DECAY = 0.1
_EPS_SHARE = 0.5
"""What is added to variances of features of regions, as a share of their mean."""


class Fitted(NamedTuple):
    """A trained model.

    Attributes:
        model: The model of whole graphs.
        reader: The same parameters as they read :meth:`ConnectomeTraining.inputs`.
        report: How the training went.
    """

    model: SiameseGNN
    reader: SiameseGNN
    report: FitResult


@dataclass(frozen=True)
class ConnectomeTraining:
    """A model and its training, for graphs of R regions with one-hot features.

    Attributes:
        num_rois: R.
        settings: What the user asks.
        max_difference: Largest difference of alike measured values; ``None`` for classes.

    Example:
        >>> training = ConnectomeTraining.of(graphs, Settings(epochs=1))
        >>> labels = torch.tensor([graph.y for graph in graphs])
        >>> pairs = training.pairs(training.inputs(graphs, labels))
        >>> fitted = training.train(pairs, pairs)
    """

    num_rois: int
    settings: Settings
    max_difference: float | None = None

    @classmethod
    def of(
        cls, graphs: Connectomes, settings: Settings, max_difference: float | None = None
    ) -> "ConnectomeTraining":
        """The training that fits the graphs.

        Args:
            graphs: The subjects.
            settings: What the user asks.
            max_difference: Largest difference of alike measured values. Default: half a standard
                deviation.

        Raises:
            ValueError: If the encoder is unknown or cannot read the graphs, or
                ``max_difference`` is given for classes.
        """
        listed = as_list(graphs)
        _check_encoder(either(settings.encoder, "RoiGCN"), listed)
        _warn_if_dense(listed, len(graphs.atlas))
        if graphs.class_names is not None:
            if max_difference is not None:
                raise ValueError(
                    "`max_difference` is for measured values, and the labels are classes"
                )
        elif max_difference is None:
            max_difference = usual_difference(torch.stack([data.y for data in listed]))
        return cls(len(graphs.atlas), settings, max_difference)

    @property
    def rule(self) -> str:
        """What alike means."""
        if self.max_difference is None:
            return "same class"
        return f"values differ by at most {self.max_difference:.3g}"

    def alike(self, labels: Tensor) -> Tensor:
        """1 for each two subjects that are alike, else 0, ``[n, n]``.

        Args:
            labels: Class number or value of each, ``[n]``.
        """
        if self.max_difference is None:
            return (labels[:, None] == labels[None]).float()
        limit = DifferenceLimit.of(labels, self.max_difference)
        return limit.holds(labels[:, None], labels[None]).float()

    def inputs(self, graphs: Connectomes, labels: Tensor) -> list[Data]:
        """The graphs as the training reads them, in their order.

        Args:
            graphs: The subjects.
            labels: Class number or value of each, ``[S]``.
        """
        plain = bare(graphs)
        out = profile_graphs(plain) if self.by_profiles else plain
        for data, label in zip(out, labels, strict=True):
            data.y = label
        return out

    def pairs(self, graphs: Sequence[Data]) -> PairDataset:
        """Pairs among some subjects, as many as there are, half of them alike where possible.

        Args:
            graphs: The subjects.
        """
        count = len(graphs) * (len(graphs) - 1) // 2
        if self.max_difference is None:
            return PairDataset(graphs, count, self.settings.seed)
        return PairDataset.from_difference(
            graphs, self.max_difference, num_pairs=count, seed=self.settings.seed
        )

    def model(self, eps: float | None = None) -> SiameseGNN:
        """A fresh model.

        Args:
            eps: What the readout of regions adds to variances. Default: its own.
        """
        asked, encoder = self.settings, either(self.settings.encoder, "RoiGCN")
        arguments: dict[str, Any] = {"num_rois": self.num_rois}
        width, layers = self.num_rois, either(asked.layers, 1)
        if encoder != "RoiGCN":
            width, layers = asked.hidden, either(asked.layers, 1 if self.by_region else 2)
            arguments = {"in_channels": self.num_rois, "hidden_channels": width}
        if not self.by_region:
            arguments["norm"] = "batch_norm"
        with seeded(asked.seed):
            return build_siamese(
                encoder,
                self._readout(width, eps),
                asked.similarity,
                asked.biases,
                num_layers=layers,
                **arguments,
            )

    def train(
        self,
        learn: PairDataset,
        validation: PairDataset,
        epochs: int | None = None,
    ) -> Fitted:
        """A model with the weights of its best epoch on ``validation``.

        Args:
            learn: Pairs to learn from, of graphs that :meth:`inputs` made.
            validation: Pairs to stop by.
            epochs: Most epochs. By default as the settings say.
        """
        asked, model = self.settings, self._for(learn)
        reader = on_profiles(model) if self.by_profiles else model
        most = either(epochs, either(asked.epochs, 10))
        report = fit(
            reader,
            learn,
            validation=validation,
            epochs=most,
            patience=most,
            lr=either(asked.lr, 3e-4 if self.by_region else 3e-3),
            weight_decay=_WEIGHT_DECAY,
            loss=asked.loss,
            seed=asked.seed,
            accelerator="cpu",
            progress=False,
        )
        return Fitted(model.eval(), reader, report)

    def _for(self, learn: PairDataset) -> SiameseGNN:
        """A fresh model whose readout knows how much features of regions vary."""
        model = self.model()
        if not self.by_region:
            return model
        reader = on_profiles(model) if self.by_profiles else model
        variance = mean_variance(reader, learn.graphs, self.num_rois)
        return self.model(_EPS_SHARE * variance) if variance > 0 else model

    @property
    def by_profiles(self) -> bool:
        """Whether summed profiles say all that the encoder reads of a graph."""
        asked = self.settings
        return (either(asked.encoder, "RoiGCN")) == "RoiGCN" and (either(asked.layers, 1)) == 1

    def reseeded(self, seed: int) -> "ConnectomeTraining":
        """The same training with another seed.

        Args:
            seed: The seed.
        """
        return replace(self, settings=replace(self.settings, seed=seed))

    def graph_of(self, matrices: Tensor) -> Callable[[Tensor], Data]:
        """Makes a graph whose inputs are differentiable in a matrix, as :meth:`inputs` makes it.

        Args:
            matrices: All matrices, ``[S, R, R]``; what is a connection of one is an edge of all.
        """
        if not self.by_profiles:
            return graph_of_edges(matrices)
        empty = torch.empty(2, 0, dtype=torch.long)
        return lambda matrix: Data(x=matrix, edge_index=empty)

    @property
    def by_region(self) -> bool:
        """Whether regions are kept apart, not summed."""
        return self.settings.pool in (None, "regions")

    def _readout(self, width: int, eps: float | None) -> str | dict[str, Any]:
        if not self.by_region:
            return str(self.settings.pool)
        readout = {"num_rois": self.num_rois, "in_channels": width}
        known = {} if eps is None else {"eps": eps}
        return {"name": "RoiReadout", **readout, "out_channels": self.settings.hidden, **known}


def bare(graphs: Connectomes) -> list[Data]:
    """The graphs without names, which take long to batch a thousand times.

    Args:
        graphs: The subjects.

    Example:
        >>> sorted(bare(graphs)[0].keys())
        ['edge_index', 'edge_weight', 'x', 'y']
    """
    return [
        Data(x=data.x, edge_index=data.edge_index, edge_weight=data.edge_weight, y=data.y)
        for data in as_list(graphs)
    ]


def _check_encoder(encoder: str, graphs: list[Data]) -> None:
    check_choice("encoder", encoder, ENCODERS["connectomes"])
    if encoder in _UNSIGNED and any((data.edge_weight < 0).any() for data in graphs):
        raise ValueError(
            f"{encoder} divides by sums of weights and cannot read negative connections: give "
            f"`sign` positive, or another `encoder`"
        )


def _warn_if_dense(graphs: list[Data], regions: int) -> None:
    share = max(data.num_edges for data in graphs) / (regions * (regions - 1))
    if share > _DENSE:
        _logger.warning(
            "%.0f %% of all connections are edges: fewer are faster and easier to read, for "
            "example `density` 0.15",
            100 * share,
        )
