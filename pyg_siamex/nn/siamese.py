"""The Siamese wrapper: one shared PyG encoder, a readout and a similarity head."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Aggregation
from torch_geometric.nn.conv import MessagePassing

from pyg_siamex._door import checked
from pyg_siamex.data.checked_graph import Naming, check_list
from pyg_siamex.data.inputs import ONE, GraphInputs, name_at
from pyg_siamex.data.joined import Joined
from pyg_siamex.data.pool import DrawnGraphs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.nn.adapting import check_call
from pyg_siamex.nn.calibration import Calibration
from pyg_siamex.nn.device import check_filled, device_of
from pyg_siamex.nn.evaluating import evaluating
from pyg_siamex.nn.finite import check_embeddings, check_similarities
from pyg_siamex.nn.kept_invariance import KeptInvariance
from pyg_siamex.nn.missing_edges import check_edges_set
from pyg_siamex.nn.readout import check_pooled, pool_nodes, pooled_width, readout_of
from pyg_siamex.nn.run_encoder import run_encoder
from pyg_siamex.nn.signature import CORE, Call, eager
from pyg_siamex.nn.similarity import Similarity, compare, similarity_resolver
from pyg_siamex.nn.similarity.resolve import is_sized

Biases = Literal["apart", "nodes"]


@checked
class SiameseGNN(nn.Module):
    r"""Compare graphs with one shared encoder: :math:`s(q, r) = \sigma(h(q), h(r))`.

    Args:
        encoder: Any module called as ``encoder(x, edge_index, ...)``, for example
            ``torch_geometric.nn.GIN(9, 64, 3)``. Further inputs that its ``forward`` names
            (``edge_weight``, ``edge_attr``, ``batch``, ``pos``, ...) are taken from the data and
            joined over graphs by PyG's rules (``__inc__``, ``__cat_dim__``).
        pool: Readout from node to graph embeddings: a name (``"mean"``, ``"add"``, ``"max"``, any
            PyG aggregation), an :class:`~torch_geometric.nn.aggr.Aggregation`, or ``None`` if the
            encoder returns one row per graph itself. ``"root"`` takes the embedding of each graph's
            root, for pairs of nodes (:class:`~pyg_siamex.data.NodePairs`).
        similarity: ``"cosine"``, ``"dot"``, ``"euclidean"``, ``"rbf"``, ``"bilinear"``, ``"mlp"``,
            a :class:`~pyg_siamex.nn.Similarity`, or any module or function of two ``[B, D]``
            matrices.
        biases: What :class:`~pyg_siamex.explain.BiLRP` and
            :class:`~pyg_siamex.explain.IntegratedJacobians` do with the biases of the encoder and
            the readout. ``"nodes"`` reads them as weights of a constant that every node has, so
            that relevance sums to the similarity; ``"apart"`` leaves them out of the parts, as the
            papers do. Similarities are the same.

    Shape:
        - query, reference: ``Data``, or ``Batch`` of B graphs each
        - output: similarities ``[B]``

    Raises:
        ValueError: If a name is unknown, the encoder cannot be called as
            ``encoder(x, edge_index, ...)``, or it caches the first graph it sees
            (``GCNConv(cached=True)``), which would be used for every other graph.

    Example:
        >>> from torch_geometric.nn import GIN
        >>> model = SiameseGNN(GIN(9, 64, 3), pool="add", similarity="cosine")
    """

    biases: Biases = "apart"  # of models pickled by older versions

    def __init__(
        self,
        encoder: nn.Module,
        pool: str | Aggregation | None = "mean",
        similarity: str | Similarity | Callable[[Tensor, Tensor], Tensor] = "cosine",
        biases: Biases = "apart",
    ) -> None:
        super().__init__()
        if biases not in get_args(Biases):
            raise ValueError(f"biases must be 'apart' or 'nodes' (got {biases!r})")
        check_call(encoder)
        for name, module in encoder.named_modules():
            if isinstance(module, MessagePassing) and getattr(module, "cached", False):
                raise ValueError(
                    f"encoder layer '{name}' has cached=True: it would reuse the first graph's "
                    f"normalisation for all others. Build it with cached=False"
                )
        self.encoder = encoder
        self.pool: Aggregation | None = readout_of(pool)
        width = getattr(eager(encoder), "out_channels", None)
        self.similarity: Similarity = similarity_resolver(
            similarity, pooled_width(self.pool, width) if is_sized(similarity) else None
        )
        self.biases = biases
        # Parts that were given by name, for files.
        self.named_parts: dict[str, str | None] = {
            role: value
            for role, value in (("pool", pool), ("similarity", similarity))
            if isinstance(value, str) or value is None
        }
        self.calibration: Calibration = Calibration()
        self.config: dict[str, Any] | None = None
        self.references: Any = None  # of pyg_siamex.nn.references, set by fit()
        self.invariance: KeptInvariance | None = None  # set by Invariance.keep_with()

    def forward(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Similarity of each query to its reference, ``[B]``; a single reference serves all.

        Raises:
            TypeError: As for :meth:`embed`.
            ValueError: As for :meth:`embed`, and, in evaluation mode, if a similarity is not
                finite.
        """
        h, g = embed_named(self, query, "the query"), embed_named(self, reference, "the reference")
        found = compare(self.similarity, h, g)
        if not self.training:
            check_similarities(found)
        return found

    def probability(self, query: Data | Batch, reference: Data | Batch) -> Tensor:
        """Probability that each pair is alike, ``[B]`` in (0, 1): the calibrated similarity.

        Raises:
            TypeError: As for :meth:`forward`.
            ValueError: As for :meth:`forward`, and, in any mode, if a similarity is not finite.
        """
        similarity = self(query, reference)
        if self.training:
            check_similarities(similarity)
        probability: Tensor = self.calibration(similarity).sigmoid()
        return probability

    def embed(self, data: Data | Batch) -> Tensor:
        """Graph embeddings h, ``[B, D]`` (``[1, D]`` for a single ``Data``).

        Raises:
            TypeError: As for :meth:`inputs` and :meth:`encode`.
            ValueError: As for :meth:`inputs` and :meth:`encode`, and, in evaluation mode, if an
                embedding is not finite.
        """
        inputs = self.inputs(data)
        h = self.encode(inputs)
        if not self.training:
            check_embeddings(h, inputs)
        return h

    def inputs(self, data: Data | Batch, name: str = ONE) -> GraphInputs:
        """The tensors of ``data`` that the encoder reads.

        Args:
            data: A graph or a batch.
            name: What it is called in messages.

        Raises:
            TypeError: If ``data`` is not a graph or batch, or holds something else than tensors of
                real numbers.
            ValueError: If an edge leaves its graph, a value is not finite, or tensors do not fit.
        """
        Call.of(self.encoder).check_names(self.encoder, data)
        inputs = GraphInputs.from_data(data, self.extra_inputs, name).with_own_x()
        check_edges_set(self.encoder, data, name)
        return inputs

    def inputs_of(self, graphs: Sequence[Data], naming: Naming | None = None) -> GraphInputs:
        """The tensors of a list of graphs that the encoder reads, on the model's device.

        Args:
            graphs: At least one graph.
            naming: What graphs are called in messages, by their position in the list. Default:
                by that position, and those drawn from a pool by their position there.

        Raises:
            TypeError: If it is no list of graphs, or one holds something else than tensors of real
                numbers.
            ValueError: Names the first graph that cannot be used, and why; or if weights have no
                values.
        """
        check_list(graphs)
        if naming is None and isinstance(graphs, DrawnGraphs):
            naming = graphs.called
        check_filled(self)
        device = device_of(self)
        for data in graphs[:1]:
            Call.of(self.encoder).check_names(self.encoder, data)
        inputs = GraphInputs.from_graphs(graphs, self.extra_inputs, naming)
        for k, data in enumerate(graphs):
            if data.edge_index is None:
                check_edges_set(self.encoder, data, name_at(k, len(graphs), naming))
        return (inputs if len(graphs) > 1 else inputs.with_own_x()).to(device)

    def encode(self, inputs: GraphInputs) -> Tensor:
        """Graph embeddings ``[num_graphs, D]`` of a union of graphs.

        Raises:
            TypeError: If the pool returns something else than a tensor of floats.
            ValueError: If the encoder needs an input that the graphs lack, or returns a number of
                rows that does not fit ``pool``, or the pool returns no row per graph.
        """
        h = self.node_embeddings(inputs)
        if h.dim() != 2 and (self.pool is None or h.dim() < 2):
            raise ValueError(
                f"the encoder returned {list(h.shape)}: embeddings must be a matrix with a row per "
                f"node, or per graph with pool=None"
            )
        if self.pool is not None:
            if h.size(0) != len(inputs.x):
                raise ValueError(
                    f"the encoder returned {h.size(0)} rows for {len(inputs.x)} nodes: "
                    f"use pool=None if it pools itself"
                )
            read = {name: inputs.extras[name].value for name in self._read if name in inputs.extras}
            try:
                pooled = pool_nodes(self.pool, h, inputs.batch, inputs.num_graphs, read)
                check_pooled(self.pool, pooled, inputs.num_graphs)
            except ValueError as error:
                if inputs.x.dim() < 3:
                    raise
                raise ValueError(
                    f"node features must be [num_nodes, num_features], and x is "
                    f"{list(inputs.x.shape)}: {error}"
                ) from error
            return pooled
        if h.size(0) != inputs.num_graphs:
            raise ValueError(
                f"pool=None, but the encoder returned {h.size(0)} rows for {inputs.num_graphs} "
                f"graphs: name a pool such as 'mean'"
            )
        return h

    def node_embeddings(self, inputs: GraphInputs) -> Tensor:
        """Run the encoder alone: ``[N, D]``, or ``[num_graphs, D]`` if it pools itself.

        Raises:
            ValueError: If the encoder needs an input that the graphs lack, or does not return a
                tensor.
        """
        return run_encoder(self.encoder, inputs)

    @property
    def extra_inputs(self) -> tuple[str, ...]:
        """Names of the data attributes that the encoder reads besides x, edge_index and batch.

        Edge inputs that a PyG model or layer declares as unsupported are left out
        (``supports_edge_weight``, ``supports_edge_attr``, ``edge_dim=None``). A readout's own
        inputs come last.
        """
        names = (name for name in Call.of(self.encoder).names if name not in CORE)
        return tuple(dict.fromkeys((*names, *self._read)))

    @property
    def _read(self) -> tuple[str, ...]:
        """Names of the data attributes that the readout reads."""
        return getattr(self.pool, "reads", ())

    def against(
        self, reference: Data | Batch, query: Data | Batch | None = None
    ) -> "AgainstReference":
        """The similarity to ``reference`` as a module of one graph, for PyG's own explainers.

        Args:
            reference: The fixed graph.
            query: The explained graph. Its inputs besides x and the edges are bound and need not
                be passed in calls.
        """
        return AgainstReference(self, reference, query)


def embed_named(model: SiameseGNN, data: Data | Batch, name: str) -> Tensor:
    """Graph embeddings, ``[B, D]``.

    Args:
        model: The model.
        data: A graph or a batch.
        name: What it is called in messages.

    Raises:
        TypeError: As for :meth:`SiameseGNN.inputs`.
        ValueError: As for :meth:`SiameseGNN.inputs`.

    Example:
        >>> embed_named(model, query, "the query").shape[0]
        1
    """
    try:
        return model.embed(data)
    except (TypeError, ValueError):
        model.inputs(data, name)  # raises the same with the name, where the graphs are at fault
        raise


@checked
class AgainstReference(nn.Module):
    r"""Similarity of one graph to a fixed reference, :math:`x \mapsto \sigma(h(x), h(r))`.

    The reference is embedded once, when the module is made, so masks on the shared encoder affect
    only the query. Make a new one after further training of the model.

    Args:
        model: The Siamese model, shared and not copied.
        reference: One graph, or a ``Batch`` with one reference per query of a later batch.
        query: Its inputs besides x and the edges are bound.

    Shape:
        - x: ``[N, F]``, edge_index: ``[2, E]``, batch: ``[N]``
        - output: ``[B]``
    """

    reference_embedding: Tensor

    def __init__(
        self, model: SiameseGNN, reference: Data | Batch, query: Data | Batch | None = None
    ) -> None:
        super().__init__()
        self.model = model
        self.reference_inputs: GraphInputs = model.inputs(reference)
        self.bound: GraphInputs | None = None if query is None else model.inputs(query)
        with evaluating(model), torch.no_grad():
            embedding = model.encode(self.reference_inputs).detach()
        self.register_buffer("reference_embedding", embedding, persistent=False)
        # PyG's explainers would put the model in training mode.
        self.training: bool = model.training

    def forward(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        edge_attr: Tensor | None = None,
        batch: Tensor | None = None,
        **further: Any,
    ) -> Tensor:
        """Similarity of each graph of the batch to the reference, ``[B]``.

        Args:
            x: Node features.
            edge_index: Edges.
            edge_weight: Edge weights of the query, if the encoder reads them.
            edge_attr: Edge features of the query, if the encoder reads them.
            batch: Graph of each node.
            **further: Further inputs of the encoder by name.

        Raises:
            ValueError: If the reference had an input that the query lacks.
        """
        inputs = self.query_inputs(x, edge_index, edge_weight, edge_attr, batch, **further)
        h = self.model.encode(inputs)
        return compare(self.model.similarity, h, self.reference_embedding)

    def query_inputs(
        self,
        x: Tensor,
        edge_index: Tensor,
        edge_weight: Tensor | None = None,
        edge_attr: Tensor | None = None,
        batch: Tensor | None = None,
        **further: Any,
    ) -> GraphInputs:
        """The arguments of :meth:`forward` as a union of graphs; raises the same errors."""
        given = {"edge_weight": edge_weight, "edge_attr": edge_attr, **further}
        given = {name: value for name, value in given.items() if value is not None}
        if batch is None:
            inputs = self.model.inputs(Data(x=x, edge_index=edge_index, **given))
        else:
            inputs = self.model.inputs(_as_batch(x, edge_index, batch, given))
        inputs = self._with_bound(inputs)
        of_reference = {**self.reference_inputs.extras, **self.reference_inputs.constants}
        missing = of_reference.keys() - {**inputs.extras, **inputs.constants}.keys()
        if missing:
            name = min(missing)
            raise ValueError(
                f"the reference has '{name}' and this call has none: pass {name}=..., or bind it, "
                f"model.against(reference, query)"
            )
        return inputs

    def _with_bound(self, inputs: GraphInputs) -> GraphInputs:
        if self.bound is None:
            return inputs
        extras: dict[str, Joined] = {**self.bound.extras, **inputs.extras}
        return changed(
            inputs, extras=extras, constants={**self.bound.constants, **inputs.constants}
        )


def _as_batch(x: Tensor, edge_index: Tensor, batch: Tensor, given: dict[str, Any]) -> Batch:
    out = Batch(x=x, edge_index=edge_index, batch=batch, **given)
    out._num_graphs = int(batch.max()) + 1
    return out
