import json

import pytest
from runner.measured import Measured, is_sealed, record_digest
from runner.reporting import how_measured

CONTENT = b"seed,value\n3,0.5\n3,\n"
RECORD = {"unit": {"seed": 3}, "configuration": "abc", "seconds": 1.25, "rows": 2}


def test_rows_and_record_come_back_from_their_bytes():
    measured = Measured.of(RECORD, CONTENT)
    back = Measured.from_bytes(measured.to_bytes())
    assert back == measured
    assert back.content == CONTENT
    assert RECORD.items() <= back.record.items()


def test_no_altered_and_no_missing_byte_makes_other_rows_or_another_record():
    measured = Measured.of(RECORD, CONTENT)
    whole = measured.to_bytes()
    for place in range(len(whole)):
        assert Measured.from_bytes(whole[:place]) is None
        altered = Measured.from_bytes(
            whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]
        )
        if altered:  # gzip has bits that say nothing
            assert place >= len(whole) - len(measured.packed)
            assert (altered.record, altered.content) == (measured.record, CONTENT)


@pytest.mark.parametrize("found", [b"", b"\n\n", b"[]\na\nb", b"{}\na\nb", b'"text"\n\n'])
def test_bytes_of_something_else_are_no_measurement(found):
    assert Measured.from_bytes(found) is None


def test_a_digest_does_not_depend_on_the_order_of_keys_and_covers_every_value():
    record = Measured.of(RECORD, CONTENT).record
    assert is_sealed(json.loads(json.dumps(record, sort_keys=True)))
    assert is_sealed(dict(reversed(record.items())))
    for key in set(record) - {"digest"}:
        assert not is_sealed(record | {key: "other"})
        assert not is_sealed({name: value for name, value in record.items() if name != key})


def test_nested_records_are_not_read():
    assert Measured.from_bytes(b"[" * 100_000 + b"\na\n1\n") is None


ODD = (True, -1, 1.5, float("nan"), "x", [], [1], {"a": 1})


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("key", ["versions", "commit", "machine", "seconds", "processor_seconds"])
def test_a_record_of_other_types_is_none_whoever_sealed_it(key, value):
    record = Measured.of(RECORD | {key: value}, CONTENT).record
    good = {
        "versions": [],
        "commit": ["x"],
        "machine": [{"a": 1}],
        "seconds": [1.5],
        "processor_seconds": [1.5],
    }
    assert is_sealed(record) is (value in good[key])
    how_measured([record | {key: None}], [])
    if is_sealed(record):
        how_measured([record], [])


@pytest.mark.parametrize("key", ["unit", "configuration", "sha256"])
def test_a_record_without_what_finds_its_rows_is_none(key):
    record = Measured.of(RECORD, CONTENT).record
    for value in (None, 1, []):
        odd = record | {key: value}
        assert not is_sealed(odd | {"digest": record_digest(odd)})
