"""Find out properties of an encoder by a few small passes."""

from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.union_tensors import changed
from pyg_siamex.explain.engine.contract.companions import companions, small_graph
from pyg_siamex.explain.engine.contract.contract import SOUND, Contract
from pyg_siamex.explain.engine.contract.probe import (
    Probe,
    all_as_the_first,
    culprit,
    moving_columns,
    probe,
)
from pyg_siamex.explain.engine.contract.steps import follows_steps
from pyg_siamex.explain.engine.contract.stock import is_stock, is_stock_readout
from pyg_siamex.explain.engine.contract.watch import EdgeRecord
from pyg_siamex.explain.engine.guard import message_layers
from pyg_siamex.explain.engine.threads import only_here
from pyg_siamex.nn.restored import Snapshot
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.similarity.each_row import check_each_row

_TOLERANCE = {torch.float64: 1e-11, torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 5e-2}
"""Largest relative difference of two embeddings from rounding."""


def find(model: SiameseGNN, inputs: GraphInputs) -> Contract:
    """Test a model on small graphs of a union in ``untouched``; raises like ``contract_of``."""
    a = small_graph(inputs)
    with torch.no_grad():
        of_a = _encoded(model, a)
        b, of_b = _beside(model, inputs, a, of_a)
    union, alone = a.concat(b), [of_a, of_b]
    seen, why = _together(model, union)
    if seen is not None and not close(seen.h, torch.cat(alone)):
        why = difference(seen.h, torch.cat(alone))
    if why:  # the encoder may not be deterministic
        _check_repeats(model, a, of_a)
    check_each_row(model.similarity, torch.cat(alone))
    seen = seen or probe(model, a)
    found = Contract(
        apart=bool(why),
        why_apart=why,
        layers=len(message_layers(model.encoder)),
        edges=_records(model, seen, a),
        recomputes=seen.recomputes,
        writes=seen.writes,
        stock=is_stock(model.encoder) and is_stock_readout(model.pool),
        graph=a,
        h=alone[0],
    )
    return _with_reading(found, model, seen, a if found.apart else union)


def _beside(
    model: SiameseGNN, inputs: GraphInputs, a: GraphInputs, of_a: Tensor
) -> tuple[GraphInputs, Tensor]:
    """A second graph that the encoder accepts, and its embedding."""
    for b in companions(inputs, a):
        with suppress(*_FAILURES):
            return b, _encoded(model, b)
    return a, of_a


def _together(model: SiameseGNN, union: GraphInputs) -> tuple[Probe | None, str]:
    """A pass over a union; an encoder that fails on it may still encode single graphs."""
    try:
        return probe(model, union), ""
    except _FAILURES as error:
        return None, f"it fails on a batch ({type(error).__name__}: {error})"


def _encoded(model: SiameseGNN, inputs: GraphInputs) -> Tensor:
    """Embed graphs, with torch's errors about types rephrased in terms of inputs."""
    try:
        return model.encode(inputs.with_own_x())
    except RuntimeError as error:
        own = next((p.dtype for p in model.parameters() if p.is_floating_point()), None)
        if "dtype" in str(error) and inputs.x.is_floating_point() and own != inputs.x.dtype:
            raise ValueError(
                f"the graphs have x of {inputs.x.dtype} and the model's weights are {own}: convert "
                f"one of them, for example graph.x = graph.x.to({own})"
            ) from error
        raise


@torch.no_grad()
def _check_repeats(model: SiameseGNN, a: GraphInputs, h: Tensor) -> None:
    """Refuse an encoder that gives two embeddings for one graph."""
    before = Snapshot(model.encoder)
    again = _encoded(model, a)
    if close(h, again):
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


def _records(model: SiameseGNN, seen: Probe, a: GraphInputs) -> tuple[EdgeRecord, ...]:
    """Edges that layers receive; edges that only equal the graph's edges are tested."""
    strange = {r.layer for r in seen.edges if not r.followed}
    if not strange:
        return tuple(seen.edges)
    half = torch.arange(a.edge_index.size(1), device=a.edge_index.device) % 2 == 0
    less = {r.layer for r in probe(model, a.select_edges(half)).edges if r.kind in SOUND}
    wrong = "receives edges that are not the graph's"
    return tuple(replace(r, kind=wrong) if r.layer in strange - less else r for r in seen.edges)


_FAILURES = (ValueError, RuntimeError, IndexError, TypeError, AssertionError, KeyError)


@torch.no_grad()
def _with_reading(found: Contract, model: SiameseGNN, seen: Probe, inputs: GraphInputs) -> Contract:
    """Add whether x and edges matter, and how x is read."""
    received = sum(record.edges for record in found.edges if record.kind in SOUND)
    if not received and inputs.has_edges:
        none = inputs.select_edges(torch.zeros_like(inputs.edge_index[0], dtype=torch.bool))
        found = replace(found, reads_edges=not close(_encoded(model, none), seen.h))
    if seen.moves_with_x:
        return replace(found, types=_types(model, seen, inputs))
    discrete, matters = not inputs.x.is_floating_point(), True
    uniform = all_as_the_first(inputs)
    if not torch.equal(uniform.x, inputs.x):
        matters = not close(_encoded(model, uniform), seen.h)
        if matters and not discrete:
            if moving_columns(model, inputs, uniform.x):
                return found
            if follows_steps(partial(_changes, model, inputs, seen.h), inputs.x, uniform.x):
                return found
        discrete = discrete or matters
    if not matters and not discrete:  # such as a ReLU that is 0 at these graphs and others
        faded = changed(inputs, x=inputs.x * 0)
        matters = not close(_encoded(model, faded), seen.h)
        if matters and moving_columns(model, inputs, faded.x):
            return found
    # Without edges an encoder may have nothing to aggregate.
    found = replace(found, reads_x=matters or not inputs.has_edges, discrete=discrete)
    if discrete and seen.lookups:
        tables = tuple(dict.fromkeys(name for name, _ in seen.lookups))
        found = replace(found, tables=tables, lookups=tuple(seen.lookups))
        found = replace(found, reads_beside=_reads_beside(found, model, inputs, uniform))
    return found


def _changes(model: SiameseGNN, inputs: GraphInputs, h: Tensor, x: Tensor) -> bool:
    """Whether other features change the embedding; some may not be read at all, as other types."""
    try:
        return not close(_encoded(model, changed(inputs, x=x)), h)
    except _FAILURES:
        return False


def _types(model: SiameseGNN, seen: Probe, inputs: GraphInputs) -> tuple[int, ...]:
    """Columns of x that matter although no gradient reaches them."""
    if inputs.x.dim() != 2 or not seen.still_columns:
        return ()
    uniform = inputs.x.clone()
    columns = torch.tensor(seen.still_columns, device=uniform.device)
    uniform[:, columns] = uniform[:1, columns]
    if torch.equal(uniform, inputs.x) or close(_encoded(model, changed(inputs, x=uniform)), seen.h):
        return ()
    moving = moving_columns(model, inputs, uniform)
    return tuple(column for column in seen.still_columns if column not in moving)


def _reads_beside(
    found: Contract, model: SiameseGNN, inputs: GraphInputs, uniform: GraphInputs
) -> bool:
    """Whether x still matters if all looked-up embeddings are 0."""
    modules = dict(model.encoder.named_modules())
    with ExitStack() as hooks:
        for name in found.tables:
            faded = only_here(lambda _, __, output: output * 0)
            hooks.callback(modules[name].register_forward_hook(faded).remove)
        return not close(_encoded(model, inputs), _encoded(model, uniform))


def close(one: Tensor, other: Tensor) -> bool:
    """Whether two embeddings are equal up to rounding."""
    if one.shape != other.shape:
        return False
    if not one.numel():
        return True
    size = torch.maximum(one.abs(), other.abs())
    # Column by column, since the rounding of one large coordinate would hide the others.
    rounding = 16 * torch.finfo(one.dtype).eps * size.max()
    allowed = _TOLERANCE.get(one.dtype, 1e-4) * size.amax(0) + rounding
    return bool(((one - other).abs() <= allowed).all()) or bool(
        torch.equal(one.isnan(), other.isnan()) and one.isnan().any()
    )


def difference(one: Tensor, other: Tensor) -> str:
    """Describe the difference between embeddings in a batch and alone."""
    if one.shape != other.shape:
        return f"a batch of two gives {list(one.shape)}, alone {list(other.shape)}"
    gap = float(((one - other).norm() / other.norm().clamp_min(1e-30)).detach())
    return f"in a batch of two, embeddings change by {gap:.2g} of their length"
