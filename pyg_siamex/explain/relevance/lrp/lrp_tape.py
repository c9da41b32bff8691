"""Embeddings of graphs whose derivatives are relevances."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pyg_siamex.data.inputs import GraphInputs
from pyg_siamex.explain.engine.contract.known import contract_of
from pyg_siamex.explain.engine.encoder import encoder_of
from pyg_siamex.explain.relevance.lrp.checks import check_embedding, warn_of_signs
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.gates import encode, gates_of
from pyg_siamex.explain.relevance.lrp.ledger import Ledger
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
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
            too. ``"bias"`` and ``"epsilon"`` are where it is absorbed. A derivative by a feature
            is relevance per unit of the feature, otherwise derivatives are relevances.
        closed: Whether all that is absorbed was booked.
    """

    inputs: GraphInputs
    embedding: Tensor
    tape: Tape
    closed: bool

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
        rule: Gamma, epsilon and kind.
        features: Also relevance by feature.
        messages: Also relevance that flows through messages.
        accounts: Book what biases and the stabiliser absorb.

    Returns:
        One run, or one for each graph if the encoder would mix them in a batch.

    Raises:
        ValueError: If a layer or operation has no rule, or the encoder does something that the
            surrogate does not follow.
    """
    contract = contract_of(model, inputs)
    contract.check(edges=messages)
    contract.check_gradients()
    if messages:
        with encoder_of(model, inputs, edges=True):
            pass  # tries the gates
    parts = [inputs]
    if contract.apart and inputs.num_graphs > 1:
        graphs = torch.arange(inputs.num_graphs, device=inputs.batch.device)
        parts = [inputs.select_graphs(graph) for graph in graphs.split(1)]
    return [_run(model, part, rule, features, messages, accounts) for part in parts]


def _run(
    model: SiameseGNN,
    inputs: GraphInputs,
    rule: GammaRule,
    features: bool,
    messages: bool,
    accounts: bool,
) -> LrpTape:
    padded = inputs if contract_of(model, inputs).apart else _unambiguous(inputs)
    with torch.no_grad():
        true = model.encode(inputs)
    gates = gates_of(padded, true.dtype, features, messages)
    ledger = Ledger(padded, true.dtype) if accounts else None
    gammas = rule.gamma
    if isinstance(gammas, tuple):
        gammas = tuple(rule.schedule(layers_of_run(model, padded)))
    lrp = Propagation(rule, gammas, ledger, gates.node)
    h = encode(model, padded, lrp, gates)[: inputs.num_graphs]
    check_embedding(h, true)
    warn_of_signs(lrp)
    graphs = torch.arange(padded.num_graphs, device=padded.batch.device)
    owners = {"node": padded.batch, "feature": padded.batch, "bias": graphs, "epsilon": graphs}
    ends = gates.ends() | ({} if ledger is None else ledger.gates)
    leaves = {name: Leaf(v, owners.get(name, padded.edge_graph)) for name, v in ends.items()}
    closed = ledger is not None and ledger.complete
    return LrpTape(inputs, true, Tape(h, leaves), closed)


def layers_of_run(model: SiameseGNN, inputs: GraphInputs) -> Sequence[str]:
    """Layer of each linear map of an encoder on some graphs."""
    gates = gates_of(inputs, torch.float)
    lrp = Propagation(GammaRule(), node_gate=gates.node)
    encode(model, inputs, lrp, gates)
    return lrp.layers


def _unambiguous(inputs: GraphInputs) -> GraphInputs:
    """Append single nodes until the number of rows tells nodes, edges and graphs apart."""
    edges = inputs.edge_index.size(1)
    while edges in (len(inputs.x), inputs.num_graphs):
        inputs = inputs.concat(inputs.first_node())
    return inputs
