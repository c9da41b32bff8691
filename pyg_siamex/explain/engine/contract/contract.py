"""Properties of an encoder, and the masks that it allows."""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.watch import EdgeRecord
from pyg_siamex.explain.engine.edges import AS_GIVEN, LOOPS_ADDED, REARRANGED

SOUND = (AS_GIVEN, LOOPS_ADDED, REARRANGED)
"""Kinds of edges that can be masked."""


@dataclass(frozen=True)
class Contract:
    """Properties of an encoder on graphs of one kind.

    Attributes:
        apart: Whether graphs of a batch influence each other, so that each is encoded alone.
        why_apart: Observation that shows it.
        layers: Number of message passing layers.
        edges: Edges that each layer receives, in the order of the calls.
        reads_x: Whether the embedding depends on x.
        reads_edges: Whether the embedding depends on the edges.
        discrete: Whether the encoder turns x into integers (types that look embeddings up).
        tables: Names of the embedding tables that are looked up by x.
        lookups: Each look-up by x in a table: its name, and the number of the call.
        reads_beside: Whether the encoder also reads x in other ways.
        types: Columns of float x that the encoder turns into integers, among others that it reads
            as numbers.
        recomputes: Whether the encoder runs again in the backward pass (gradient checkpointing).
        writes: Whether the encoder writes into its inputs, so that it gets copies.
        stock: Whether every part of the encoder and the readout is known, see
            :func:`~pyg_siamex.explain.engine.contract.stock.is_stock`.
        graph: A small graph that it was tested on.
        h: Embedding of this graph, ``[1, D]``.
        tried: Results of trials of gates and gradients by name: an error, or ``None``.
    """

    apart: bool = False
    why_apart: str = ""
    layers: int = 0
    edges: tuple[EdgeRecord, ...] = ()
    reads_x: bool = True
    reads_edges: bool = True
    discrete: bool = False
    tables: tuple[str, ...] = ()
    lookups: tuple[tuple[str, int], ...] = ()
    reads_beside: bool = False
    types: tuple[int, ...] = ()
    recomputes: bool = False
    writes: bool = False
    stock: bool = False
    graph: GraphInputs | None = field(default=None, repr=False, compare=False)
    h: Tensor | None = field(default=None, repr=False, compare=False)
    tried: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rearranges(self) -> bool:
        """Whether a layer receives the edges in another order."""
        return any(record.kind == REARRANGED for record in self.edges)

    def follows(self, graphs: GraphInputs) -> bool:
        """Whether edges are followed through the encoder from the start.

        Parallel edges can be swapped without a change of the edge list.
        """
        return self.rearranges or graphs.has_parallel_edges

    def check(self, *, edges: bool = False, nodes: bool = False) -> None:
        """Refuse masks that the encoder does not allow.

        Args:
            edges: Whether an edge mask is requested.
            nodes: Whether a node mask is requested.

        Raises:
            ValueError: If a mask is not allowed; the message names the module, the reason and a
                solution.
        """
        if edges:
            self._check_edges()
        if nodes:
            self._check_nodes()

    def check_gradients(self) -> None:
        """Refuse gradients of an encoder that recomputes its activations under other gates.

        Raises:
            ValueError: If the encoder recomputes its activations.
        """
        if self.recomputes:
            raise ValueError(
                "the encoder runs again in the backward pass (torch.utils.checkpoint), where the "
                "masks are no longer set: turn checkpointing off in evaluation mode (use it only "
                "if self.training), or use a method without gradients such as Occlusion"
            )

    def once(self, trial: str, find: Callable[[], str | None]) -> None:
        """Run a trial once, and raise its error in every call.

        Args:
            trial: Name of the trial.
            find: Runs it; returns the text of an error, or ``None``.

        Raises:
            ValueError: If the trial found an error.
        """
        if trial not in self.tried:
            self.tried[trial] = None  # the trial itself encodes
            try:
                self.tried[trial] = find()
            except BaseException:
                self.tried.pop(trial, None)
                raise
        error = self.tried[trial]
        if error is not None:
            raise ValueError(error)

    def _check_edges(self) -> None:
        for record in self.edges:
            if record.kind not in SOUND:
                raise ValueError(
                    f"layer '{record.layer}' {record.kind}, so no edge mask fits it: set its "
                    f"'explain = False' to leave it unmasked, or leave edges out (a node mask; "
                    f"IntegratedJacobians(path='features'))"
                )
        if not self.reads_edges and self.layers:
            raise ValueError(
                "the embedding is the same without any edge, so an edge mask has nothing to "
                "explain: use a node mask"
            )

    def _check_nodes(self) -> None:
        if not self.reads_x:
            raise ValueError(
                "the embedding does not depend on x, so a node mask has nothing to explain: use an "
                "edge mask"
            )
        if self.discrete and not self.tables:
            raise ValueError(
                "a node mask needs float features, or types that are looked up in a "
                "torch.nn.Embedding, and the encoder does neither: one-hot encode x before the "
                "encoder, or use an edge mask"
            )
        if self.types:
            columns = ", ".join(map(str, self.types[:5]))
            raise ValueError(
                f"the encoder turns column {columns} of x into integers and reads others as "
                f"numbers, so no factor can fade a node's row: store types apart, in an attribute "
                f"that its forward names, or use an edge mask"
            )
        if self.reads_beside:
            tables = ", ".join(f"'{table}'" for table in self.tables)
            raise ValueError(
                f"the encoder looks x up in {tables} and reads it in another way besides, so "
                f"fading the tables would not take a node away: one-hot encode x before the "
                f"encoder, or use an edge mask"
            )
