import pytest
from hypothesis import given
from hypothesis import strategies as st
from runner.configuration import read_configuration
from runner.unit import Unit

KEYS = {"seed": int, "kind": str, "scale": float}


def edit(experiment, old, new, name="config.yaml"):
    path = experiment.folder / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_lists_of_a_grid_expand_to_their_product_in_the_order_of_the_file(experiment):
    units = experiment.configuration().units
    assert [(u.values["seed"], u.values["kind"]) for u in units] == [
        *((seed, kind) for seed in (0, 1, 2) for kind in ("sum", "product")),
        (7, "Sum of Squares"),
    ]
    assert {u.values["scale"] for u in units} == {2.0}
    assert units[-1].slug == "seed-7_kind-sum-of-squares"


def test_a_nested_list_is_one_value(experiment):
    edit(experiment, "seed: 7", "seed: 7, gammas: [[0, 1]]")
    edit(experiment, "kind: [sum, product]}", "kind: [sum, product], gammas: null}")
    units = read_configuration(experiment.folder, KEYS | {"gammas": list | None}).units
    assert [u.values["gammas"] for u in units[-2:]] == [None, [0, 1]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("scale", "scales", "unknown keys.*'scales'"),
        ("scale: 2.0", "", "a unit lacks.*'scale'"),
        ("scale: 2.0", "scale: 1e-3", "scale must be float, got str '1e-3'.*1.0e-3"),
        ("seed: 7", "seed: true", "seed must be int, got bool"),
        ("seed: 7", "seed: 7, scale: 1.0", "'scale'.*both in a grid and for all units"),
        ("seed: 7, kind: Sum of Squares", "seed: 0, kind: SUM", "several units are called"),
        ("name: ", "name: un", "name is 'undrawn"),
        ("units:", "grids:", "needs the keys.*'units'"),
        ("units:", "needs: null\nunits:", r"needs must be a list .*\[\] for none \(got None\)"),
        ("units:", "needs: a.csv\nunits:", "needs must be a list .*got 'a.csv'"),
        ("seed: 7", "seed: 7, needs: [1]", "needs must be a list of names of files"),
        ("seed: 7", "seed: []", "seed is an empty list, which leaves no unit"),
        ("seed: 7", "seed: 7, 8: 9", "keys must be texts"),
        ("kind: Sum of Squares", "kind: 2020-02-30", "must be YAML in UTF-8"),
    ],
)
def test_a_wrong_configuration_is_refused_and_what_is_wrong_is_named(experiment, old, new, message):
    edit(experiment, old, new)
    with pytest.raises(ValueError, match=message):
        experiment.configuration()


@pytest.mark.parametrize(
    "content",
    [b"name: [", b"\xff\xfe", b"[" * 5_000, b"\0", b"name: 1\ndescription: a\nunits: [{a: 1}]\n"],
    ids=["cut", "no UTF-8", "nested", "zero", "a number"],
)
def test_what_is_no_configuration_is_named_in_one_line(experiment, content):
    (experiment.folder / "config.yaml").write_bytes(content)
    with pytest.raises(ValueError, match=r"config\.yaml: .*must be") as error:
        experiment.configuration()
    assert "\n" not in str(error.value) and len(str(error.value)) < 500


def test_the_quick_configuration_must_have_the_same_keys(experiment):
    edit(experiment, "scale: 1", "size: 1", "quick.yaml")
    with pytest.raises(ValueError, match=r"the same keys; not.*'s"):
        read_configuration(experiment.folder, KEYS, quick=True)


def test_changes_replace_values_everywhere_and_unknown_ones_are_refused(experiment):
    read = read_configuration(experiment.folder, KEYS, changes=["kind=sum", "scale=4"])
    assert [u.values for u in read.units] == [
        {"seed": seed, "kind": "sum", "scale": 4.0} for seed in (0, 1, 2, 7)
    ]
    for change in ("scales=4", "name=other", "scale"):
        with pytest.raises(ValueError, match=r"KEY=VALUE for the keys \['kind', 'scale', 'seed'\]"):
            read_configuration(experiment.folder, KEYS, changes=[change])


@pytest.mark.parametrize(
    "text",
    ["[1,2", "'", "*x", "!!python/name:os.system", "2020-02-30", "[" * 5_000, "\0"],
    ids=["cut", "quote", "alias", "python", "no day", "nested", "zero"],
)
def test_a_change_that_is_no_yaml_is_named_in_one_line(experiment, text):
    with pytest.raises(ValueError, match=r"cannot set 'seed=.*must be YAML") as error:
        read_configuration(experiment.folder, KEYS, changes=[f"seed={text}"])
    assert "\n" not in str(error.value) and len(str(error.value)) < 600


@pytest.mark.parametrize("text", ["[[2020-02-01]]", "[&a [*a]]", "[!!set {b}]"])
def test_values_without_a_hash_are_refused(experiment, text):
    edit(experiment, "seed: 7", "seed: 7, gammas: [[0, 1]]")
    edit(experiment, "kind: [sum, product]}", "kind: [sum, product], gammas: null}")
    with pytest.raises(ValueError, match="gammas must "):
        read_configuration(
            experiment.folder, KEYS | {"gammas": list | None}, changes=[f"gammas={text}"]
        )


def test_grids_of_more_units_than_anyone_measures_are_refused_at_once(experiment):
    edit(experiment, "seed: [0, 1, 2]", f"seed: {list(range(3000))}, scales: {list(range(3000))}")
    with pytest.raises(ValueError, match=r"the grids have 18,000,001 units, and 100,000 are the"):
        read_configuration(experiment.folder, KEYS | {"scales": int})


values = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers() | st.floats(0, 1))


@given(values, values)
def test_units_have_one_hash_exactly_if_they_have_one_set_of_values(first, second):
    units = Unit(first, tuple(first)), Unit(dict(reversed(second.items())), tuple(second))
    assert (units[0].fingerprint == units[1].fingerprint) == (repr_of(first) == repr_of(second))


def repr_of(values):
    return {key: repr(value) for key, value in values.items()}


def test_a_long_name_is_cut_and_stays_its_own():
    long = [Unit({"kind": "x" * 300 + end}, ("kind",)).slug for end in "ab"]
    assert long[0] != long[1]
    assert max(map(len, long)) < 120


@pytest.mark.parametrize(
    ("kind", "text", "fits"),
    [
        *((int | None, text, True) for text in ("null", "3")),
        *((float | None, text, True) for text in ("null", "3", "0.5")),
        *((kind, "null", False) for kind in (int, str, float, bool, list)),
        (str | None, "3", False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_null_is_a_value_where_the_key_says_so(experiment, kind, text, fits):
    edit(experiment, "scale: 2.0", f"scale: 2.0\nextra: {text}")
    edit(experiment, "scale: 1", f"scale: 1\nextra: {text}", "quick.yaml")
    if fits:
        assert read_configuration(experiment.folder, KEYS | {"extra": kind}).units
        return
    with pytest.raises(ValueError, match=r"extra must be .*, got (null|int 3)$"):
        read_configuration(experiment.folder, KEYS | {"extra": kind})
