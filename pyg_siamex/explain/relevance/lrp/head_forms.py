"""Similarity heads as quadratic forms of two embeddings; a learned head by its own LRP."""

import torch
from torch import Tensor, nn

from pyg_siamex.explain.relevance.forms import known_form
from pyg_siamex.explain.relevance.lrp.gamma_rule import GammaRule
from pyg_siamex.explain.relevance.lrp.propagation import Propagation
from pyg_siamex.explain.relevance.lrp.surrogate import surrogate
from pyg_siamex.nn.similarity import Form, Similarity


def head_forms(
    similarity: Similarity, query: Tensor, reference: Tensor, rule: GammaRule | None = None
) -> list[Form]:
    r"""The form of each of B pairs with embeddings ``[B, D]``.

    * dot: :math:`a^\top b`
    * bilinear: :math:`a^\top W b`
    * cosine: :math:`a^\top b / (|a||b|)` with the norms of these embeddings held constant
    * Euclidean: :math:`2 a^\top b - a^\top a - b^\top b`
    * RBF: its logarithm, :math:`\gamma\,(2 a^\top b - a^\top a - b^\top b)`
    * DistMult: :math:`a^\top \mathrm{diag}(r)\, b`
    * a network of :math:`a \odot b`: LRP through it gives a coefficient to each product
    * MLP: LRP through the head gives a coefficient to each of its inputs :math:`a + b` and
      :math:`a \odot b`. Products make the pair term, and sums the terms of one graph.
    * a head of your own: what its ``product_form`` or ``pair_forms`` gives

    Args:
        similarity: The head.
        query: Embeddings of the queries, ``[B, D]``.
        reference: Embeddings of the references, ``[B, D]``.
        rule: Rule for the linear maps of a learned head.

    Raises:
        TypeError: If what the head gives is no form.
        ValueError: If the head has no form, or one of another width or of another function.
    """

    def linearise(network: nn.Module, inputs: Tensor) -> tuple[Tensor, Tensor]:
        return _relevance_slope(similarity, network, inputs, rule or GammaRule())

    known_form(similarity, query, reference)
    found = similarity.pair_forms(query, reference, linearise)
    if found is None:
        raise ValueError(
            f"BiLRP has no rule for the head {type(similarity).__name__}: it knows dot, cosine, "
            f"euclidean, rbf, bilinear, mlp, DistMult and a network of the Hadamard product "
            f"(HadamardSimilarity), and your own where it gives a product_form. "
            f"IntegratedJacobians explains any smooth head"
        )
    return found


def _relevance_slope(
    similarity: Similarity, network: nn.Module, inputs: Tensor, rule: GammaRule
) -> tuple[Tensor, Tensor]:
    """Outputs ``[B]`` of a network in a head, and LRP's coefficient of each input, ``[B, F]``."""
    gamma = rule.gamma[-1] if isinstance(rule.gamma, tuple) else rule.gamma
    lrp = Propagation(rule, gamma)
    path = next((name for name, own in similarity.named_modules() if own is network), "network")
    inputs = inputs.detach().requires_grad_()
    with torch.enable_grad(), surrogate(network, lrp, f"similarity.{path}."):
        out = network(inputs).squeeze(-1)
        lrp.weights.check_unused(out)
    (slope,) = torch.autograd.grad(out.sum(), inputs)
    return out.detach(), slope
