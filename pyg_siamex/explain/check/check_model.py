"""``check_model``: a readable report of how explainers handle a model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch_geometric.data import Batch, Data

from pyg_siamex._door import checked
from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.data.taken_apart import taken_apart
from pyg_siamex.explain.engine.adjacency import check_adjacency
from pyg_siamex.explain.engine.contract.contract import Contract
from pyg_siamex.explain.engine.contract.head_gradient import try_head
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.edges import AS_GIVEN, LOOPS_ADDED, REARRANGED
from pyg_siamex.explain.engine.encoder import embed_alone, encoder_of
from pyg_siamex.explain.engine.guard import untouched
from pyg_siamex.nn.finite import told_of_embeddings
from pyg_siamex.nn.siamese import SiameseGNN
from pyg_siamex.nn.signature import CORE, Call

OK, _HANDLED, REFUSED = "ok", "handled", "refused"


@dataclass(frozen=True)
class Finding:
    """One line of a report.

    Attributes:
        check: What was checked.
        status: ``"ok"``, ``"handled"`` (explained correctly, in another way) or ``"refused"``
            (such an explanation raises an error).
        message: What was observed.
    """

    check: str
    status: str
    message: str


@dataclass
class ModelCheck:
    """The result of :func:`check_model`.

    Attributes:
        model: The encoder's class.
        findings: The lines of the report.
    """

    model: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether no kind of mask is refused."""
        return all(finding.status != REFUSED for finding in self.findings)

    def __str__(self) -> str:
        """The report as aligned lines."""
        width = max((len(f.check) for f in self.findings), default=0)
        lines = [f"{f.status:8s} {f.check:{width}s}  {f.message}" for f in self.findings]
        return "\n".join([f"SiameseGNN around {self.model}", *lines])


@checked
def check_model(model: SiameseGNN, graphs: Sequence[Data] | Batch | Data) -> ModelCheck:
    """Run a model on a few graphs and report how it can be explained.

    Every explainer runs the same checks at its first call, and refuses by name what it cannot
    explain.

    Args:
        model: The model; left unchanged.
        graphs: One graph or more, preferably two different ones.

    Returns:
        A report to print.

    Raises:
        TypeError: If ``model`` is not a :class:`~pyg_siamex.nn.SiameseGNN`, or ``graphs`` is empty.
        ValueError: If the graphs cannot be joined, or hold values that are not finite. What the
            encoder cannot read is reported as refused.

    Example:
        >>> print(check_model(model, [query, reference]))
        SiameseGNN around GIN
        ok       inputs ...
        ok       edge masks           act on the messages of all layers
        ok       node masks           act on x, [42] torch.float32
    """
    if not isinstance(model, SiameseGNN):
        raise TypeError(
            f"model must be a SiameseGNN, got {type(model).__name__}: wrap the encoder, "
            f"SiameseGNN(encoder, pool=..., similarity=...)"
        )
    items = _listed(graphs, model.extra_inputs)
    report = ModelCheck(type(model.encoder).__name__)
    with untouched(model):
        inputs = model.inputs_of(items)
        report.findings.append(_inputs(model, items, inputs))
        report.findings += _adjacency(model, items)
        try:
            contract = contract_of(model, inputs)
        except ValueError as error:
            report.findings.append(Finding("a function of one graph", REFUSED, str(error)))
            return report
        with torch.no_grad():
            wrong = told_of_embeddings(embed_alone(model, inputs), inputs)
    if wrong is not None:
        report.findings.append(Finding("embeddings", REFUSED, wrong))
        return report
    report.findings += [_apart(contract), *_layers(contract), *_masks(contract, inputs)]
    if all(finding.status != REFUSED for finding in report.findings):
        with untouched(model):
            report.findings += _trials(model, inputs, contract)
    return report


def _listed(graphs: Sequence[Data] | Batch | Data, reads: Sequence[str]) -> list[Data]:
    if isinstance(graphs, Batch):
        return taken_apart(graphs, reads)
    items = [graphs] if isinstance(graphs, Data) else list(graphs)
    if not items or not all(isinstance(graph, Data) for graph in items):
        raise TypeError("graphs must be one torch_geometric Data or several")
    return items


def _inputs(model: SiameseGNN, graphs: list[Data], inputs: GraphInputs) -> Finding:
    call = Call.of(model.encoder)
    given = ["x", "edge_index", *inputs.extras, *inputs.constants]
    given += [name for name in call.names if name in CORE]
    missing = [n for n in call.names if n not in given and not n.startswith("num_sampled")]
    keys = sorted(graphs[0].keys())  # PyG gives them in an order of its own every time
    unread = [key for key in keys if key not in (*given, "adj_t", "num_nodes")]
    message = f"given {', '.join(given)}"
    if missing:
        message += f"; the graphs have no {', '.join(missing)}"
    if unread:
        message += f"; not read: {', '.join(unread)}"
    return Finding("inputs", OK, message)


def _adjacency(model: SiameseGNN, graphs: list[Data]) -> list[Finding]:
    sparse = [g for g in graphs if g.edge_index is None and g.get("adj_t") is not None]
    if not sparse:
        return []
    try:
        check_adjacency(model, sparse[0])
    except ValueError as error:
        return [Finding("adj_t", REFUSED, str(error))]
    return [Finding("adj_t", _HANDLED, "read as edges, with the same embedding")]


def _apart(contract: Contract) -> Finding:
    name = "alone as in a batch"
    if not contract.apart:
        return Finding(name, OK, "the same embeddings")
    return Finding(
        name, _HANDLED, f"{contract.why_apart}: graphs are encoded one at a time, as if alone"
    )


def _layers(contract: Contract) -> list[Finding]:
    found: dict[str, Finding] = {}
    for record in contract.edges:
        status = {AS_GIVEN: OK, LOOPS_ADDED: OK, REARRANGED: _HANDLED}.get(record.kind, REFUSED)
        message = {
            AS_GIVEN: "receives the graph's edges",
            LOOPS_ADDED: "receives the graph's edges and self loops",
            REARRANGED: "receives edges rearranged: masks follow them",
        }.get(record.kind, f"{record.kind}: no edge mask")
        if record.layer not in found or status == REFUSED:
            found[record.layer] = Finding(f"layer {record.layer}", status, message)
    return list(found.values())


def _masks(contract: Contract, inputs: GraphInputs) -> list[Finding]:
    out = []
    for name, arguments in (("edge masks", {"edges": True}), ("node masks", {"nodes": True})):
        if name == "edge masks" and not contract.layers:
            message = "the encoder has no MessagePassing layer"
            out.append(Finding(name, REFUSED, message))
            continue
        try:
            contract.check(**arguments)
        except ValueError as error:
            out.append(Finding(name, REFUSED, str(error)))
            continue
        out.append(_allowed(name, contract, inputs))
    if contract.recomputes:
        message = "the encoder runs again in the backward pass (checkpointing)"
        out.append(Finding("gradient methods", REFUSED, message))
    return out


def _trials(model: SiameseGNN, inputs: GraphInputs, contract: Contract) -> list[Finding]:
    """What gates and gradients are refused for, found where an explainer first uses them."""
    edges = bool(contract.layers)
    try:
        with torch.no_grad(), encoder_of(model, inputs, edges=edges, nodes=True):
            pass
    except ValueError as error:
        return [Finding("edge masks", REFUSED, str(error))]
    try:
        with torch.enable_grad(), encoder_of(model, inputs, edges=edges, nodes=True):
            try_head(model, contract)
    except ValueError as error:
        return [Finding("gradient methods", REFUSED, str(error))]
    return []


def _allowed(name: str, contract: Contract, inputs: GraphInputs) -> Finding:
    if name == "edge masks":
        return Finding(name, OK, "act on the messages of all layers")
    if contract.discrete:
        tables = ", ".join(f"'{table}'" for table in contract.tables)
        message = f"act on what x looks up in {tables}: node_mask_type='object' alone"
        return Finding(name, _HANDLED, message)
    return Finding(name, OK, f"act on x, {list(inputs.x.shape[1:])} {inputs.x.dtype}")
