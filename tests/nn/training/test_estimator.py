"""The estimator keeps scikit-learn's rules, for arrays and, where they can hold, for graphs."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import sklearn
import torch
from packaging.version import Version
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch_geometric.data import Data
from torch_geometric.nn import GIN, global_add_pool
from torch_geometric.transforms import Constant

from pyg_siamex import IntegratedGradients, PairExplainer
from pyg_siamex.nn import Library, RBFSimilarity, load_model, save_model
from pyg_siamex.nn.training import SiameseEmbedder
from pyg_siamex.nn.training.row_graphs import row_graphs

SMALL = {"hidden_channels": 8, "num_layers": 2, "epochs": 2}

EDGES = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])

NOT_FOR_GRAPHS = {
    "check_estimator_sparse_array": "a sparse matrix holds no graphs",
    "check_estimator_sparse_matrix": "a sparse matrix holds no graphs",
    "check_estimator_sparse_tag": "a sparse matrix holds no graphs",
    "check_estimators_empty_data_messages": "graphs without columns have a message of their own",
    "check_fit2d_predict1d": "a graph cannot be reshaped",
}
"""Checks of scikit-learn that ask for an array, and why graphs cannot pass."""


class OnGraphs(SiameseEmbedder):
    """Graphs of three nodes instead of rows, so that scikit-learn's checks run on graphs."""

    def fit(self, X, y=None):
        return super().fit(self._paths(X), y)

    def graphs(self, X):
        return super().graphs(self._paths(X))

    def _paths(self, X):
        rows = torch.tensor(np.asarray(X, dtype=np.float32))
        return [Data(x=torch.stack([row, 2 * row, 1 - row]), edge_index=EDGES) for row in rows]


def failed_checks(estimator):
    check = pytest.importorskip("sklearn.utils.estimator_checks").check_estimator
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = check(estimator, on_fail=None)
    assert sum(one["status"] == "passed" for one in found) > 35
    return {one["check_name"]: one["exception"] for one in found if one["status"] == "failed"}


needs_reports = pytest.mark.skipif(
    Version(sklearn.__version__) < Version("1.6"), reason="check_estimator stops at its first error"
)


@needs_reports
def test_scikit_learns_checks_pass_for_arrays():
    assert not failed_checks(SiameseEmbedder(**SMALL))


@needs_reports
def test_scikit_learns_checks_pass_for_graphs_but_for_those_of_arrays():
    assert set(failed_checks(OnGraphs(**SMALL))) <= set(NOT_FOR_GRAPHS)


def graphs(count=40):
    torch.manual_seed(0)
    return [
        Data(x=torch.randn(3, 4) + 2 * (k % 2), edge_index=EDGES, y=torch.tensor(k % 2))
        for k in range(count)
    ]


@pytest.fixture(scope="module")
def fitted():
    return SiameseEmbedder(hidden_channels=8, num_layers=2, epochs=5).fit(graphs())


def test_graphs_are_embedded_as_the_model_embeds_them(fitted):
    some = graphs()[:3]
    with torch.no_grad():
        expected = torch.cat([fitted.model_.embed(graph) for graph in some])
    np.testing.assert_allclose(fitted.transform(some), expected, rtol=1e-5)
    assert fitted.transform(some).dtype == np.float32
    assert list(fitted.get_feature_names_out()) == [f"siameseembedder{k}" for k in range(8)]


def test_similarities_and_neighbours_are_the_models(fitted):
    some = graphs()[:4]
    found = fitted.pairwise_similarity(some, some[:2])
    with torch.no_grad():
        for i, one in enumerate(some):
            for j, other in enumerate(some[:2]):
                assert found[i, j] == pytest.approx(float(fitted.model_(one, other)), abs=1e-5)
    assert fitted.pairwise_similarity(some).shape == (4, 40)
    library = Library.embed(fitted.model_, graphs())
    for graph, nearest in zip(some, fitted.nearest(some, 3), strict=True):
        assert nearest.position == library.nearest(graph, 3).position
    assert fitted.score(graphs()) > 0.9


def test_the_same_as_fit():
    embedder = SiameseEmbedder(GIN(4, 8, 2), epochs=3, random_state=np.random.RandomState(5))
    embedder.fit(graphs())
    again = SiameseEmbedder(embedder.encoder, epochs=3, random_state=np.random.RandomState(5))
    again.fit(graphs())
    weights = embedder.model_.state_dict()
    assert all(torch.equal(v, weights[k]) for k, v in again.model_.state_dict().items())
    assert embedder.fit_result_.quality == again.fit_result_.quality
    other = SiameseEmbedder(embedder.encoder, epochs=3, random_state=1).fit(graphs())
    assert not torch.equal(other.library_.embeddings, embedder.library_.embeddings)


def test_pipelines_searches_and_clones():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    embedder = SiameseEmbedder(hidden_channels=16, num_layers=2, epochs=15)
    model = make_pipeline(StandardScaler(), embedder, KNeighborsClassifier(metric="cosine"))
    assert cross_val_score(model, X, names, cv=3).mean() > 0.85
    search = GridSearchCV(clone(embedder), {"lr": [1e-6, 1e-2]}, cv=2).fit(X, names)
    assert search.best_params_ == {"lr": 1e-2} and search.best_score_ > 0.9


def test_searches_and_kernels_on_graphs():
    X = graphs()
    y = ["a" if graph.y == 0 else "b" for graph in X]
    search = GridSearchCV(SiameseEmbedder(**SMALL), {"pool": ["add", "mean"]}, cv=2).fit(X, y)
    assert set(search.best_estimator_.classes_) == {"a", "b"}
    found = search.best_estimator_
    kernel = SVC(kernel="precomputed").fit(found.pairwise_similarity(X), y)
    assert kernel.score(found.pairwise_similarity(X), y) > 0.9
    distance = (1 - found.pairwise_similarity(X)).clip(0)
    nearest = KNeighborsClassifier(3, metric="precomputed").fit(distance, y)
    assert nearest.score(distance, y) > 0.9


def test_frames_keep_their_names_and_give_frames():
    frame = load_iris(as_frame=True).frame
    X, y = frame.drop(columns="target"), frame["target"]
    embedder = SiameseEmbedder(**SMALL).set_output(transform="pandas").fit(X, y)
    found = embedder.transform(X)
    assert isinstance(found, pd.DataFrame) and list(found.index) == list(X.index)
    assert list(embedder.feature_names_in_) == list(X.columns)
    with pytest.raises(ValueError, match="feature names"):
        embedder.transform(X.rename(columns=str.upper))


def test_measured_values_are_alike_within_a_difference():
    X = graphs(30)
    y = [float(graph.x.mean()) for graph in X]
    embedder = SiameseEmbedder(**SMALL, max_difference=0.5).fit(X, y)
    assert embedder.classes_ is None and 0 <= embedder.score(X, y) <= 1
    with pytest.raises(ValueError, match="continuous"):
        SiameseEmbedder(**SMALL).fit(X, y)


def test_own_encoders_heads_and_options_stay_as_they_are():
    class Pooled(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gnn = GIN(4, 8, 1)

        def forward(self, x, edge_index, batch):
            return global_add_pool(self.gnn(x, edge_index), batch)

    encoder, head = Pooled(), RBFSimilarity()
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    SiameseEmbedder(encoder, pool=None, similarity=head, epochs=2).fit(graphs())
    assert all(torch.equal(value, before[name]) for name, value in encoder.state_dict().items())
    model = SiameseEmbedder(**SMALL, encoder_options={"dropout": 0.5}).fit(graphs()).model_
    assert model.encoder.dropout.p == 0.5


@pytest.mark.filterwarnings("ignore::pyg_siamex.nn.training.CollapseWarning")
def test_the_model_is_explained_and_saved(fitted, tmp_path):
    explainer = PairExplainer(fitted.model_, IntegratedGradients(), node_mask_type="object")
    one, other = graphs()[:2]
    assert explainer(one, other).query.node_mask.shape == (3, 1)
    save_model(fitted.model_, tmp_path / "model.siamex")
    again, _ = load_model(tmp_path / "model.siamex")
    assert torch.equal(again(one, other), fitted.model_(one, other))
    rows = np.random.default_rng(0).normal(size=(20, 3))
    embedder = SiameseEmbedder(**SMALL).fit(rows, np.arange(20) % 2)
    for row, graph in zip(rows, embedder.graphs(rows), strict=True):
        assert graph.x.tolist() == [pytest.approx(row, rel=1e-6)]


def test_pickles_after_a_search(fitted):
    fitted.nearest(graphs()[:1], 2)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.transform(graphs()[:2]), fitted.transform(graphs()[:2]))


def test_what_cannot_be_read_is_refused(fitted):
    with pytest.raises(NotFittedError):
        SiameseEmbedder().transform(graphs())
    with pytest.raises(ValueError, match="fitted on graphs"):
        fitted.transform(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="X has 5 features, but SiameseEmbedder is expecting 4"):
        fitted.transform([Constant()(graph.clone()) for graph in graphs()[:2]])
    with pytest.raises(ValueError, match="a graph has no y, and fit requires y"):
        SiameseEmbedder().fit(row_graphs(np.zeros((4, 2), dtype=np.float32)))
    with pytest.raises(ValueError, match="needs 2 classes"):
        SiameseEmbedder().fit(graphs(), [1] * 40)
    with pytest.raises(ValueError, match="`y` has 2 targets, and X has 40 entries"):
        SiameseEmbedder().fit(graphs(), [0, 1])
    with pytest.raises(ValueError, match=r"y must be numbers or texts.*values of int, object\)"):
        SiameseEmbedder().fit(graphs(), [0, 1] * 19 + [0, object()])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
@pytest.mark.parametrize("classes", [[0, 1], ["a", "b"]])
def test_classes_that_are_missing_are_refused(classes, missing):
    with pytest.raises(ValueError, match="y has no value for graph 39"):
        SiameseEmbedder().fit(graphs(), [*classes * 19, classes[0], missing])


def test_a_class_may_be_called_nan():
    embedder = SiameseEmbedder(**SMALL).fit(graphs(), ["nan", "None"] * 20)
    assert list(embedder.classes_) == ["None", "nan"]


ROWS = np.random.RandomState(0).randn(12, 3)


@pytest.mark.parametrize(
    ("options", "rows", "y", "error", "message"),
    [
        (
            {"encoder_options": "x"},
            ROWS,
            [0, 1] * 6,
            TypeError,
            r"`encoder_options` must be a dict",
        ),
        ({"encoder_options": [1]}, ROWS, [0, 1] * 6, TypeError, r"\(got list\)"),
        ({"encoder_options": {1: 2}}, ROWS, [0, 1] * 6, TypeError, "arguments by name"),
        (
            {"random_state": -1},
            ROWS,
            [0, 1] * 6,
            ValueError,
            r"`random_state` must be .*\(got -1\)",
        ),
        (
            {"encoder_options": {"hidden_channels": 3}},
            ROWS,
            [0, 1] * 6,
            TypeError,
            "`encoder_options` has 'hidden_channels', which is an argument of its own",
        ),
        (
            {"encoder_options": {"in_channels": 3}},
            ROWS,
            [0, 1] * 6,
            TypeError,
            "'in_channels', which is read off X",
        ),
        ({"random_state": 2**32}, ROWS, [0, 1] * 6, ValueError, "from 0 to 4,294,967,295"),
        ({"random_state": "x"}, ROWS, [0, 1] * 6, ValueError, r"\(got 'x'\)"),
        (
            {"max_difference": 1.0},
            ROWS,
            ["1", "b"] * 6,
            ValueError,
            r"y must be numbers with max_difference= \(got 'b'\)",
        ),
        (
            {"encoder": GIN(ROWS.shape[1], 4, 1), "encoder_options": {"dropout": 0.5}},
            ROWS,
            [0, 1] * 6,
            TypeError,
            "`encoder` is a GIN that is built already: build it with dropout, and leave",
        ),
        ({}, ROWS, ROWS[:, 0], ValueError, "Unknown label type: .*give max_difference="),
        ({}, ROWS * np.nan, [0, 1] * 6, ValueError, "contains NaN.*fill them in: SimpleImputer"),
        ({"accelerator": "zz"}, ROWS, [0, 1] * 6, ValueError, "`accelerator` cannot be 'zz' here"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_fit_refuses_is_named_with_the_way_out(options, rows, y, error, message):
    with pytest.raises(error, match=message) as caught:
        SiameseEmbedder(**SMALL, **options).fit(rows, np.asarray(y))
    assert "HistGradientBoosting" not in str(caught.value)


@pytest.mark.filterwarnings("ignore:the model collapsed")
def test_classes_in_bfloat16_are_read():
    y, rows = torch.tensor([0.0, 1.0] * 6).bfloat16(), ROWS.astype(np.float32)
    apart = row_graphs(rows)
    own = [Data(x=graph.x, y=one) for graph, one in zip(apart, y, strict=True)]
    for given in ((rows, y), (apart, y), (own,)):
        assert SiameseEmbedder(**SMALL).fit(*given).classes_.tolist() == [0, 1]


@pytest.mark.parametrize("options", [{}, {"max_difference": 1.0}], ids=["classes", "values"])
def test_infinite_targets_of_graphs_are_named(options):
    with pytest.raises(ValueError, match="y of graph 2 is infinite: leave the graph out"):
        SiameseEmbedder("GIN", **options).fit(graphs(4), [0, 1, float("inf"), 2])


NO_TARGETS = {
    "sparse": (lambda y: torch.tensor(y).to_sparse(), TypeError, "`y` is a sparse tensor"),
    "csr": (lambda y: torch.tensor([y]).to_sparse_csr(), TypeError, "`y` is a sparse tensor"),
    "scipy": (lambda y: csr_array(np.array([y])), TypeError, "`y` is a sparse matrix"),
    "meta": (lambda y: torch.tensor(y, device="meta"), ValueError, "`y` has no values"),
    "complex": (lambda y: np.array(y) * 1j, ValueError, "`y` has complex numbers"),
    "two columns": (lambda y: np.array([y, y]).T, ValueError, r"`y` must be one .*\[40, 2\]"),
    "short": (lambda y: y[1:], ValueError, "`y` has 39 targets, and X has 40 entries"),
    "text": (lambda y: "a" * len(y), TypeError, "`y` must be a list of targets"),
    "number": (lambda y: 1, TypeError, "`y` must be a list of targets"),
    "set": (set, TypeError, "`y` must be a list of targets"),
    "lists": (lambda y: [[0], [1, 2]] * 20, TypeError, "`y` must be one target .*got list for 0"),
}


@pytest.mark.parametrize("rows", [False, True], ids=["graphs", "rows"])
@pytest.mark.parametrize("kind", NO_TARGETS)
def test_what_is_no_target_of_each_is_refused_by_name(kind, rows):
    make, error, message = NO_TARGETS[kind]
    given = np.random.default_rng(0).random((40, 3)) if rows else graphs()
    with pytest.raises(error, match=message):
        SiameseEmbedder().fit(given, make([0, 1] * 20))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (torch.ones(1).to_sparse(), r"`X\[0\].y` is a sparse tensor"),
        (torch.ones(1, device="meta"), r"`X\[0\].y` has no values"),
        (torch.ones(0), "graph 0 has an empty y"),
    ],
    ids=["sparse", "meta", "empty"],
)
def test_graphs_whose_y_has_no_value_are_named(y, message):
    made = graphs()
    made[0].y = y
    with pytest.raises((TypeError, ValueError), match=message):
        SiameseEmbedder().fit(made)


@pytest.mark.parametrize("place", [9, 11])
def test_a_graph_is_named_by_its_position_in_x(place):
    given = graphs(20)
    given[place].x = given[place].x * float("nan")
    with pytest.raises(ValueError, match=f"graph {place} of X has NaN"):
        SiameseEmbedder("GIN", hidden_channels=8, num_layers=2, epochs=1).fit(given, [0, 1] * 10)


def test_masked_values_are_refused():
    rows = np.arange(12.0).reshape(6, 2)
    hidden = np.ma.masked_array(rows, mask=rows > 8)
    embedder = SiameseEmbedder(epochs=1, hidden_channels=4, num_layers=1)
    with pytest.raises(TypeError, match="`X` is a masked array"):
        embedder.fit(hidden, [0, 1] * 3)
    with pytest.raises(TypeError, match="`y` is a masked array"):
        embedder.fit(rows, np.ma.masked_array([0, 1] * 3, mask=[1, 0, 0, 0, 0, 0]))
    with pytest.raises(TypeError, match="`X` is a masked array"):
        embedder.fit(rows, [0, 1] * 3).transform(hidden)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (["a", None, "b"] * 2, ValueError, "no value for row 1"),
        ([1, "1", "2"] * 2, TypeError, "mixes texts and numbers"),
    ],
)
def test_classes_of_rows_are_texts_or_numbers(y, error, message):
    embedder = SiameseEmbedder(epochs=1, hidden_channels=4, num_layers=1)
    with pytest.raises(error, match=message):
        embedder.fit(np.arange(12.0).reshape(6, 2), y)


def test_a_truth_is_no_random_state():
    embedder = SiameseEmbedder(epochs=1, random_state=True)
    with pytest.raises(ValueError, match="`random_state`"):
        embedder.fit(np.arange(12.0).reshape(6, 2), [0, 1] * 3)


@pytest.mark.parametrize("kind", ["datetime64[us]", "timedelta64[us]"])
def test_dates_are_no_numbers(kind):
    dates = np.arange(8).astype(kind)
    for X in (pd.DataFrame({"day": dates, "a": range(8)}), dates[:, None]):
        with pytest.raises(TypeError, match=r"X has dates or times.*: give numbers, such as days"):
            SiameseEmbedder("GIN", epochs=1).fit(X, [0, 1] * 4)
