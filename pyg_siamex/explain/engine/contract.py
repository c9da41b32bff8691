"""What holds of an encoder: found out by a few small forward passes, and remembered."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.check_graphs import companions, small_graph
from pyg_siamex.explain.engine.edges import AS_GIVEN, LOOPS_ADDED, REARRANGED
from pyg_siamex.explain.engine.probe import (
    Probe,
    all_as_the_first,
    culprit,
    probe,
)
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.explain.engine.watch import EdgeRecord
from pyg_siamex.explain.guard import message_layers, untouched
from pyg_siamex.nn.restored import Snapshot
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import eager
from pyg_siamex.nn.similarity import compare

TOLERANCE = {torch.float64: 1e-11, torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 5e-2}
"""Relative difference of two embeddings that is rounding."""


@dataclass(frozen=True)
class Contract:
    """What holds of an encoder on graphs of one kind.

    Attributes:
        apart: Graphs of a batch influence each other, so that each is encoded alone.
        why_apart: What was seen.
        layers: Number of message passing layers.
        edges: What each layer receives, in the order of the calls.
        reads_x: Whether the embedding depends on x at all.
        reads_edges: Whether it depends on the edges at all.
        discrete: The encoder turns x into integers (types that look embeddings up).
        tables: Names of the embedding tables that are looked up by x.
        lookups: Each look-up by x in a table: its name, and the number of the call.
        reads_beside: The encoder reads x in other ways besides.
        types: Columns of float x that the encoder turns into integers, among others that it reads
            as numbers.
        recomputes: The encoder runs again in the backward pass (gradient checkpointing).
        writes: The encoder writes into its inputs, so that it is given copies.
        inputs: Names of the further inputs that the encoder is given.
        graph: A small graph that it was tried on.
        h: Its embedding, ``[1, D]``.
        tried: What trials of gates and gradients found, by name: an error, or nothing.
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
    inputs: tuple[str, ...] = ()
    graph: GraphInputs | None = field(default=None, repr=False, compare=False)
    h: Tensor | None = field(default=None, repr=False, compare=False)
    tried: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def rearranges(self) -> bool:
        """Whether a layer receives the edges in another order than the graph's."""
        return any(record.kind == REARRANGED for record in self.edges)

    def check(self, *, edges: bool = False, nodes: bool = False) -> None:
        """Refuse masks that the encoder does not allow.

        Args:
            edges: An edge mask is asked for.
            nodes: A node mask is asked for.

        Raises:
            ValueError: With the module, what was seen and the way out.
        """
        if edges:
            self._check_edges()
        if nodes:
            self._check_nodes()

    def check_gradients(self) -> None:
        """Refuse gradients of an encoder that recomputes its activations under other gates.

        Raises:
            ValueError: If it does.
        """
        if self.recomputes:
            raise ValueError(
                "the encoder runs again in the backward pass (torch.utils.checkpoint), where the "
                "masks are no longer set: turn checkpointing off in evaluation mode (use it only "
                "if self.training), or use a method without gradients such as Occlusion"
            )

    def once(self, trial: str, find: Callable[[], str | None]) -> None:
        """Run a trial the first time, and raise what it found every time.

        Args:
            trial: Its name.
            find: Runs it; returns the text of an error, or ``None``.

        Raises:
            ValueError: If the trial found something.
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
            if record.kind not in (AS_GIVEN, LOOPS_ADDED, REARRANGED):
                raise ValueError(
                    f"layer '{record.layer}' {record.kind}, so no edge mask fits it: set its "
                    f"'explain = False' to leave it unmasked, or use a node mask"
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


_KNOWN: "WeakKeyDictionary[SiameseGNN, dict[Any, Contract]]" = WeakKeyDictionary()


def contract_of(model: SiameseGNN, inputs: GraphInputs) -> Contract:
    """What holds of ``model`` on graphs like those of ``inputs``, found out once.

    Remembered until a module, a parameter or a buffer of the encoder is exchanged or written, or
    graphs come with other inputs.

    Raises:
        ValueError: If the encoder is not a function of one graph: it draws random numbers in
            evaluation mode, or remembers graphs that it has seen.
    """
    state, kind = _state(model), _kind(inputs)
    known = _KNOWN.get(model)
    if known is None or known.get("state") != state:
        known = {"state": state}  # type: ignore[dict-item]
    if kind not in known:
        with untouched(model), torch.random.fork_rng(devices=[]):
            known = {**known, kind: _found(model, inputs)}
        _KNOWN[model] = known
    return known[kind]


@torch.no_grad()
def forget_if_changed(model: SiameseGNN) -> None:
    """Forget what was found out about a model that embeds a known graph differently now.

    What a model computes may change by more than its parameters: an attribute, a buffer, values
    written through ``.data``.
    """
    known = _KNOWN.get(model, {})
    contract = next((c for c in known.values() if isinstance(c, Contract)), None)
    if contract is None or contract.graph is None or contract.h is None:
        return
    with untouched(model), torch.random.fork_rng(devices=[]):
        try:
            now = model.encode(contract.graph)
        except Exception:
            now = contract.h.new_empty(0)
    if not _close(now, contract.h):
        _KNOWN.pop(model, None)


def apart_after_all(model: SiameseGNN, inputs: GraphInputs, h: Tensor) -> bool:
    """Whether the largest graph of a union has another embedding alone, as small ones had not.

    If so, graphs are encoded one at a time from now on.

    Args:
        model: The Siamese model.
        inputs: The union.
        h: Its embeddings, ``[num_graphs, D]``.
    """
    contract = contract_of(model, inputs)
    if contract.apart or inputs.num_graphs < 2:
        return False
    largest = int((inputs.node_counts + inputs.edge_counts).argmax())
    alone = inputs.select_graphs(torch.tensor([largest], device=inputs.batch.device))
    with torch.no_grad():
        own = model.encode(alone)
    if _close(own, h[largest : largest + 1]):
        return False
    why = _difference(h[largest : largest + 1], own)
    known = {**_KNOWN.get(model, {}), _kind(inputs): replace(contract, apart=True, why_apart=why)}
    _KNOWN[model] = known
    return True


def _state(model: SiameseGNN) -> tuple[Any, ...]:
    """What a contract depends on; running statistics and counters are left out."""
    modules = [m for m in eager(model.encoder).modules() if eager(m) is m]
    return (
        tuple((id(m), getattr(m, "explain", None) is False) for m in modules),
        tuple((id(p), p._version) for p in model.encoder.parameters()),
        id(model.pool),
        id(model.similarity),
    )


def _kind(inputs: GraphInputs) -> tuple[Any, ...]:
    extras = tuple((n, j.value.dtype, j.dim) for n, j in sorted(inputs.extras.items()))
    constants = repr(sorted(inputs.constants.items()))
    x = inputs.x
    return (
        x.dtype,
        x.dim(),
        x.device,
        extras,
        constants,
        _has_edges(inputs),
    )


def _has_edges(inputs: GraphInputs) -> bool:
    row, col = inputs.edge_index
    return bool((row != col).any())


def _found(model: SiameseGNN, inputs: GraphInputs) -> Contract:
    a = small_graph(inputs)
    before = Snapshot(model.encoder)
    with torch.no_grad():
        of_a = _encoded(model, a)
        _check_repeats(model, a, of_a, before)
        b, of_b = _beside(model, inputs, a, of_a)
    union, alone = a.concat(b), [of_a, of_b]
    seen, error = _together(model, union)
    _check_head(model, torch.cat(alone))
    found = Contract(
        inputs=tuple({**inputs.extras, **inputs.constants}),
        layers=len(message_layers(model.encoder)),
    )
    if seen is None:
        found = replace(found, apart=True, why_apart=error)
        seen = probe(model, a)
    elif not _close(seen.h, torch.cat(alone)):
        found = replace(found, apart=True, why_apart=_difference(seen.h, torch.cat(alone)))
    found = replace(
        found,
        edges=_records(model, seen, a),
        recomputes=seen.recomputes,
        writes=seen.writes,
        graph=a,
        h=alone[0],
    )
    return _with_reading(found, model, seen, a if found.apart else union)


def _beside(
    model: SiameseGNN, inputs: GraphInputs, a: GraphInputs, of_a: Tensor
) -> tuple[GraphInputs, Tensor]:
    """A second graph that the encoder takes, and its embedding."""
    for b in companions(inputs, a):
        with suppress(*_FAILURES):
            return b, model.encode(b)
    return a, of_a


def _together(model: SiameseGNN, union: GraphInputs) -> tuple[Probe | None, str]:
    """A pass over a union; an encoder that fails on it may still take its graphs alone."""
    try:
        return probe(model, union), ""
    except _FAILURES as error:
        return None, f"it fails on a batch ({type(error).__name__}: {error})"


def _encoded(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """Embed graphs, torch's complaint about types in words of inputs."""
    try:
        return model.encode(inputs)
    except RuntimeError as error:
        own = next((p.dtype for p in model.parameters() if p.is_floating_point()), None)
        if "dtype" in str(error) and inputs.x.is_floating_point() and own != inputs.x.dtype:
            raise ValueError(
                f"the graphs have x of {inputs.x.dtype} and the model's weights are {own}: convert "
                f"one of them, for example graph.x = graph.x.to({own})"
            ) from error
        raise


def _check_repeats(model: SiameseGNN, a: GraphInputs, h: Tensor, before: Snapshot) -> None:
    """Refuse an encoder that gives two answers for one graph."""
    again = _encoded(model, a)
    if _close(h, again):
        return
    changed = [name for name in before.changed() if "num_batches_tracked" not in name]
    if changed:
        raise ValueError(
            f"the encoder remembers graphs that it has seen ({', '.join(changed[:3])}), and embeds "
            f"the same graph differently afterwards: make its forward a function of its inputs"
        )
    raise ValueError(
        f"the encoder gives two embeddings for one graph in evaluation mode; they differ first "
        f"in {culprit(model, a)}: pass training=self.training to F.dropout, and draw no random "
        f"numbers in evaluation mode"
    )


def _check_head(model: SiameseGNN, h: Tensor) -> None:
    """Refuse a head that compares the pairs of a batch with each other."""
    with torch.no_grad():
        both = compare(model.similarity, h, h.flip(0))
        alone = [
            compare(model.similarity, h[k : k + 1], h.flip(0)[k : k + 1]) for k in range(len(h))
        ]
    if not _close(both, torch.cat(alone)):
        raise ValueError(
            f"the similarity head {type(model.similarity).__name__} gives a pair another "
            f"similarity alone than beside another pair: it must treat each row by itself (no "
            f"softmax or statistics over the batch)"
        )


def _records(model: SiameseGNN, seen: Probe, a: GraphInputs) -> tuple[EdgeRecord, ...]:
    """What layers receive; edges that equal the graph's without coming from them are tested."""
    strange = {r.layer for r in seen.edges if not r.followed}
    if not strange:
        return tuple(seen.edges)
    half = torch.arange(a.edge_index.size(1), device=a.edge_index.device) % 2 == 0
    less = {r.layer for r in probe(model, a.select_edges(half)).edges if r.kind in _SOUND}
    wrong = "receives edges that are not those of the graph"
    return tuple(replace(r, kind=wrong) if r.layer in strange - less else r for r in seen.edges)


_FAILURES = (ValueError, RuntimeError, IndexError, TypeError, AssertionError, KeyError)
_SOUND = (AS_GIVEN, LOOPS_ADDED, REARRANGED)


@torch.no_grad()
def _with_reading(found: Contract, model: SiameseGNN, seen: Probe, inputs: GraphInputs) -> Contract:
    """Add whether x and edges matter, and how x is read."""
    received = sum(record.edges for record in found.edges if record.kind in _SOUND)
    if not received and _has_edges(inputs):
        none = inputs.select_edges(torch.zeros_like(inputs.edge_index[0], dtype=torch.bool))
        found = replace(found, reads_edges=not _close(model.encode(none), seen.h))
    if seen.moves_with_x:
        return replace(found, types=_types(model, seen, inputs))
    discrete, matters = not inputs.x.is_floating_point(), True
    uniform = all_as_the_first(inputs)
    if not torch.equal(uniform.x, inputs.x):
        matters = not _close(model.encode(uniform), seen.h)
        discrete = discrete or matters
    # Without edges there may be nothing that an encoder adds up.
    found = replace(found, reads_x=matters or not _has_edges(inputs), discrete=discrete)
    if discrete and seen.lookups:
        tables = tuple(dict.fromkeys(name for name, _ in seen.lookups))
        found = replace(found, tables=tables, lookups=tuple(seen.lookups))
        found = replace(found, reads_beside=_reads_beside(found, model, inputs, uniform))
    return found


def _types(model: SiameseGNN, seen: Probe, inputs: GraphInputs) -> tuple[int, ...]:
    """Columns of x that matter though no gradient reaches them."""
    if inputs.x.dim() != 2 or not seen.still_columns:
        return ()
    uniform = inputs.x.clone()
    columns = torch.tensor(seen.still_columns, device=uniform.device)
    uniform[:, columns] = uniform[:1, columns]
    if torch.equal(uniform, inputs.x) or _close(model.encode(replace(inputs, x=uniform)), seen.h):
        return ()
    return tuple(seen.still_columns)


def _reads_beside(
    found: Contract, model: SiameseGNN, inputs: GraphInputs, uniform: GraphInputs
) -> bool:
    """Whether x still matters with everything that it looks up at zero."""
    modules = dict(model.encoder.named_modules())
    with ExitStack() as hooks:
        for name in found.tables:
            faded = only_here(lambda _, __, output: output * 0)
            hooks.callback(modules[name].register_forward_hook(faded).remove)
        return not _close(model.encode(inputs), model.encode(uniform))


def _close(one: Tensor, other: Tensor) -> bool:
    if one.shape != other.shape:
        return False
    if not one.numel():
        return True
    size = torch.maximum(one.abs(), other.abs())
    # Column by column, since one large coordinate would hide the others, down to its rounding.
    rounding = 16 * torch.finfo(one.dtype).eps * size.max()
    allowed = TOLERANCE.get(one.dtype, 1e-4) * size.amax(0) + rounding
    return bool(((one - other).abs() <= allowed).all()) or bool(
        torch.equal(one.isnan(), other.isnan()) and one.isnan().any()
    )


def _difference(one: Tensor, other: Tensor) -> str:
    if one.shape != other.shape:
        return f"a batch of two gives {list(one.shape)}, alone {list(other.shape)}"
    gap = float((one - other).norm() / other.norm().clamp_min(1e-30))
    return f"in a batch of two, embeddings change by {gap:.2g} of their length"
