import pandas as pd
import pytest
import torch
from graphs import ENCODERS, edgeless_graph, random_graph
from metric.planted import explained, planted_graph, planted_model, planted_truth
from scipy.stats import spearmanr

from pyg_siamex import InputXGradient, Occlusion, PairExplainer, RandomExplainer, SiameseGNN, metric
from pyg_siamex.explain import PairAlgorithm
from pyg_siamex.explain.engine.masked_pairs import MaskedPairs
from pyg_siamex.explain.engine.problem import Attribution
from pyg_siamex.metric import (
    MEASURES,
    Column,
    evaluate,
    fidelity,
    ground_truth_auroc,
    insertion_deletion,
    robust_fidelity,
    summarise,
)

EDGES = {"edge_mask_type": "object"}
QUERIES = [planted_graph(2), planted_graph(4, 20), planted_graph(3, 12)]
REFERENCES = [planted_graph(3)] * 3
TRUTH = [planted_truth(graph) for graph in QUERIES]


class FromGlobalGenerator(PairAlgorithm):
    """An algorithm with a random start, as PyG's have."""

    def attribute(self, problem):
        pairs = MaskedPairs(problem)
        return Attribution(*pairs.split({n: torch.rand_like(m) for n, m in pairs.ones().items()}))


@pytest.fixture
def explainer(model):
    return PairExplainer(model, Occlusion(), **EDGES)


def value(frame, **where):
    for name, wanted in where.items():
        frame = frame[frame[name] == wanted]
    return frame["value"].tolist()


def test_a_tidy_row_for_every_pair_method_seed_and_measure(explainer):
    frame = evaluate({"occlusion": explainer}, QUERIES, REFERENCES, truth=TRUTH, seeds=(0, 1))
    assert list(frame.columns) == ["pair", "method", "seed", "measure", "value"]
    assert not frame.duplicated(["pair", "method", "seed", "measure"]).any()
    assert set(frame["method"]) == {"occlusion", "random", "oracle"}
    for measure in ("AUROC", "insertion - deletion", "robust fidelity", "fidelity+"):
        assert len(value(frame, method="occlusion", measure=measure)) == 6
        assert len(value(frame, method="random", measure=measure)) == 6
        assert len(value(frame, method="oracle", measure=measure)) == 3


def test_values_are_those_of_the_measures(explainer, model):
    frame = evaluate(
        {"it": explainer}, QUERIES, REFERENCES, truth=TRUTH, share=0.3, steps=7, draws=9, seed=4
    )
    explanations = explainer.explain(QUERIES, REFERENCES)
    curves = insertion_deletion(model, explanations, steps=7, seed=4)
    expected = {
        "insertion - deletion": curves.difference,
        "fidelity+": fidelity(model, explanations, share=0.3, seed=4).plus,
        "robust fidelity+": robust_fidelity(model, explanations, share=0.3, draws=9, seed=4).plus,
        "AUROC": [
            ground_truth_auroc(e.query.edge_mask, truth)
            for e, truth in zip(explanations, TRUTH, strict=True)
        ],
    }
    for measure, values in expected.items():
        assert value(frame, method="it", measure=measure) == pytest.approx(
            [float(v) for v in values]
        )


def test_a_perfect_method_is_the_oracle_and_random_is_worse(explainer):
    table = summarise(evaluate(explainer, QUERIES, REFERENCES, truth=TRUTH, seeds=range(5)))
    means = table.pivot(index="method", columns="measure", values="mean")
    assert set(means.index) == {"Occlusion", "random", "oracle"}
    for measure in ("AUROC", "insertion - deletion", "robust fidelity", "sparse fidelity"):
        assert means.loc["Occlusion", measure] == pytest.approx(means.loc["oracle", measure])
        assert means.loc["random", measure] < means.loc["oracle", measure] - 0.05


def test_methods_of_every_kind(model, explainer):
    finished = explainer.explain(QUERIES, REFERENCES)
    methods = {
        "explainer": explainer,
        "maker": lambda seed: PairExplainer(model, RandomExplainer(seed + 7), **EDGES),
        "finished": finished,
        "by seed": {0: finished, 1: finished},
    }
    frame = evaluate(methods, QUERIES, REFERENCES, seeds=(0, 1), measures=["insertion_deletion"])
    seeds = frame.groupby("method")["seed"].unique().map(list).to_dict()
    both = [0, 1]
    assert seeds == {
        "explainer": both,
        "maker": both,
        "finished": [0],
        "by seed": both,
        "random": both,
    }
    one, two = (value(frame, method="maker", measure="insertion", seed=seed) for seed in both)
    assert one != two
    alone = evaluate(finished, model=model, measures=["insertion_deletion"])
    assert set(alone["method"]) == {"Occlusion", "random"}
    assert value(alone, method="Occlusion", measure="insertion") == value(
        frame, method="finished", measure="insertion"
    )


def test_seeds_reach_the_global_generator_and_leave_it_alone(model):
    explainer = PairExplainer(model, FromGlobalGenerator(), **EDGES)
    torch.manual_seed(11)
    state = torch.get_rng_state()
    run = [
        evaluate({"it": explainer}, QUERIES, REFERENCES, seeds=(0, 1), measures=["fidelity"])
        for _ in range(2)
    ]
    assert torch.equal(state, torch.get_rng_state())
    pd.testing.assert_frame_equal(*run)
    one, two = (value(run[0], method="it", measure="fidelity-", seed=seed) for seed in (0, 1))
    assert one != two


def test_seed_floor_is_the_agreement_between_seeds(model, explainer):
    noise = PairExplainer(model, FromGlobalGenerator(), **EDGES)
    methods = {"noise": noise, "occlusion": explainer}
    frame = evaluate(methods, QUERIES, REFERENCES, seeds=(0, 1), measures=[])
    masks = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        masks.append([e.query.edge_mask for e in noise.explain(QUERIES, REFERENCES)])
    expected = [spearmanr(a, b).statistic for a, b in zip(*masks, strict=True)]
    assert value(frame, method="noise", measure="seed floor", seed=0) == pytest.approx(expected)
    assert value(frame, method="occlusion", measure="seed floor") == pytest.approx([1] * 6)


def test_stability_over_the_references_of_a_query():
    model = SiameseGNN(ENCODERS["GIN"](), "add")
    queries = [random_graph(6, 1), random_graph(5, 2), random_graph(6, 1), random_graph(6, 1)]
    references = [random_graph(4, seed) for seed in (3, 4, 5, 6)]
    explainer = PairExplainer(model, InputXGradient(), **EDGES)
    frame = evaluate(
        {"it": explainer},
        queries,
        references,
        measures=[],
        query_ids=["a", "b", "a", "a"],
        reference_labels=[0, 0, 0, 1],
    )
    masks = [e.query.edge_mask for e in explainer.explain(queries, references)]
    rho = {(i, j): spearmanr(masks[i], masks[j]).statistic for i in (0, 2, 3) for j in (0, 2, 3)}
    nan = float("nan")
    stable = value(frame, method="it", measure="stability")
    assert stable == pytest.approx([rho[0, 2], nan, rho[0, 2], nan], nan_ok=True)
    other = value(frame, method="it", measure="other class")
    assert other == pytest.approx(
        [rho[0, 3], nan, rho[2, 3], (rho[0, 3] + rho[2, 3]) / 2], nan_ok=True
    )
    spread = value(frame, method="it", measure="spread")
    assert spread[0] == spread[2] == spread[3] and spread[1] != spread[1]


def test_all_methods_are_measured_on_the_same_elements(model):
    methods = {
        "edges": PairExplainer(model, Occlusion(), **EDGES),
        "nodes": PairExplainer(model, Occlusion(), node_mask_type="object"),
    }
    frame = evaluate(methods, QUERIES, REFERENCES, truth=TRUTH, measures=["ground_truth"])
    assert value(frame, method="nodes", measure="AUROC") == [1, 1, 1]  # the mean of both ends
    nodes = [graph.x[:, 0] > 0 for graph in QUERIES]
    frame = evaluate(
        methods, QUERIES, REFERENCES, truth=nodes, elements="node", measures=["ground_truth"]
    )
    assert value(frame, method="edges", measure="AUROC") == [1, 1, 1]  # the strongest edge


def test_pairs_without_truth_or_effect_are_undefined_not_left_out(model, explainer):
    queries = [*QUERIES, planted_graph(0, 5), _without_edges()]
    references = [*REFERENCES, planted_graph(3), planted_graph(3)]
    truth = [TRUTH[0], None, torch.ones(12), torch.zeros(5), torch.zeros(0)]
    frame = evaluate({"it": explainer}, queries, references, truth=truth)
    table = summarise(frame).set_index(["method", "measure"])
    assert table.loc[("it", "AUROC"), ["pairs", "undefined"]].tolist() == [1, 4]
    assert table.loc[("oracle", "fidelity+"), ["pairs", "undefined"]].tolist() == [1, 4]
    assert table.loc[("it", "fidelity+"), ["pairs", "undefined"]].tolist() == [3, 2]
    assert frame.groupby(["method", "measure"]).size().eq(5).all()


def _without_edges():
    graph = edgeless_graph(2, torch.double)
    graph.x = graph.x[:, :2]
    del graph.edge_attr
    return graph


@pytest.mark.parametrize("side", ["query", "reference", "both"])
@pytest.mark.parametrize(
    ("masks", "elements"),
    [({"edge_mask_type": "object"}, "edge"), ({"node_mask_type": "object"}, "node")],
)
def test_every_side_and_kind_of_element(model, side, masks, elements):
    def truth(graph):
        return planted_truth(graph) if elements == "edge" else graph.x[:, 0] > 0

    references = [planted_graph(3, 15), planted_graph(4, 12), planted_graph(3, 12)]
    parts = {
        "query": [truth(graph) for graph in QUERIES],
        "reference": [truth(graph) for graph in references],
    }
    parts["both"] = list(zip(parts["query"], parts["reference"], strict=True))
    frame = evaluate(
        {"it": PairExplainer(model, Occlusion(), **masks)},
        QUERIES,
        references,
        truth=parts[side],
        side=side,
    )
    means = summarise(frame).set_index(["method", "measure"])["mean"]
    assert means["it", "AUROC"] == means["oracle", "AUROC"] == 1
    for measure in ("insertion - deletion", "robust fidelity", "fidelity+"):
        assert means["it", measure] == pytest.approx(means["oracle", measure])
        assert means["it", measure] > means["random", measure]


def test_conformity_to_given_orders(explainer):
    relation = torch.tensor([[0, 9], [9, 0], [0, 5]])  # edge 0 is of the motif
    frame = evaluate(
        {"it": explainer},
        QUERIES,
        REFERENCES,
        orders=[relation, None, relation[:0]],
        measures=["conformity"],
    )
    nan = float("nan")
    assert value(frame, method="it", measure="conformity") == pytest.approx(
        [2 / 3, nan, nan], nan_ok=True
    )


def test_an_oracle_of_the_caller_is_welcome_where_no_truth_is_given(model):
    masks = {"oracle": PairExplainer(model, Occlusion(), **EDGES)}
    frame = evaluate(masks, QUERIES, REFERENCES, measures=["fidelity"])
    assert set(frame["method"]) == {"oracle", "random"}
    with pytest.raises(ValueError, match="'oracle' is measured in any case"):
        evaluate(masks, QUERIES, REFERENCES, truth=TRUTH)


def test_own_measures(model, explainer):
    def size(measured):
        return {"edges": torch.tensor([e.query.num_edges for e in measured.explanations])}

    frame = evaluate({"it": explainer}, QUERIES, REFERENCES, measures=[size])
    assert value(frame, method="it", measure="edges") == [10, 20, 12]


def test_node_and_feature_masks(model):
    for kind in ("object", "attributes", "common_attributes"):
        explainer = PairExplainer(model, Occlusion(), node_mask_type=kind)
        frame = evaluate({"it": explainer}, QUERIES, REFERENCES)
        best, random = (
            sum(value(frame, method=name, measure="insertion - deletion"))
            for name in ("it", "random")
        )
        assert best > random


def test_bad_input_is_named_before_work(model, explainer, monkeypatch):
    monkeypatch.setattr(Occlusion, "attribute", lambda *_: pytest.fail("worked"))
    cases = [
        ({"measures": ["fidelity", "simplicity", "fidelity"]}, "`measures` has 'fidelity' twice"),
        ({"measures": ["beauty"]}, "no measure 'beauty': choose from ground_truth"),
        ({"truth": TRUTH[::-1]}, "the truth has shape \\[12\\]"),
        ({"truth": TRUTH[:1]}, "truth has 1 entries for 3 pairs"),
        ({"orders": [None, None, torch.tensor([[0, 12]])]}, "order names element 12"),
        ({"orders": []}, "orders has 0 entries for 3 pairs"),
        ({"query_ids": [1]}, "query_ids has 1 entries for 3 pairs"),
        ({"query_ids": [1, 1, 2]}, "`query_ids` of pairs 0 and 1 are 1"),
        ({"query_ids": [1, 2, 3], "side": "both"}, "use side='query'"),
        ({"seeds": ()}, "at least one seed"),
        ({"share": 0.0}, r"share must be in \(0, 1\)"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"draws": 0}, "draws must be at least 1"),
        ({"removal": "burn"}, "removal must be one of 'deletion'.*'burn'"),
    ]
    for arguments, message in cases:
        with pytest.raises(ValueError, match=message):
            evaluate({"it": explainer}, QUERIES, REFERENCES, **arguments)
    with pytest.raises(ValueError, match="references has 1 entries for 3 pairs"):
        evaluate({"it": explainer}, QUERIES, REFERENCES[:1])
    with pytest.raises(ValueError, match="'random' is measured in any case"):
        evaluate({"random": explainer}, QUERIES, REFERENCES)
    with pytest.raises(ValueError, match="no methods"):
        evaluate({}, QUERIES, REFERENCES)
    with pytest.raises(ValueError, match="give queries and references"):
        evaluate({"it": explainer})
    with pytest.raises(TypeError, match="must make a PairExplainer, got int"):
        evaluate({"it": lambda seed: seed}, QUERIES, REFERENCES)


def test_finished_explanations_must_fit(model, explainer):
    finished = explainer.explain(QUERIES, REFERENCES)
    with pytest.raises(ValueError, match="pass the model that they explain"):
        evaluate(finished)
    with pytest.raises(ValueError, match="no explanations to measure"):
        evaluate({"it": []}, model=model)
    with pytest.raises(ValueError, match="'b' explains 2 pairs of 3"):
        evaluate({"a": finished, "b": finished[:2]}, model=model)
    with pytest.raises(ValueError, match="'b' explains other graphs in pair 0"):
        evaluate({"a": finished, "b": finished[::-1]}, model=model)


def test_one_pair_and_a_single_explanation_work():
    query = planted_graph()
    pair = [explained(query, planted_graph(3), planted_truth(query).double())]
    frame = evaluate({"it": pair}, model=planted_model(), measures=["fidelity"])
    assert value(frame, method="it", measure="fidelity+") == [1]


def test_measures_are_names_or_functions(model, perfect):
    with pytest.raises(TypeError, match="a measure is a name or a function"):
        evaluate({"mine": perfect}, model=model, measures=torch.ones(1))
    with pytest.raises(ValueError, match="measures must be at most"):
        evaluate({"mine": perfect}, model=model, measures=torch.ones(1).expand(10**12))
    with pytest.raises(ValueError, match="seeds must be at most"):
        evaluate({"mine": perfect}, model=model, seeds=torch.ones(1).long().expand(10**12))


@pytest.mark.parametrize(
    ("found", "error", "message"),
    [
        (None, TypeError, "'<lambda>' must give a dict of tensors, .* \\(got NoneType"),
        ({"a": 1.0}, TypeError, "must give a dict of tensors"),
        ({"a": torch.ones(2)}, ValueError, r"gives 'a' of shape \[2\] for 3 pairs"),
        ({"a": torch.ones(3) + 1j}, TypeError, "must give real numbers, .*complex64, .* as 'a'"),
        ({"a": torch.ones(3).to_sparse()}, TypeError, "must give real numbers, .*sparse_coo"),
        ({"a": torch.ones(3).to("meta")}, TypeError, r"must give real numbers, .*got no values"),
    ],
)
def test_measures_of_ones_own_give_a_value_for_each_pair(explainer, found, error, message):
    with pytest.raises(error, match=message):
        evaluate(explainer, QUERIES, REFERENCES, measures=[lambda measured: found])


def test_names_of_methods_are_texts(explainer):
    with pytest.raises(TypeError, match="methods has the key 1: names of methods are texts"):
        evaluate({1: explainer}, QUERIES, REFERENCES)


@pytest.mark.parametrize("name", ["query_ids", "reference_labels"])
def test_keys_that_cannot_be_equal_are_named(explainer, name):
    with pytest.raises(TypeError, match=rf"{name}\[1\] is a list\): pass one key per pair"):
        evaluate({"a": explainer}, QUERIES, REFERENCES, **{name: [1, [1], 1]})


def test_keys_in_a_tensor_are_numbers(explainer):
    queries, options = [QUERIES[0]] * 3, {"draws": 2, "steps": 2}
    frames = [
        evaluate({"a": explainer}, queries, REFERENCES, query_ids=ids, **options)
        for ids in ([4, 4, 4], torch.tensor([4, 4, 4]))
    ]
    pd.testing.assert_frame_equal(*frames)


def test_a_measure_that_fails_is_named(explainer):
    def lacking(measured):
        return measured.lacks

    for own in (lacking, metric.measure("lacking", metric.Column("lacking"))(lacking)):
        with pytest.raises(ValueError, match="`measure lacking` failed with AttributeError"):
            evaluate(explainer, QUERIES, REFERENCES, measures=[own], seeds=[0])


def same_column(measured):
    return {"x": torch.zeros(len(measured.explanations))}


def as_builtin(measured):
    return {"Gini index": torch.zeros(len(measured.explanations))}


def as_added(measured):
    return {"stability": torch.zeros(len(measured.explanations))}


def without_a_name(measured):
    return {" ": torch.zeros(len(measured.explanations))}


@pytest.mark.parametrize(
    ("measures", "told"),
    [
        ([same_column, same_column], "`measures` has 'same_column' twice"),
        (["simplicity", MEASURES["simplicity"]], "`measures` has 'simplicity' twice"),
        ([same_column, lambda m: same_column(m)], "gives the column 'x', which the table has"),
        (["simplicity", as_builtin], "gives the column 'Gini index', which the table has"),
        ([as_added], "gives the column 'stability', which the table has"),
        (
            [metric.measure("m", Column("y"))(same_column)],
            r"column 'x', and its columns are y: add Col",
        ),
        ([without_a_name], "must name its columns"),
    ],
    ids=["function", "name", "column", "builtin", "added", "undeclared", "unnamed"],
)
def test_columns_are_of_one_measure(explainer, measures, told):
    with pytest.raises((TypeError, ValueError), match=told):
        evaluate({"a": explainer}, QUERIES, REFERENCES, measures=measures)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"reference_labels": [0, 0, 1]}, "give query_ids as well"),
        ({"orders": [None] * 3, "measures": ["simplicity"]}, "read by the measure 'conformity'"),
        ({"seeds": [1, 1]}, "`seeds` has '1' twice"),
    ],
    ids=["labels", "orders", "seeds"],
)
def test_what_nothing_reads_is_refused(explainer, given, told):
    with pytest.raises(ValueError, match=told):
        evaluate({"a": explainer}, QUERIES, REFERENCES, **given)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA], ids=["none", "nan", "na"])
@pytest.mark.parametrize("name", ["query_ids", "reference_labels"])
def test_ids_and_labels_are_there(explainer, name, missing):
    given = {"query_ids": [0, 1, 2], name: [0, missing, 2]}
    with pytest.raises(ValueError, match=rf"{name}\[1\] is .*: give each pair one"):
        evaluate({"a": explainer}, QUERIES, REFERENCES, **given)


@pytest.mark.parametrize("name", ["queries", "references"])
def test_pairs_have_two_sides(explainer, name):
    found = list(explainer.explain(QUERIES, REFERENCES))
    given = {"queries": QUERIES, "references": REFERENCES}[name]
    with pytest.raises(ValueError, match=f"{name} are given without .*: give both, or neither"):
        evaluate({"a": found}, model=explainer.model, **{name: given})
    with pytest.raises(ValueError, match="a method has an empty name"):
        evaluate({" ": found}, model=explainer.model)


def test_the_truth_is_needed_where_nothing_else_is_measured(explainer):
    with pytest.raises(ValueError, match="'ground_truth' compares with `truth`: give it"):
        evaluate({"it": explainer}, QUERIES, REFERENCES, measures=["ground_truth"])
