import json
import re
from dataclasses import replace

import pytest

from pyg_siamex.metric import trust
from pyg_siamex.visualize.report import pair_section
from pyg_siamex.visualize.report.pair.pair_section import flat_settings
from pyg_siamex.visualize.report.pair.subject import pair_title


def test_a_fragment_and_its_data_share_their_key(alike):
    section = pair_section(alike, "hit-7")
    assert section.html.startswith('<section class="pair" id="hit-7"')
    assert 'data-pair="hit-7"' in section.script
    assert set(re.findall(r'id="([a-z]+-\d+)', section.html)) == {"hit-7"}
    inside = re.search(r">(.*)</script>", section.script).group(1)
    assert json.loads(inside)["sides"][0]["name"] == "aspirin"
    assert "hidden" not in section.html.split(">")[0]
    assert "hidden" in pair_section(alike, "hit-8", hidden=True).html.split(">")[0]


def test_kept_measures_are_shown_and_not_measured_again(bonds):
    kept = replace(bonds, model=None, info={})
    trust(kept, model=bonds.model)
    kept.info["trust"]["curves"]["query"]["kept"][6] = 0.12345
    section = pair_section(kept)
    assert section.data["points"]["query"][6][1] == "0.123"
    assert pair_section(kept, model=bonds.model).data["points"]["query"][6][1] != "0.123"


def test_warnings_stand_on_top(bonds):
    failed = replace(
        bonds, info={"trust": {"randomisation": {"magnitude": 1.0, "unchanged": True}}}
    )
    html = pair_section(failed).html
    assert html.index("Failed randomisation check") < html.index('class="sides')


def test_names_are_the_graphs_own(alike, bonds):
    assert pair_title(alike) == ("aspirin", "salicylic acid")
    bare = replace(bonds, query=bonds.query.clone(), reference=bonds.query.clone())
    del bare.query.name, bare.reference.name
    smiles = bonds.query.smiles
    assert pair_title(bare) == (f"{smiles} (query)", f"{smiles} (reference)")
    bare.query.name, bare.reference.name = 3, ["4"]
    assert pair_title(bare) == ("query 3", "reference 4")


def test_settings_are_lines():
    nested = {"a": {"b": None, "c": {"d": 1.5}}, "e": [1, 2]}
    assert flat_settings(nested) == [
        ("a \u203a b", "none"),
        ("a \u203a c \u203a d", "1.5"),
        ("e", "[1, 2]"),
    ]


def test_configuration_versions_and_seed_are_on_the_page(alike):
    html = pair_section(alike).html
    for name in (
        "versions \u203a torch",
        "algorithm \u203a rule \u203a gamma",
        "model \u203a encoder",
    ):
        assert name in html
    assert "none of its own" in html


def test_names_must_be_two(alike):
    with pytest.raises(ValueError, match="names must be two"):
        pair_section(alike, names=("only",))  # type: ignore[arg-type]
