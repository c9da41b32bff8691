import pytest
from metric.planted import explained, planted_graph, planted_model, planted_truth


@pytest.fixture
def model():
    return planted_model()


@pytest.fixture
def perfect():
    """One pair whose mask is the two motif edges of ten."""
    query = planted_graph()
    return [explained(query, planted_graph(3), planted_truth(query).double())]


@pytest.fixture
def inverted():
    """The same pair, with all but the motif edges."""
    query = planted_graph()
    return [explained(query, planted_graph(3), (~planted_truth(query)).double())]
