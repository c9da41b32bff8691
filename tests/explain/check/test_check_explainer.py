"""Every explainer of the library keeps its promises, and broken ones are noticed."""

import contextlib
import inspect

import pytest
import torch
from explain.check.broken import BROKEN, Changed, NodeGradient
from torch import nn
from torch_geometric.explain import GNNExplainer
from torch_geometric.nn import GCN, GIN
from torch_geometric.transforms import ToSparseTensor

import pyg_siamex.explain
from pyg_siamex import SiameseGNN
from pyg_siamex.explain import (
    FromPyG,
    GroupOcclusion,
    IntegratedGradients,
    IntegratedJacobians,
    MaskOptimization,
    Occlusion,
    PairAlgorithm,
    SelfLearned,
    ShapleySampling,
)
from pyg_siamex.explain.check import CHECKS, MASK_KINDS, check_explainer, trial_graphs
from pyg_siamex.explain.self_learned.solver import DescentAscent, KLDescent

ARGUMENTS = {
    "FromPyG": lambda: FromPyG(GNNExplainer(epochs=3)),
    "GroupOcclusion": lambda: GroupOcclusion("group"),
    "IntegratedGradients": lambda: IntegratedGradients(4),
    "IntegratedJacobians": lambda: IntegratedJacobians(4, path="both"),
    "MaskOptimization": lambda: MaskOptimization(epochs=5),
    "SelfLearned": lambda: SelfLearned(DescentAscent(steps=5)),
    "ShapleySampling": lambda: ShapleySampling(1),
}
"""Arguments that an algorithm needs, or that make it quick; no others are made with arguments."""

ALGORITHMS = [
    name
    for name in pyg_siamex.explain.__all__
    if inspect.isclass(kind := getattr(pyg_siamex.explain, name))
    and issubclass(kind, PairAlgorithm)
    and kind is not PairAlgorithm
]
QUICK = ("nodes", "edges", "nodes and undirected edges")


def built(name):
    return ARGUMENTS.get(name, getattr(pyg_siamex.explain, name))()


def graphs(dtype=torch.float64):
    """Graphs with what the algorithms read besides features and edges."""
    out = trial_graphs(dtype=dtype)
    for graph in out:
        graph.group = torch.arange(graph.num_nodes) % 3
        graph.node_truth = torch.arange(graph.num_nodes) % 2
        graph.edge_truth = torch.arange(graph.num_edges) % 2 == 0
    return out


def test_the_algorithms_are_those_of_the_library():
    assert len(ALGORITHMS) >= 14
    assert set(ARGUMENTS) <= set(ALGORITHMS)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_explainer_of_the_library_passes(name):
    quick = [check for check in CHECKS if check != "untouched after errors"]
    assert check_explainer(built(name), graphs=graphs(), masks=QUICK, checks=quick).ok
    slow = ["untouched after errors"]
    assert check_explainer(built(name), graphs=graphs(), masks=["nodes"], checks=slow).ok


@pytest.mark.slow
@pytest.mark.parametrize("masks", list(MASK_KINDS))
@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_explainer_of_the_library_passes_with_every_kind_of_mask(name, masks):
    torch.manual_seed(0)
    model = SiameseGNN(GCN(6, 8, 2).double(), pool="mean", similarity="cosine")
    report = check_explainer(built(name), model, graphs=graphs(), masks=[masks], on_fail=None)
    assert not report.failures, str(report)


@pytest.mark.slow
def test_the_other_solver_passes():
    check_explainer(SelfLearned(KLDescent(steps=5)))


def test_a_good_explainer_of_nobodys_library_passes():
    report = check_explainer(NodeGradient(), masks=["nodes", "edges"])
    assert report.ok
    refused = [row.check for row in report.of("refused")]
    assert refused == ["integer features", "explains"]


@pytest.fixture
def _everything_put_back():
    """What broken explainers leave in the process."""
    hooks = dict(nn.modules.module._global_forward_hooks)
    yield
    torch.set_default_dtype(torch.float32)
    nn.modules.module._global_forward_hooks.clear()
    nn.modules.module._global_forward_hooks.update(hooks)


@pytest.mark.usefixtures("_everything_put_back")
@pytest.mark.parametrize("kind", list(BROKEN), ids=lambda kind: kind.__name__)
def test_a_broken_explainer_is_noticed(kind):
    with pytest.raises(AssertionError, match=rf"failed: {BROKEN[kind]} \["):
        check_explainer(kind(), checks=[BROKEN[kind]], masks=QUICK)


def test_every_check_notices_a_broken_explainer():
    assert set(BROKEN.values()) == set(CHECKS)


def broken_checks(algorithm, model=None):
    report = check_explainer(algorithm, model, masks=["nodes"], on_fail=None)
    return {row.check for row in report.failures}


class AddsNothing(Changed):
    def change(self, mask, problem, side):
        return mask


def test_what_passes_by_itself_is_not_blamed():
    assert broken_checks(AddsNothing()) == set()


class LeavesAHook(AddsNothing):
    def change(self, mask, problem, side):
        problem.model.encoder.register_forward_hook(lambda *_: None)
        return mask


def test_what_the_guard_undoes_is_no_failure():
    assert broken_checks(LeavesAHook()) == set()


def test_hooks_modes_and_flags_are_noticed_without_the_guard(monkeypatch):
    @contextlib.contextmanager
    def unguarded(model):
        model.eval().requires_grad_(False)
        yield

    monkeypatch.setattr("pyg_siamex.explain.explainer.untouched", unguarded)
    report = check_explainer(
        LeavesAHook(), checks=["model untouched"], masks=["nodes"], on_fail=None
    )
    (row,) = report.failures
    for seen in ("training", "_forward_hooks", "requires_grad"):
        assert seen in row.message or "more" in row.message


class RefusesAll(PairAlgorithm):
    def check(self, problem):
        raise ValueError("there is nothing that it explains")

    def attribute(self, problem):
        raise NotImplementedError


def test_refusing_everything_is_not_passing():
    report = check_explainer(RefusesAll(), on_fail=None)
    assert report.status == "refused" and not report.ok and not report.failures
    with pytest.raises(AssertionError, match="there is nothing that it explains"):
        check_explainer(RefusesAll())


class TorchError(PairAlgorithm):
    def attribute(self, problem):
        return torch.zeros(3).view(2, 2)


class PythonError(PairAlgorithm):
    def attribute(self, problem):
        first, second = [1]
        return first + second


@pytest.mark.parametrize("kind", [TorchError, PythonError])
def test_an_error_that_nobody_wrote_for_the_user_is_no_refusal(kind):
    report = check_explainer(kind(), masks=["nodes"], on_fail=None)
    assert report.status == "failed"
    assert f"in {kind.__name__}.attribute" in report.failures[0].message


def test_a_stochastic_explainer_is_not_asked_for_symmetry():
    algorithm = AddsNothing()
    algorithm.stochastic = True
    report = check_explainer(algorithm, masks=["edges"])
    unasked = {row.check for row in report.of("not applicable")}
    assert unasked == {"renumbered nodes", "reordered edges", "swapped sides", "completeness"}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_models_of_any_precision_can_be_checked(dtype):
    torch.manual_seed(0)
    model = SiameseGNN(GIN(6, 8, 2).to(dtype), pool="mean", similarity="dot")
    assert check_explainer(Occlusion(), model, masks=["nodes"]).ok


def test_kinds_of_masks_of_edge_weights_are_for_encoders_that_take_them():
    weights = ["edge weights", "undirected edge weights", "nodes and edge weights"]
    model = SiameseGNN(GCN(6, 8, 2).double())
    rows = check_explainer(Occlusion(), model, masks=weights, checks=["shapes"]).rows
    assert list(dict.fromkeys(row.masks for row in rows)) == weights
    assert check_explainer(Occlusion(), masks=weights, checks=["shapes"], on_fail=None).rows == ()


class OrderedEncoder(nn.Module):
    """Reads nodes by position."""

    def __init__(self):
        super().__init__()
        self.gin = GIN(6, 8, 2)

    def forward(self, x, edge_index):
        place = torch.linspace(0, 1, len(x), dtype=x.dtype).view(-1, 1)
        return self.gin(x + place, edge_index)


class Asymmetric(nn.Module):
    def forward(self, a, b):
        return (a * b.roll(1, dims=-1)).sum(-1)


def test_what_the_model_breaks_itself_is_not_asked_of_the_explainer():
    model = SiameseGNN(OrderedEncoder().double(), similarity=Asymmetric())
    checks = ["renumbered nodes", "swapped sides"]
    report = check_explainer(NodeGradient(), model, checks=checks, masks=["nodes"])
    assert [row.check for row in report.of("not applicable")] == checks


def test_the_model_is_copied():
    model = SiameseGNN(GIN(6, 8, 2).double()).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    scales = next(kind for kind in BROKEN if kind.__name__ == "ScalesAWeight")
    check_explainer(scales(), model, masks=["nodes"], on_fail=None)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training


def test_the_report_reads_as_text_and_as_a_table():
    report = check_explainer(NodeGradient(), masks=["nodes", "edges"], on_fail=None)
    assert str(report).startswith("NodeGradient: ok, ")
    assert "refused: explains [edges]: NodeGradient scores nodes" in str(report)
    frame = report.to_frame()
    assert list(frame.columns) == ["check", "masks", "status", "message"]
    assert len(frame) == len(report.rows)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"algorithm": Occlusion}, TypeError, "must be a PairAlgorithm .got the class Occlusion"),
        ({"checks": ["speed"]}, ValueError, "unknown checks"),
        ({"masks": ["faces"]}, ValueError, "unknown masks"),
        ({"checks": []}, ValueError, "`checks` is empty: leave it out"),
        ({"masks": []}, ValueError, "`masks` is empty: leave it out"),
        ({"graphs": trial_graphs()[:2]}, ValueError, "at least 3"),
        ({"on_fail": "warn"}, ValueError, "on_fail"),
    ],
)
def test_arguments_are_checked(arguments, error, message):
    with pytest.raises(error, match=message):
        check_explainer(**{"algorithm": Occlusion(), **arguments})


def test_graphs_with_a_sparse_matrix_of_edges_alone_are_checked():
    plain = trial_graphs()
    graphs = [ToSparseTensor()(graph.clone()) for graph in plain]
    checks = {"masks": ["nodes"], "checks": ["shapes", "odd graphs"]}
    report = check_explainer(Occlusion(), graphs=graphs, **checks)
    assert str(report) == str(check_explainer(Occlusion(), graphs=plain, **checks))
    assert all(graph.edge_index is None for graph in graphs)


def test_a_kind_of_mask_that_is_named_often_is_checked_once():
    once, often = (
        check_explainer(Occlusion(), masks=["nodes"] * times, checks=["finite"] * times)
        for times in (1, 1000)
    )
    assert often == once
