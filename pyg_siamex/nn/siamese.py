"""The Siamese wrapper: one shared PyG encoder, a readout and a similarity head."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Aggregation
from torch_geometric.nn.conv import MessagePassing
from torch_geometric.nn.resolver import aggregation_resolver

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.nn.similarity import Similarity, similarity_resolver

_CORE = ("x", "edge_index", "batch", "batch_size")


class SiameseGNN(nn.Module):
    r"""Compare graphs with one shared encoder: :math:`s(q, r) = \sigma(h(q), h(r))`.

    Args:
        encoder: Any module called as ``encoder(x, edge_index, ...)``, for example
            ``torch_geometric.nn.GIN(9, 64, 3)``. Further inputs that its ``forward`` names
            (``edge_weight``, ``edge_attr``, ``batch``, ``pos``, ...) are taken from the data.
        pool: Readout from node to graph embeddings: a name (``"mean"``, ``"add"``, ``"max"``, any
            PyG aggregation), an :class:`~torch_geometric.nn.aggr.Aggregation`, or ``None`` if the
            encoder returns one row per graph itself.
        similarity: ``"cosine"``, ``"dot"``, ``"euclidean"``, ``"rbf"``, ``"bilinear"``, ``"mlp"``
            or a :class:`~pyg_siamex.nn.Similarity`.

    Shape:
        - query, reference: ``Data``, or ``Batch`` of B graphs each
        - output: similarities ``[B]``

    Raises:
        ValueError: If a name is unknown, or the encoder caches the first graph it sees
            (``GCNConv(cached=True)``), which would be used for every other graph.

    Example:
        >>> from torch_geometric.nn import GIN
        >>> model = SiameseGNN(GIN(9, 64, 3), pool="add", similarity="cosine")
    """

    def __init__(
        self,
        encoder: nn.Module,
        pool: str | Aggregation | None = "mean",
        similarity: str | Similarity = "cosine",
    ) -> None:
        super().__init__()
        for name, module in encoder.named_modules():
            if isinstance(module, MessagePassing) and getattr(module, "cached", False):
                raise ValueError(
                    f"encoder layer '{name}' has cached=True: it would reuse the first graph's "
                    f"normalisation for all others. Build it with cached=False"
                )
        self.encoder = encoder
        self.pool = None if pool is None else aggregation_resolver("sum" if pool == "add" else pool)
        self.similarity = similarity_resolver(similarity, getattr(encoder, "out_channels", None))
        self.calibration = Calibration()
        self.config: dict[str, Any] | None = None

    def forward(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Similarity of each query to its reference, ``[B]`` (one reference serves all queries)."""
        return self.similarity(self.embed(query), self.embed(reference))

    def probability(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Probability that each pair is alike, ``[B]`` in (0, 1): the calibrated similarity."""
        return self.calibration(self(query, reference)).sigmoid()

    def embed(self, data: Data | Batch) -> Tensor:
        """Graph embeddings h, ``[B, D]`` (``[1, D]`` for a single ``Data``)."""
        return self.encode(self.inputs(data))

    def inputs(self, data: Data | Batch) -> GraphInputs:
        """The tensors of ``data`` that the encoder reads."""
        return GraphInputs.from_data(data, self.extra_inputs)

    def encode(self, inputs: GraphInputs) -> Tensor:
        """Graph embeddings ``[num_graphs, D]`` of a union of graphs.

        Raises:
            ValueError: If the encoder needs an input that the graphs lack, or returns a number of
                rows that does not fit ``pool``.
        """
        h = self.node_embeddings(inputs)
        if self.pool is not None:
            if h.size(0) != len(inputs.x):
                raise ValueError(
                    f"the encoder returned {h.size(0)} rows for {len(inputs.x)} nodes: "
                    f"use pool=None if it pools itself"
                )
            return self.pool(h, index=inputs.batch, dim_size=inputs.num_graphs)
        if h.size(0) != inputs.num_graphs:
            raise ValueError(
                f"pool=None, but the encoder returned {h.size(0)} rows for {inputs.num_graphs} "
                f"graphs: name a pool such as 'mean'"
            )
        return h

    def node_embeddings(self, inputs: GraphInputs) -> Tensor:
        """Run the encoder alone: ``[N, D]``, or ``[num_graphs, D]`` if it pools itself."""
        arguments: dict[str, Any] = {**inputs.edge_extras, **inputs.node_extras}
        parameters = self._parameters_of_forward
        for name in _needed(parameters):
            if name not in _CORE and name not in arguments:
                raise ValueError(f"the encoder needs '{name}', and the graph has no data.{name}")
        if "batch" in parameters:
            arguments["batch"] = inputs.batch
        if "batch_size" in parameters:
            arguments["batch_size"] = inputs.num_graphs
        return self.encoder(inputs.x, inputs.edge_index, **arguments)

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Names of the data attributes that the encoder reads besides x, edge_index and batch.

        ``edge_attr`` is left out for encoders whose layers were built without ``edge_dim``, and
        both edge inputs for a PyG model that says it does not support them.
        """
        names = [name for name in self._parameters_of_forward if name not in _CORE]
        for name in ("edge_weight", "edge_attr"):
            if getattr(self.encoder, f"supports_{name}", True) is False and name in names:
                names.remove(name)
        dims = [m.edge_dim for m in self.encoder.modules() if hasattr(m, "edge_dim")]
        if "edge_attr" in names and dims and all(dim is None for dim in dims):
            names.remove("edge_attr")
        return tuple(names)

    @property
    def _parameters_of_forward(self) -> dict[str, inspect.Parameter]:
        return dict(inspect.signature(self.encoder.forward).parameters)

    def against(self, reference: Data | Batch) -> "AgainstReference":
        """The similarity to ``reference`` as a module of one graph, for stock PyG explainers."""
        return AgainstReference(self, reference)


class Calibration(nn.Module):
    r"""Logit of a similarity, :math:`e^{a} s + b` (Platt scaling with a positive slope)."""

    def __init__(self) -> None:
        super().__init__()
        self.log_slope = nn.Parameter(torch.tensor(1.5))
        self.shift = nn.Parameter(torch.tensor(0.0))

    def forward(self, similarity: Tensor) -> Tensor:
        """Map similarities of any shape to logits of the same shape."""
        return self.log_slope.exp() * similarity + self.shift


class AgainstReference(nn.Module):
    r"""Similarity of one graph to a fixed reference, :math:`x \mapsto \sigma(h(x), h(r))`.

    The reference is embedded once, when the module is made, so that masks set on the shared encoder
    touch the query alone. Make it anew after the model was trained further.

    Args:
        model: The Siamese model, shared and not copied.
        reference: One graph, or a ``Batch`` with one reference per query of a later batch.

    Shape:
        - x: ``[N, F]``, edge_index: ``[2, E]``, batch: ``[N]``
        - output: ``[B]``
    """

    reference_embedding: Tensor

    def __init__(self, model: SiameseGNN, reference: Data | Batch) -> None:
        super().__init__()
        self.model = model
        self.reference_inputs = model.inputs(reference)
        with evaluating(model), torch.no_grad():
            embedding = model.encode(self.reference_inputs)
        self.register_buffer("reference_embedding", embedding, persistent=False)
        self.training = model.training  # or a stock explainer would put the model in training mode

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        edge_attr: Tensor | None = None,
        batch: Tensor | None = None,
    ) -> Tensor:
        """Similarity of each graph of the batch to the reference, ``[B]``."""
        inputs = self.query_inputs(x, edge_index, edge_weight, edge_attr, batch)
        return self.model.similarity(self.model.encode(inputs), self.reference_embedding)

    def query_inputs(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        edge_attr: Tensor | None = None,
        batch: Tensor | None = None,
    ) -> GraphInputs:
        """The arguments of :meth:`forward` as a union of graphs."""
        num_graphs = 1 if batch is None else int(batch.max()) + 1
        batch = x.new_zeros(len(x), dtype=torch.long) if batch is None else batch
        given = {"edge_weight": edge_weight, "edge_attr": edge_attr}
        extras = {k: v for k, v in given.items() if v is not None and k in self.model.extra_inputs}
        return GraphInputs(x, edge_index, batch, num_graphs, extras)


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Put ``model`` in evaluation mode and give every submodule its own mode back after."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def _needed(parameters: dict[str, inspect.Parameter]) -> list[str]:
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        name
        for name, parameter in parameters.items()
        if parameter.default is inspect.Parameter.empty and parameter.kind not in kinds
    ]
