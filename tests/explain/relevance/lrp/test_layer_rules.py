import re
from pathlib import Path

import pytest
import torch
from explain.relevance.lrp.cases import RULES, relative
from explain.relevance.lrp.test_linear_messages import Messages, Own, Two
from explain.relevance.models import Residual, random_graph, siamese
from torch import nn
from torch_geometric.nn import FAConv, GCNConv, GINEConv

from pyg_siamex.explain import register_rule
from pyg_siamex.explain.relevance import GammaRule, lrp_factors


class Doubled(GCNConv):
    def message(self, x_j, edge_weight):
        return 2 * super().message(x_j, edge_weight)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_subclass_that_computes_something_else_has_no_rule_of_its_parent(rule):
    """Twice the messages of a GCN without biases are a GCN with twice the weights."""
    torch.manual_seed(0)
    model = siamese(Two(lambda i, o: Doubled(i, o, bias=False)))
    plain = siamese(Two(lambda i, o: GCNConv(i, o, bias=False)))
    plain.load_state_dict(model.state_dict())
    with torch.no_grad():
        for conv in plain.encoder.children():
            conv.lin.weight.mul_(2)
    inputs = model.inputs(random_graph(0))
    found, expected = lrp_factors(model, inputs, rule)[0], lrp_factors(plain, inputs, rule)[0]
    torch.testing.assert_close(found.node, expected.node)


def test_layers_without_a_rule_are_named_with_what_there_is():
    class Attends(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = FAConv(5)

        def forward(self, x, edge_index):
            return self.conv(x, x, edge_index)

    model = siamese(Attends())
    with pytest.raises(ValueError, match=r"encoder\.conv' \(FAConv\).*GATv2Conv.*register_rule"):
        lrp_factors(model, model.inputs(random_graph(0)), GammaRule())


def own_rule(lrp, conv, value, x, edge_index):
    """The rule of ``Own``, by hand: collect first, then the linear map with its bias."""
    row, col = edge_index
    degree = torch.bincount(col, minlength=len(x)).to(x.dtype).clamp(min=1).rsqrt()
    collected = conv.propagate(edge_index, x=x, norm=degree[row] * degree[col])
    return lrp.linear(collected, conv.lin.weight, conv.bias, value)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_registered_rule_is_used(rule):
    torch.manual_seed(0)
    model = siamese(Two(Own))
    inputs = model.inputs(random_graph(1))
    expected, _ = lrp_factors(model, inputs, rule, messages=True)
    calls = []
    handle = register_rule(Own, lambda *args, **kwargs: calls.append(1) or own_rule(*args))
    try:
        found, _ = lrp_factors(model, inputs, rule, messages=True)
    finally:
        handle.remove()
    assert len(calls) >= 4
    torch.testing.assert_close(found.node, expected.node)
    torch.testing.assert_close(found.edge, expected.edge)


def test_messages_of_operations_with_rules_can_be_registered():
    """A GINE of one's own: it is refused, then has the rule of PyG's."""

    class OwnGINE(GINEConv):
        def message(self, x_j, edge_attr):
            return torch.relu(x_j + edge_attr)

    class OnEdges(nn.Module):
        def __init__(self, kind):
            super().__init__()
            self.conv = kind(nn.Linear(5, 4), edge_dim=None)

        def forward(self, x, edge_index, edge_attr):
            return self.conv(x, edge_index, nn.functional.pad(edge_attr, (0, 2)))

    torch.manual_seed(0)
    model, plain = siamese(OnEdges(OwnGINE)), siamese(OnEdges(GINEConv))
    plain.load_state_dict(model.state_dict())
    inputs = model.inputs(random_graph(1))
    with pytest.raises(ValueError, match="not linear"):
        lrp_factors(model, inputs)
    handle = register_rule(OwnGINE, "operations")
    found, _ = lrp_factors(model, inputs)
    handle.remove()
    torch.testing.assert_close(found.node, lrp_factors(plain, inputs)[0].node)
    with pytest.raises(ValueError, match="not linear"):
        lrp_factors(model, inputs)


def test_rules_can_be_of_any_module_and_of_the_latest_call():
    class Cube(nn.Module):
        def forward(self, x):
            return x**3

    torch.manual_seed(0)
    model = siamese(Residual(lambda w: GCNConv(w, w), activation=Cube()))
    inputs = model.inputs(random_graph(1))
    with pytest.raises(ValueError, match="pow"):
        lrp_factors(model, inputs)
    wrong = register_rule(Cube, lambda lrp, module, value, x: value)
    right = register_rule(Cube, lambda lrp, module, value, x: x * x.detach() ** 2)
    found, _ = lrp_factors(model, inputs)
    total = found.sums() + sum(found.parts.values())
    torch.testing.assert_close(total, found.embedding)
    right.remove()
    with pytest.raises(ValueError, match=r"'encoder.activation' \(Cube\).*no gradient"):
        lrp_factors(model, inputs)
    wrong.remove()


def test_a_subclass_has_a_registered_rule_if_it_computes_the_same():
    class Named(Messages):
        """Another name."""

    class Other(Messages):
        def message(self, x_i, x_j):
            return x_j.relu()

    handle = register_rule(Messages, "operations")
    try:
        for kind, works in ((Named, True), (Other, False)):
            model = siamese(Two(lambda i, o, kind=kind: kind(i, o, lambda a, b: b.relu())))
            if works:
                lrp_factors(model, model.inputs(random_graph(0)))
            else:
                with pytest.raises(ValueError, match="not linear"):
                    lrp_factors(model, model.inputs(random_graph(0)))
    finally:
        handle.remove()


def test_what_is_no_rule_is_refused():
    with pytest.raises(TypeError, match="must be a class"):
        register_rule(nn.Linear(2, 2), "operations")
    with pytest.raises(ValueError, match="'operations'"):
        register_rule(nn.Linear, "messages")


def test_gamma_counts_an_own_layer_once():
    torch.manual_seed(0)
    model = siamese(Two(Own))
    inputs = model.inputs(random_graph(1))
    schedule, _ = lrp_factors(model, inputs, GammaRule((0.5, 0.0)))
    assert relative(schedule.node, lrp_factors(model, inputs, GammaRule(0.0))[0].node) > 1e-3


def test_a_rule_that_sums_by_itself_has_no_edge_masks():
    def sums(lrp, conv, value, x, edge_index):
        row, col = edge_index
        degree = torch.bincount(col, minlength=len(x)).to(x.dtype).clamp(min=1).rsqrt()
        sent = (degree[row] * degree[col]).view(-1, 1) * x[row]
        collected = torch.zeros_like(x).index_add(0, col, sent)
        return lrp.linear(collected, conv.lin.weight, conv.bias, value)

    torch.manual_seed(0)
    model = siamese(Two(Own))
    inputs = model.inputs(random_graph(1))
    expected, _ = lrp_factors(model, inputs)
    handle = register_rule(Own, sums)
    try:
        torch.testing.assert_close(lrp_factors(model, inputs)[0].node, expected.node)
        with pytest.raises(ValueError, match="without calling propagate"):
            lrp_factors(model, inputs, messages=True)
    finally:
        handle.remove()


def test_the_page_of_rules_names_every_layer():
    page = (Path(__file__).parents[4] / "docs" / "relevance_rules.md").read_text()
    with pytest.raises(ValueError, match="BiLRP knows") as error:
        model = siamese(Two(lambda i, o: Messages(i, o, lambda a, b: b.relu())))
        lrp_factors(model, model.inputs(random_graph(0)))
    (names,) = re.findall(r"BiLRP knows (.*?)\. ", str(error.value))
    assert len(names.split(", ")) > 35
    assert not [name for name in names.split(", ") if f"`{name}`" not in page]


NO_RULES = {
    "no arguments": (lambda: None, "must be called as rule.lrp, module, value, ..."),
    "too few": (lambda lrp, conv, value: value, "must be called as rule.lrp, module, value"),
    "another name": (lambda lrp, conv, value, x, *, edges: value, "must be called as rule"),
    "nothing": (lambda lrp, conv, value, x, edge_index: None, "returns NoneType, and must return"),
    "a tuple": (lambda *given: (own_rule(*given),), "returns tuple, and must return a tensor"),
    "a number": (lambda *given: 1.0, "returns 1.0, and must return a tensor equal to `value`"),
    "a column": (lambda *given: own_rule(*given)[:, :1], r"returns \[\d+, 1\], and must"),
    "detached": (lambda *given: own_rule(*given).detach(), "what its rule returns has no gradient"),
}


@pytest.mark.parametrize("wrong", NO_RULES)
def test_a_rule_of_ones_own_that_is_none_is_named_with_its_layer(wrong):
    rule, message = NO_RULES[wrong]
    model = siamese(Two(Own))
    handle = register_rule(Own, rule)
    try:
        with pytest.raises(ValueError, match=rf"layer '.*' \(Own\) .*rule: .*{message}"):
            lrp_factors(model, model.inputs(random_graph(1)), GammaRule())
    finally:
        handle.remove()


def test_errors_inside_a_rule_stay_as_they_are():
    handle = register_rule(Own, lambda lrp, conv, value, x, edge_index: len(3))
    model = siamese(Two(Own))
    try:
        with pytest.raises(TypeError, match="has no len"):
            lrp_factors(model, model.inputs(random_graph(1)), GammaRule())
    finally:
        handle.remove()
