import pytest
from planted_connectomes.measure import CLASSES, KEYS, _as_many_others, _outside, measure
from planted_connectomes.report import report

from pyg_siamex.datasets import PlantedConnectomes

UNIT = {"classes": "default network", "encoder": "GIN", "seed": 0, "subjects": 60, "epochs": 8}


@pytest.mark.parametrize("classes", CLASSES)
def test_as_many_connections_are_taken_elsewhere_in_both_directions(classes):
    for graph in PlantedConnectomes(6, CLASSES[classes], seed=1):
        outside, others = _outside(graph, 0), _as_many_others(graph, 0)
        assert outside.sum() == others.sum() < graph.num_edges
        assert others[graph.edge_block >= 0].all()
        kept = {tuple(edge) for edge in graph.edge_index[:, others].T.tolist()}
        assert kept == {(b, a) for a, b in kept}


def test_the_blocks_are_what_tells_the_classes(tmp_path):
    frame = measure(UNIT)
    assert set(UNIT) == set(KEYS)
    value = frame.set_index("measure")["value"]
    assert value["pair AUC"] > 0.8
    assert abs(value["pair AUC without the blocks"] - 0.5) < 0.15
    assert value["pair AUC without as many others"] > value["pair AUC without the blocks"] + 0.1
    again = measure(UNIT).set_index("measure")["value"]
    assert (again == value).all()
    rows = frame.assign(**{key: UNIT[key] for key in ("classes", "encoder", "seed")})
    report(rows, tmp_path)
    assert (
        f"| default network | pair AUC | {value['pair AUC']:.3f} |"
        in (tmp_path / "results.md").read_text()
    )
