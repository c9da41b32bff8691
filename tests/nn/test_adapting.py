"""What is said of encoders that cannot be called."""

import pytest
from nn.encoder_of import Anything

from pyg_siamex import SiameseGNN

REFUSED = {
    "takes a whole graph": [
        lambda data: None,
        lambda graph, return_attention=False: None,
        lambda batch: None,
        lambda data, edge_weight: None,
    ],
    "compares graphs": [
        lambda data1, data2: None,
        lambda graph_q, graph_r: None,
        lambda x1, edge_index1, x2, edge_index2: None,
        lambda anchor, positive, negative: None,
        lambda query, reference: None,
    ],
    "takes no edges": [lambda x: None, lambda h: None],
    "takes other inputs": [lambda z, pos, batch=None: None, lambda x, batch: None],
}


@pytest.mark.parametrize(
    ("message", "forward"), [(m, f) for m, forwards in REFUSED.items() for f in forwards]
)
def test_the_error_shows_the_lines_that_adapt_an_encoder(message, forward):
    with pytest.raises(ValueError, match=message) as raised:
        SiameseGNN(Anything(forward))
    assert "Adapt it" in str(raised.value) and "    " in str(raised.value)


@pytest.mark.parametrize(
    "forward",
    [
        lambda x, edge_index: None,
        lambda h, edges, pos: None,
        lambda node_feats, adj: None,
        lambda z, edge_index, pos, batch: None,
        lambda *inputs: None,
    ],
)
def test_other_names_are_fine(forward):
    assert SiameseGNN(Anything(forward))
