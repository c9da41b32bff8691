"""Domains of other packages and scripts are known by every door, and files name them alone."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from clouds import domain, write_clouds, write_package

from pyg_siamex.nn import build_siamese, save_model
from pyg_siamex.recipe import (
    Domain,
    Trained,
    domain_named,
    domain_of_model,
    domain_of_path,
    explain,
    register_domain,
    search,
)
from pyg_siamex.recipe.added_domains import added_domain, added_domain_names, added_domain_of
from pyg_siamex.recipe.domain import domain_of_both


@pytest.fixture
def clouds():
    made = domain()
    handle = register_domain(made)
    yield made
    handle.remove()


@pytest.fixture
def file(tmp_path):
    return write_clouds(tmp_path / "c.xyz", each=2)


def trained(**metadata):
    torch.manual_seed(0)
    return Trained(build_siamese("GIN", in_channels=4, hidden_channels=4, num_layers=1), metadata)


def test_a_registered_domain_is_known_by_name_file_and_model(clouds, file, tmp_path):
    assert added_domain_names() == ("clouds",)
    assert domain_named("clouds") is added_domain("clouds") is clouds
    assert domain_of_path(file) is clouds and added_domain_of("A.XYZ") == "clouds"
    assert domain_of_path(tmp_path, "clouds") is clouds
    assert domain_of_path(tmp_path).name == "connectomes"
    assert domain_of_model(trained(domain="clouds")) is clouds
    for library in (file, tmp_path):
        assert domain_of_both(trained(domain="clouds"), library) is clouds
    with pytest.raises(ValueError, match=r"trained on molecules, and .* of clouds"):
        domain_of_both(trained(features={}), file)
    with pytest.raises(FileNotFoundError):
        domain_of_both(trained(domain="clouds"), tmp_path / "none.xyz")
    with pytest.raises(ValueError, match="one of molecules, connectomes, clouds"):
        domain_of_path(file, "cars")
    with pytest.raises(ValueError, match="one of molecules, connectomes, rows, clouds"):
        domain_named("cars")


def test_a_removed_domain_is_known_no_more(file):
    handle = register_domain(domain())
    handle.remove()
    assert added_domain_names() == () and added_domain_of("c.xyz") is None
    assert domain_of_path(file).name == "molecules"
    with pytest.raises(ValueError, match=r"one of molecules, connectomes, rows \(got 'clouds'\)"):
        domain_named("clouds")


def test_names_are_taken_once(clouds):
    with pytest.raises(ValueError, match="'clouds' is known already"):
        register_domain(clouds)
    with pytest.raises(ValueError, match="'rows' is a domain of pyg_siamex"):
        register_domain(replace(clouds, name="rows"))
    for name in ("", "Clouds", "../clouds", "a b", "x" * 65, "clouds\n"):
        with pytest.raises(ValueError, match="lower-case letters"):
            register_domain(replace(clouds, name=name))
    with pytest.raises(TypeError, match="`domain` must be"):
        register_domain("clouds")


def test_endings_of_the_library_stay_with_it(tmp_path):
    handle = register_domain(replace(domain(), name="greedy", endings=(".csv", ".npz", ".xyz")))
    try:
        assert added_domain_of("t.csv") is added_domain_of("T.NPZ") is None
        (tmp_path / "t.csv").write_text("smiles\nCC\n")
        assert domain_of_path(tmp_path / "t.csv").name == "molecules"
        assert domain_of_path(tmp_path / "t.csv", "greedy").name == "greedy"
    finally:
        handle.remove()


@pytest.mark.parametrize("name", ["clouds", "os", "pyg_siamex.recipe", "../x", "a\nb" * 99])
def test_a_file_names_a_domain_and_nothing_is_imported_for_it(name, tmp_path):
    path = tmp_path / "m.siamex"
    save_model(trained().model, path, domain=name)
    before = set(sys.modules)
    model = Trained.load(path)
    with pytest.raises(ValueError, match="not known here: install the package") as error:
        explain(model, "a", "b")
    assert "\n" not in str(error.value) and len(str(error.value)) < 400
    assert not {one for one in set(sys.modules) - before if "cloud" in one}


def test_a_name_of_the_library_in_a_file_does_not_stand_for_what_the_file_lacks(tmp_path):
    for name in ("molecules", "rows"):
        with pytest.raises(ValueError, match="does not say how its features were made"):
            domain_of_model(trained(domain=name))
    save_model(trained().model, tmp_path / "m.siamex", domain=3)
    with pytest.raises(ValueError, match=r"is damaged: its metadata\['domain'\] hold a int"):
        Trained.load(tmp_path / "m.siamex")


def test_readings_and_views_of_others_are_refused(clouds, file):
    from pyg_siamex.recipe import MoleculeColumns, MoleculeView

    model = trained(domain="clouds", source=str(file))
    with pytest.raises(TypeError, match="view must be GraphView for clouds"):
        explain(model, "ring_0", "ring_1", view=MoleculeView())
    with pytest.raises(TypeError, match="reading must be GraphReading for clouds"):
        search(model, file, "ring_0", reading=MoleculeColumns())


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """A folder of packages in which one adds a domain."""

    def install(line):
        folder = tmp_path / "packages"
        folder.mkdir()
        write_package(folder, pyg_siamex_domains=line, pyg_siamex_pages="clouds = my_clouds:PAGE")
        monkeypatch.syspath_prepend(str(folder))
        return folder

    yield install
    sys.modules.pop("my_clouds", None)


def test_an_installed_domain_is_imported_when_it_is_asked_for(installed, file):
    installed("clouds = my_clouds:DOMAIN")
    assert added_domain_names() == ("clouds",) and added_domain_of("t.csv") is None
    assert "my_clouds" not in sys.modules
    assert isinstance(domain_of_path(file), Domain) and domain_named("clouds").name == "clouds"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("clouds = my_cluods:DOMAIN", "'clouds' of the package my_clouds .* cannot be imported"),
        ("clouds = my_clouds:PAGE", r"must be a Domain \(is a CloudPage\)"),
        ("balls = my_clouds:DOMAIN", "the entry point 'balls' is of a domain 'clouds': name it so"),
    ],
    ids=["no module", "a page", "another name"],
)
def test_a_package_that_cannot_be_used_is_named(installed, line, words):
    installed(line)
    with pytest.raises(ValueError, match=words):
        domain_named(line.split()[0])
    assert domain_named("rows").name == "rows"


def test_commands_know_an_installed_domain(installed, file, tmp_path):
    folder = installed("clouds = my_clouds:DOMAIN")
    script = (
        "import sys; sys.path.insert(0, sys.argv.pop(1)); from pyg_siamex.cli import main; main()"
    )
    model = tmp_path / "m.siamex"

    def run(*arguments):
        command = [sys.executable, "-c", script, str(folder), *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    assert run("train", file, "--label", "shape", "--epochs", 1, "--out", model)[0] == 0
    code, said = run(
        *("explain", model, "ring_0", "ball_0", "--method", "occlusion"),
        *("--out", "pair.svg", "--save", "pair.npz"),
    )
    assert code == 0 and "strongest parts" in said, said
    code, said = run("report", "pair.npz", "--out", "page.html")
    assert code == 0 and "contact" in (tmp_path / "page.html").read_text(), said
    code, said = run("search", model, file, "--query", "ring_0", "-k", 2, "--method", "occlusion")
    assert code == 0 and "nearest of 6" in said, said
    code, said = run("overview", model, file, "--label", "shape", "--groups", "shells")
    assert code == 0 and "outer" in said, said
    code, said = run("overview", model, file, "--groups", "rings")
    assert code != 0 and "--groups must be one of shells (got 'rings')" in said
    code, said = run("explain", model, "ring_0", "ball_0", "--style", "circles")
    assert code != 0 and f"--style is for connectomes, and {model} is of clouds" in said
    code, said = run("train", file, "--label", "shape", "--domain", "cars")
    assert code != 0 and "--domain must be one of molecules, connectomes, clouds" in said
    pairs = Path(tmp_path / "pairs.csv")
    pairs.write_text("query,reference\nring_0,rod_1\nring_1,none\n")
    code, said = run("explain", model, "--pairs", pairs, "--method", "occlusion", "--out", "all")
    assert code == 0 and "no graph 'none'" in said, said
