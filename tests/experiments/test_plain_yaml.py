import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from runner.configuration import read_configuration
from runner.plain_yaml import from_yaml

names = st.lists(st.sampled_from(["a", "b", "seed", "1"]), min_size=1, max_size=5)


@given(names, st.booleans())
def test_mappings_are_read_exactly_if_each_key_is_there_once(keys, nested):
    text = "".join(f"{key}: {k}\n" for k, key in enumerate(keys))
    if nested:
        text = "- x: [1, 2]\n- {" + ", ".join(f"{key}: 0" for key in keys) + "}\n"
    if len(set(keys)) == len(keys):
        assert from_yaml(text, "text")
    else:
        with pytest.raises(ValueError, match=r"^text has the key '\w+' twice \(lines \d and \d\)"):
            from_yaml(text.encode(), "text")


def test_merged_mappings_may_replace_keys():
    text = "base: &base {a: 1, b: 2}\nown: &own {<<: *base, b: 3}\nlast: {<<: *own, b: 4}\n"
    assert from_yaml(text, "text")["last"] == {"a": 1, "b": 4}


@pytest.mark.parametrize("text", ["scale: 9.0\n", "units: [{seed: 1, kind: sum}]\n", "name: x\n"])
def test_a_key_that_a_configuration_has_twice_is_named_with_its_lines(experiment, text):
    config = experiment.folder / "config.yaml"
    config.write_text(config.read_text() + text)
    key = text.partition(":")[0]
    with pytest.raises(ValueError, match=rf"config\.yaml: has the key '{key}' twice \(lines \d+ "):
        experiment.configuration()


def test_a_change_with_a_key_twice_or_of_one_key_twice_is_refused(experiment):
    for changes, message in (
        (["seed={a: 1, a: 2}"], "the value has the key 'a' twice"),
        (["seed=1", "kind=sum", "seed=2"], "`--set` has 'seed' twice"),
    ):
        with pytest.raises(ValueError, match=message):
            read_configuration(experiment.folder, experiment.keys, changes=changes)


@given(st.integers(0, 10**6), st.sampled_from(["", "-", "+"]))
def test_numbers_are_read_as_they_look_or_refused(number, sign):
    assert from_yaml(f"a: {sign}{number}", "text") == {"a": int(f"{sign}{number}")}
    for text in (f"{sign}0{number}", f"{sign}{number}:30", f"{sign}{number}:30.5"):
        try:
            read = from_yaml(f"a: {text}", "text")["a"]
        except ValueError as error:
            assert f"text has {text} in line 1" in str(error)
        else:
            assert read == text or (number == 0 and read == 0)  # a text, such as 08


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: [1", "line 1, column 6: a bracket, quote, colon or indentation is wrong"),
        ("a: 1\nb: c: d", "line 2, column 5: a bracket"),
        (b"a: 1\nb: \xe9", "line 2 has bytes that are none: save the file as UTF-8"),
        ("a: \0", "character 4 is a control character"),
        ("[" * 5_000, "nested too deeply"),
        ("a: 2020-02-30", "looks like a date or a number and is none"),
        ("!!python/name:os.system", "line 1, column 1: values are numbers, texts, lists"),
    ],
    ids=["cut", "colons", "latin", "zero", "nested", "no day", "python"],
)
def test_faults_are_told_in_our_own_words_with_their_place(text, why):
    with pytest.raises(ValueError, match=r"^text must be YAML") as error:
        from_yaml(text, "text")
    assert why in str(error.value)
    assert not any(
        word in str(error.value) for word in ("unicode string", "codec", "<stream", "tag")
    )


@pytest.mark.parametrize("number", [".nan", ".NaN", "-.inf", ".Inf", "1.0e+999"])
def test_numbers_that_are_not_finite_are_told(number):
    with pytest.raises(ValueError, match=f"text has {re.escape(number)} in line 2: numbers must"):
        from_yaml(f"a: 1\nb: [0.5, {number}]", "text")
    assert from_yaml("a: 1.5e+3", "text") == {"a": 1500.0}
