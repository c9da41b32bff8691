"""The page of encoders and relevance says what happens."""

import pytest
from explain.check.encoder_families import FAMILIES
from explain.relevance.encoder_table import METHODS, read, rows

SAMPLE = ["GCNConv", "GINConv", "TransformerConv", "FiLMConv", "GENConv", "GATv2", "GCN (jk=lstm)"]


def assert_said(names):
    words, reasons = read()
    notes = {}
    for name, cells in rows(names, notes).items():
        assert [text.split(" <sup>")[0] for text in cells] == words[name], name
    assert set(notes) <= reasons


def test_every_encoder_has_a_row():
    words, _ = read()
    assert list(words) == list(FAMILIES)
    assert all(len(cells) == len(METHODS) for cells in words.values())


def test_a_sample_is_as_the_page_says():
    assert_said(SAMPLE)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_row_is_as_the_page_says(name):
    assert_said([name])
