"""Embeddings of graphs whose derivatives are relevances."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.engine.like import check_precision
from pyg_siamex.explain.relevance.lrp.checks import ALLOWED, check_embedding, lost, warn_of_signs
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.ledger import Ledger
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.explain.relevance.lrp.relevance_gates import Gates, encode, gates_of
from pyg_siamex.explain.relevance.node_shares import NodeShares, feature_parts, unambiguous
from pyg_siamex.explain.relevance.tape import Leaf, Tape
from pyg_siamex.nn.siamese import SiameseGNN


@dataclass(frozen=True)
class LrpTape:
    """A run of an encoder's surrogate on G graphs.

    Attributes:
        inputs: The graphs.
        embedding: Embeddings, ``[G, D]``, without gradients.
        tape: The same with gradients. Leaves ``"node"`` ``[N']``, ``"feature"`` ``[N', F]``,
            ``"edge"`` and ``"message"`` ``[E]`` are where relevance ends; N' counts appended nodes
            too. ``"bias"``, unless biases belong to nodes, and ``"epsilon"`` are where it is
            absorbed. A derivative by a feature is relevance per unit of the feature, otherwise
            derivatives are relevances.
        closed: Whether all that is absorbed was booked.
    """

    inputs: GraphInputs
    embedding: Tensor
    tape: Tape
    closed: bool

    @cached_property
    def carried(self) -> dict[str, Tensor]:
        """What inputs carry of each embedding coordinate and what else absorbs, ``[G, D]``."""
        return self.tape.carried([name for name in self.tape.leaves if name != "feature"])

    def parts(self) -> list[Tensor]:
        """Parts that sum to the embedding, ``[G, D]`` each."""
        return [part for name, part in self.carried.items() if name != "message"]

    def relevance(self, found: dict[str, Tensor]) -> dict[str, Tensor]:
        """Derivatives by leaves as relevances of the graphs' own nodes, features and edges."""
        nodes, out = len(self.inputs.x), dict(found)
        if "node" in out:
            out["node"] = out["node"][..., :nodes]
        if "feature" in out:
            out["feature"] = out["feature"][..., :nodes, :] * self.inputs.x.detach()
        return out


def lrp_tapes(
    model: SiameseGNN,
    inputs: GraphInputs,
    rule: GammaRule,
    *,
    features: bool = False,
    messages: bool = False,
    accounts: bool = True,
) -> list[LrpTape]:
    """Run the surrogate on a union of graphs, inside ``untouched(model)``.

    Args:
        model: The Siamese model.
        inputs: The graphs.
        rule: Gamma, epsilon, kind and attention.
        features: Also relevance by feature.
        messages: Also relevance that flows through messages.
        accounts: Book what biases and the stabiliser absorb.

    Returns:
        One run, or one for each graph if the encoder would mix them in a batch, or if a batch does
        not tell which graph a bias is of.

    Raises:
        ValueError: If a layer or operation has no rule, the encoder does something that the
            surrogate does not follow, or computes in half precision.
    """
    contract = contract_of(model, inputs)
    contract.check(edges=messages)
    contract.check_gradients()
    check_precision(model, inputs)
    if messages:
        with encoder_of(model, inputs, edges=True):
            pass  # tries the gates
    accounts = accounts or rule.biases == "nodes"
    arguments = (rule, features, messages, accounts)
    graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
    if len(graphs) == 1 or not contract.apart:
        run = _run(model, inputs, *arguments)
        if not accounts or (len(graphs) == 1 and rule.biases == "apart"):
            return [run]
        if run.closed and lost(run.embedding, run.parts()) <= ALLOWED:
            return [run]
        # Rows that are part of the nodes do not say which graph they are of.
    parts = [inputs.select_graphs(graph) for graph in graphs.split(1)]
    return [_run(model, part, *arguments, alone=True) for part in parts]


def _run(
    model: SiameseGNN,
    inputs: GraphInputs,
    rule: GammaRule,
    features: bool,
    messages: bool,
    accounts: bool,
    alone: bool = False,
) -> LrpTape:
    gammas = rule.gamma
    alone = alone or (inputs.num_graphs == 1 and rule.biases == "apart")
    if alone or isinstance(gammas, tuple):
        found = met(model, inputs, rule)
        gammas = tuple(rule.schedule(found.layers))
        alone = alone and not found.looks_up
    padded = inputs if alone or contract_of(model, inputs).apart else unambiguous(inputs)
    with torch.no_grad():
        true = model.encode(inputs.with_own_x())
    gates = gates_of(padded, true.dtype, features, messages)
    ledger = None
    if accounts:
        of_nodes = _of_nodes(model, padded, gates) if rule.biases == "nodes" else None
        ledger = Ledger(padded, true.dtype, of_nodes)
    lrp = Propagation(rule, gammas, ledger, gates.node, messages, padded.num_graphs)
    h = encode(model, padded, lrp, gates)[: inputs.num_graphs]
    check_embedding(h, true)
    warn_of_signs(lrp)
    graphs = torch.arange(padded.num_graphs, device=padded.batch.device)
    owners = {"node": padded.batch, "feature": padded.batch, "bias": graphs, "epsilon": graphs}
    ends = gates.ends() | ({} if ledger is None else ledger.gates)
    leaves = {name: Leaf(v, owners.get(name, padded.edge_graph)) for name, v in ends.items()}
    closed = ledger is not None and ledger.complete
    return LrpTape(inputs, true, Tape(h, leaves), closed)


def _of_nodes(model: SiameseGNN, inputs: GraphInputs, gates: Gates) -> tuple[Tensor, NodeShares]:
    """Gates for what biases absorb at nodes: the nodes' own, and shares of their features'.

    A node's features that are not 0 have equal shares.
    """
    gate = gates.node
    if gates.feature is not None:
        x = inputs.x.detach()
        # Relevance by a feature is the derivative times x.
        gate = gate + (gates.feature * torch.where(x == 0, x, feature_parts(x) / x)).sum(1)
    return gate, NodeShares.of_model(model, inputs)


def met(model: SiameseGNN, inputs: GraphInputs, rule: GammaRule) -> Propagation:
    """A run of the encoder that only finds out what there is, inside ``untouched(model)``."""
    gates = gates_of(inputs, torch.float)
    lrp = Propagation(rule, node_gate=gates.node)
    encode(model, inputs, lrp, gates)
    return lrp
