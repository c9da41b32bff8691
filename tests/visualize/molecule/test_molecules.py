import struct
from itertools import pairwise
from math import isfinite
from pathlib import Path

import matplotlib as mpl
import pytest
import torch
from rdkit import Chem, RDConfig
from rdkit.Chem import rdDepictor

from pyg_siamex.visualize import draw_molecules
from pyg_siamex.visualize.paper.colour import ColourScale

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
IBUPROFEN = "CC(C)Cc1ccc(cc1)C(C)C(=O)O"
SHAPES = {
    "all_different": "FC(Cl)(Br)CN(I)OP(S)B",
    "aromatic": "c1ccc2[nH]ccc2c1",
    "charges": "C[N+](C)(C)CC([O-])=O",
    "stereo": "N[C@@H](C)C(=O)O",
    "double_bond": r"F/C(Cl)=C(/Br)I",
    "salt": "[Na+].CC(=O)[O-].[K+].[Cl-]",
    "single": "[Na+]",
    "dummy": "*CC[2H]",
    "bridged": "CN1CC[C@]23[C@H]4Oc5c(O)ccc(C[C@@H]1[C@@H]2C=C[C@@H]4O)c35",
    "mapped": "[CH3:7][OH:2]",
    "metal": "Cl[Pt](Cl)(N)N",
    "large": "CC(=O)" + "NC(Cc1ccccc1)C(=O)" * 11 + "O",
}


@pytest.mark.parametrize("smiles", SHAPES.values(), ids=SHAPES)
def test_every_atom_has_its_own_colour_behind_its_own_letter(smiles, ramp, pair, read):
    explanation = pair(ramp(ASPIRIN), ramp(smiles))
    drawn = read(draw_molecules(explanation, scales="shared"))
    atoms = Chem.MolFromSmiles(smiles).GetAtoms()
    scale = ColourScale(max(len(atoms), 13), signed=False)
    middle = float(drawn.root.get("width")) / 2
    letters = drawn.letters(middle, 2 * middle)
    for atom in atoms:
        k = atom.GetIdx()
        disc = drawn.atom("reference", k)
        assert disc.get("fill") == scale.colour(k + 1)
        assert disc[0].text.startswith(f"{atom.GetSymbol()}{k}: ")
        if atom.GetSymbol() not in ("C", "H"):
            x, y = drawn.place("reference", k)
            near = [abs(a - x) + abs(b - y) for a, b in letters[k]]
            assert min(near) < 12


@pytest.mark.parametrize("seed", range(6))
def test_colour_follows_the_element_in_any_atom_order(seed, graph, pair, read):
    molecule = Chem.MolFromSmiles("CC(C)Oc1ccc(CNC(=O)CCl)cc1")
    smiles = Chem.MolToRandomSmilesVect(molecule, 1, randomSeed=seed)[0]
    symbols = [atom.GetSymbol() for atom in Chem.MolFromSmiles(smiles).GetAtoms()]
    side = graph(smiles, nodes=[float(symbol == "N") for symbol in symbols])
    drawn = read(draw_molecules(pair(side, side)))
    strongest = ColourScale(1.0, signed=False).colour(1.0)
    for which in ("query", "reference"):
        (disc,) = [d for d in drawn.marked("circle", which) if d.get("fill") == strongest]
        assert disc[0].text.startswith("N")


def test_explicit_hydrogens_are_drawn_when_the_graph_has_them(ramp, pair, read):
    drawn = read(draw_molecules(pair(ramp("CO", with_hydrogen=True), ramp("CO"))))
    assert len(drawn.marked("circle", "query")) == 6
    assert len(drawn.marked("circle", "reference")) == 2
    assert drawn.atom("query", 5)[0].text.startswith("H5")


def test_kekulised_graphs_are_drawn(ramp, pair, read):
    drawn = read(draw_molecules(pair(ramp(ASPIRIN, kekulize=True), ramp(ASPIRIN))))
    assert len(drawn.marked("circle", "query")) == 13


def test_a_batch_entry_keeps_its_smiles_as_a_list_of_one(ramp, pair):
    query = ramp("CCO")
    query.smiles = ["CCO"]
    assert "query" in draw_molecules(pair(query, ramp("CCN")))


def test_the_nitro_groups_light_up_in_both_molecules(graph, pair, read):
    sides, truths = [], []
    for smiles in ("Cc1ccc(cc1C(F)(F)F)[N+](=O)[O-]", "OC(=O)CCc1ccc([N+](=O)[O-])cc1Cl"):
        (nitro,) = Chem.MolFromSmiles(smiles).GetSubstructMatches(Chem.MolFromSmarts("N(~O)~O"))
        plain = graph(smiles)
        hits = [{u, v} <= set(nitro) for u, v in plain.edge_index.T.tolist()]
        sides.append(graph(smiles, edges=hits))
        truths.append({(min(nitro[0], o), max(nitro[0], o)) for o in nitro[1:]})
    drawn = read(draw_molecules(pair(*sides)))
    strongest = ColourScale(1.0, signed=False).colour(1.0)
    for which, truth in zip(("query", "reference"), truths, strict=True):
        bonds = drawn.bonds(which)
        assert {bond for bond, colour in bonds.items() if colour == strongest} == truth
        assert {colour for bond, colour in bonds.items() if bond not in truth} == {"#ffffff"}


def test_a_bond_takes_the_larger_of_its_two_directions(graph, pair, read):
    index = graph("CCO").edge_index.T.tolist()
    values = {(0, 1): 0.2, (1, 0): 0.6, (1, 2): 1.0, (2, 1): 1.0}
    side = graph("CCO", edges=[values[u, v] for u, v in index])
    bonds = read(draw_molecules(pair(side, side))).bonds("query")
    assert bonds[0, 1] == ColourScale(1.0, signed=False).colour(0.6)


def test_both_molecules_share_one_symmetric_scale(graph, pair, read):
    drawn = read(draw_molecules(pair(graph("CO", nodes=[1, -1]), graph("CO", nodes=[-4, 2]))))
    scale = ColourScale(4.0, signed=True)
    assert drawn.atom("query", 0).get("fill") == scale.colour(1.0)
    assert drawn.atom("reference", 0).get("fill") == scale.colour(-4.0)
    assert "pushes apart \u22124" in drawn.words()
    assert "+4 pulls together" in drawn.words()


def test_limit_fixes_the_scale(graph, pair, read):
    side = graph("CO", nodes=[0.5, 9.0])
    drawn = read(draw_molecules(pair(side, side), limit=1.0))
    assert drawn.atom("query", 0).get("fill") == ColourScale(1.0, signed=False).colour(0.5)
    assert "1 important" in drawn.words()


def test_without_masks_atoms_take_their_share_of_the_pair_matrix(graph, pair, read):
    relevance = torch.tensor([[1.0, -3.0, 0.0], [0.0, 0.0, 2.0]])
    drawn = read(draw_molecules(pair(graph("CO"), graph("CCN"), relevance=relevance)))
    assert [d[0].text for d in drawn.marked("circle", "query")] == ["C0: \u22122", "O1: 2"]
    assert len(drawn.marked("circle", "reference")) == 3


def test_caption_names_the_pair_its_similarity_and_the_explainer(ramp, pair, read):
    explanation = pair(ramp(ASPIRIN), ramp(IBUPROFEN), prediction=-0.25, algorithm="BiLRP")
    words = read(draw_molecules(explanation, names=("aspirin", "ibuprofen"), title="Two")).words()
    assert {"aspirin", "ibuprofen", "Two", "similarity \u22120.250 \u00b7 BiLRP"} <= set(words)


def test_text_is_never_markup(ramp, pair, read):
    nasty = '<script>alert("1")</script> & ]]>\x00'
    explanation = pair(ramp("CCO"), ramp("CCN"), algorithm=nasty)
    svg = draw_molecules(explanation, names=(nasty, "b"), title=nasty)
    assert "<script" not in svg
    assert "<script>alert" in " ".join(read(svg).words())


def test_long_names_are_shortened(ramp, pair, read):
    drawn = read(draw_molecules(pair(ramp("CCO"), ramp("CCN")), names=("x" * 500, "b")))
    assert [len(word) < 60 for word in drawn.words() if word.startswith("x")] == [True]


def test_the_same_picture_twice(ramp, pair, tmp_path):
    explanation = pair(ramp(ASPIRIN), ramp(IBUPROFEN), relevance=torch.eye(13, 15))
    assert draw_molecules(explanation) == draw_molecules(explanation)
    draw_molecules(explanation, tmp_path / "one.png")
    draw_molecules(explanation, tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_png_has_two_pixels_per_unit_and_colours(ramp, pair, tmp_path):
    draw_molecules(pair(ramp(ASPIRIN), ramp("CCO")), tmp_path / "a.PNG", size=(500, 320))
    content = (tmp_path / "a.PNG").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (1000, 640)
    from matplotlib.image import imread

    pixels = imread(tmp_path / "a.PNG")
    assert (pixels[0, 0] == 1.0).all()
    strongest = torch.tensor([0x2A, 0x9D, 0x8A]) / 255
    assert (abs(pixels[..., :3] - strongest.numpy()).max(-1) < 0.01).sum() > 300


def test_svg_and_png_put_colours_in_the_same_place(ramp, pair, read, tmp_path):
    explanation = pair(ramp("CCCCCN"), ramp("CCO"))
    drawn = read(draw_molecules(explanation, tmp_path / "a.png"))
    from matplotlib.image import imread

    pixels = imread(tmp_path / "a.png")
    for atom in range(4):
        x, y = drawn.place("query", atom)
        fill = drawn.atom("query", atom).get("fill")
        reach = 0.8 * float(drawn.atom("query", atom).get("r"))
        beside = pixels[round(2 * (y - reach * 0.7)), round(2 * x)]
        beneath = pixels[round(2 * (y + reach * 0.7)), round(2 * x)]
        expected = [int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert min(abs(p[:3] - expected).max() for p in (beside, beneath)) < 0.02


def test_transparent_pictures_have_no_background(ramp, pair, tmp_path):
    explanation = pair(ramp("CCO"), ramp("CCN"))
    svg = draw_molecules(explanation, tmp_path / "a.png", background="transparent")
    assert 'fill="#ffffff"/>' not in svg.split("<circle")[0]
    from matplotlib.image import imread

    assert imread(tmp_path / "a.png")[0, 0, 3] == 0.0


def test_svg_file_is_what_is_returned_and_notebooks_show_it(ramp, pair, tmp_path):
    picture = draw_molecules(pair(ramp("CCO"), ramp("CCN")), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text("utf-8") == picture
    assert picture._repr_svg_() == picture
    assert len(repr(picture)) < 60


def test_a_failed_drawing_leaves_the_old_file_and_nothing_else(graph, ramp, pair, tmp_path):
    path = tmp_path / "a.svg"
    path.write_text("old")
    bad = graph("CO", nodes=[1.0, float("nan")])
    with pytest.raises(ValueError, match="not finite"):
        draw_molecules(pair(bad, ramp("CO")), path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.svg"]
    assert path.read_text() == "old"


def test_global_settings_stay_as_they_were(ramp, pair, tmp_path):
    before = dict(mpl.rcParams)
    preference = rdDepictor.GetPreferCoordGen()
    draw_molecules(pair(ramp(ASPIRIN), ramp("CCO")), tmp_path / "a.png")
    assert dict(mpl.rcParams) == before
    assert rdDepictor.GetPreferCoordGen() == preference


def test_drawing_leaves_the_explanation_alone(ramp, pair):
    explanation = pair(ramp(ASPIRIN), ramp("CCO"))
    before = explanation.query.clone()
    draw_molecules(explanation)
    assert explanation.query.keys() == before.keys()
    assert torch.equal(explanation.query.node_mask, before.node_mask)


def test_a_graph_without_masks_stays_neutral_beside_one_with_masks(graph, ramp, pair, read):
    drawn = read(draw_molecules(pair(ramp("CCO"), graph("CCN"))))
    assert len(drawn.marked("circle", "query")) == 3
    assert not drawn.marked("circle", "reference")


def test_nothing_to_colour_by_is_an_error(graph, pair):
    with pytest.raises(ValueError, match="neither graph has a node_mask or an edge_mask"):
        draw_molecules(pair(graph("CO"), graph("CO")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "picture.gif"}, r"\.svg, \.png"),
        ({"path": "no/such/folder/a.svg"}, "no folder"),
        ({"names": ("one",)}, "names must be two"),
        ({"size": (10, 10)}, "`size` must be"),
        ({"background": "red"}, "'white' or 'transparent'"),
        ({"limit": 0.0}, "limit must be"),
        ({"links": -1}, "at least 0"),
        ({"links": 3}, "no pair matrix"),
        ({"scales": "both"}, "scales must be one of auto, shared, own"),
        ({"dpi": 20}, "`dpi` must be at least 50"),
    ],
)
def test_wrong_arguments_are_named(options, message, ramp, pair):
    with pytest.raises(ValueError, match=message):
        draw_molecules(pair(ramp("CCO"), ramp("CCN")), **options)


def test_hundred_molecules_of_the_nci_file_are_drawn(ramp, pair, read):
    lines = Path(RDConfig.RDDataDir, "NCI", "first_5K.smi").read_text().splitlines()
    smiles = [line.split()[0] for line in lines[::50]]
    molecules = [s for s in smiles if Chem.MolFromSmiles(s) is not None]
    assert len(molecules) > 90
    for query, reference in pairwise(molecules):
        drawn = read(draw_molecules(pair(ramp(query), ramp(reference))))
        size = Chem.MolFromSmiles(query).GetNumAtoms()
        assert len(drawn.marked("circle", "query")) == size
        middle, height = float(drawn.root.get("width")) / 2, float(drawn.root.get("height"))
        for atom in range(size):
            x, y = drawn.place("query", atom)
            assert 0 < x < middle
            assert 0 < y < height - 70


def test_the_headline_says_where_atoms_do_not_account_for_the_similarity(
    ramp, pair, read, tmp_path
):
    sides = ramp("CCO"), ramp("CCN")
    wrong, right = (
        pair(
            *sides,
            relevance=torch.full((3, 3), total / 9),
            terms={"explained": 0.8125, "nodes": total},
        )
        for total in (0.2, 0.8)
    )
    words = " ".join(read(draw_molecules(wrong, title="mine")).words())
    assert "Atoms do not account for this similarity: they carry 0.20 of 0.81" in words
    assert "mine" not in words and "atoms carry 0.200 of similarity 0.812" in words
    words = " ".join(read(draw_molecules(right, title="mine")).words())
    assert "mine" in words and "atoms carry 0.800 of similarity 0.812" in words
    sizes = []
    for explanation in (wrong, right):
        draw_molecules(explanation, tmp_path / "a.png")
        sizes.append(struct.unpack(">II", (tmp_path / "a.png").read_bytes()[16:24]))
    assert sizes[0][1] > sizes[1][1]  # room for the line above


def test_a_side_that_would_be_colourless_has_its_own_scale_and_bar(graph, pair, read):
    explanation = pair(graph("CO", nodes=[0.1, -0.05]), graph("CO", nodes=[-4, 2]))
    drawn = read(draw_molecules(explanation))
    assert drawn.atom("query", 0).get("fill") == ColourScale(0.1, signed=True).colour(0.1)
    assert drawn.atom("reference", 0).get("fill") == ColourScale(4.0, signed=True).colour(-4.0)
    words = drawn.words()
    assert {"+0.1 pulls together", "+4 pulls together"} <= set(words)
    assert any("each molecule has its own colour scale" in word for word in words)
    shared = read(draw_molecules(explanation, scales="shared"))
    assert shared.atom("query", 0).get("fill") == ColourScale(4.0, signed=True).colour(0.1)
    near = pair(graph("CO", nodes=[1, -1]), graph("CO", nodes=[-4, 2]))
    own = read(draw_molecules(near, scales="own"))
    assert own.atom("query", 0).get("fill") == ColourScale(1.0, signed=True).colour(1.0)


def test_the_legend_is_signed_by_the_method(graph, pair, read):
    sides = graph("CO", nodes=[1, 2]), graph("CO", nodes=[3, 2])
    signed = {"explainer": {"signed": True}}
    assert "pushes apart \u22123" in read(draw_molecules(pair(*sides, settings=signed))).words()
    assert "unimportant 0" in read(draw_molecules(pair(*sides))).words()


def test_png_is_made_for_print(ramp, pair, tmp_path):
    draw_molecules(pair(ramp("CCN"), ramp("CCO")), tmp_path / "a.png", size=(480, 288), dpi=300)
    content = (tmp_path / "a.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1500, 900)
    place = content.index(b"pHYs") + 4
    assert struct.unpack(">II", content[place : place + 8]) == (11811, 11811)  # a metre


def test_a_thousand_atoms_are_drawn_and_two_thousand_refused(graph, pair, read):
    residue = "NC(Cc1ccccc1)C(=O)"  # RDKit 2024.9 takes minutes for a plain chain
    side = graph(residue * 91, nodes=[1.0] * 1001)
    drawn = read(draw_molecules(pair(side, graph("CCO", nodes=[1, 2, 3]))))
    assert len(drawn.marked("circle", "query")) == 1001
    with pytest.raises(ValueError, match=r"has 2,002 atoms, and at most 2,000 .*to_networkx"):
        draw_molecules(pair(graph(residue * 182, nodes=[1.0] * 2002), side))


@pytest.mark.parametrize("smiles", ["[H][H]", "[H]", "[He]"])
def test_what_coordgen_cannot_lay_out_is_drawn(smiles, ramp, pair, read):
    drawn = read(draw_molecules(pair(ramp(smiles), ramp("CCO"))))
    assert all(isfinite(value) for value in drawn.place("query", 0))


def test_graphs_with_named_elements_are_drawn_as_molecules(graph, pair, read):
    side = graph("OCC", nodes=[1, 2, 3])
    side.elements = ["N", "C", "S"]
    del side.smiles
    drawn = read(draw_molecules(pair(side, side)))
    assert drawn.atom("query", 2)[0].text == "S2: 3"
