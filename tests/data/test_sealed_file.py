import json
import struct

import pytest
import torch
from damage import damages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from pyg_siamex.data.sealed_file import SealedFormat

PAIRS = SealedFormat("shape", version=3, again="draw it again", oldest=2)
TENSORS = {"a": torch.arange(6.0).view(2, 3), "b": torch.tensor([True]), "c": torch.ones(0, 2)}
SHARED = [HealthCheck.function_scoped_fixture]


def read(path, form=PAIRS):
    with form.opened(path) as sealed:
        return sealed.tensors(), sealed.header, sealed.shapes()


def test_round_trip(tmp_path):
    PAIRS.write(tmp_path / "f", TENSORS, {"name": "é"})
    tensors, header, shapes = read(tmp_path / "f")
    assert all(torch.equal(tensors[name], one) for name, one in TENSORS.items())
    assert header["name"] == "é" and header["format"] == "pyg_siamex shape 3"
    assert shapes == {n: (one.dtype, list(one.shape)) for n, one in TENSORS.items()}


@settings(deadline=None, max_examples=50, suppress_health_check=SHARED)
@given(st.permutations("abcdefgh"), st.text(st.characters(exclude_categories=["Cs"])))
def test_equal_content_is_equal_bytes(tmp_path, names, text):
    words = {name: text + name for name in names}
    PAIRS.write(tmp_path / "f", TENSORS, words)
    PAIRS.write(tmp_path / "g", TENSORS, dict(sorted(words.items())))
    assert (tmp_path / "f").read_bytes() == (tmp_path / "g").read_bytes()
    tensors, header, _ = read(tmp_path / "f")
    assert words.items() <= header.items()
    assert all(torch.equal(tensors[name], one) for name, one in TENSORS.items())


@settings(deadline=None, max_examples=300, suppress_health_check=SHARED)
@given(damages())
def test_no_damage_is_read(tmp_path, damage):
    path = tmp_path / "f"
    path.unlink(missing_ok=True)
    PAIRS.write(path, TENSORS, {"name": "one"})
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    if damage(whole) == whole:
        return
    try:
        tensors, header, _ = read(path)
    except ValueError as error:
        assert str(path) in str(error) and "\n" not in str(error) and len(str(error)) < 400
    else:  # blanks in the header mean nothing
        assert header["name"] == "one"
        assert all(torch.equal(tensors[name], one) for name, one in TENSORS.items())


def test_every_flipped_bit_of_the_values_is_noticed(tmp_path):
    PAIRS.write(tmp_path / "f", TENSORS, {})
    whole = (tmp_path / "f").read_bytes()
    start = 8 + struct.unpack("<Q", whole[:8])[0]
    for place in range(start, len(whole)):
        for bit in range(8):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            (tmp_path / "f").write_bytes(changed)
            with pytest.raises(ValueError, match="does not fit its digest"):
                read(tmp_path / "f")


def test_versions_and_kinds_are_told_apart(tmp_path):
    path = tmp_path / "f"
    SealedFormat("shape", version=4, again="draw it again").write(path, TENSORS, {})
    with pytest.raises(ValueError, match=r"newer version .*format 4; 2 to 3 .*: update pyg_siamex"):
        read(path)
    save_file(TENSORS, path, metadata={"format": "pyg_siamex shape 1"})
    with pytest.raises(ValueError, match=r"older version .*: draw it again"):
        read(path)
    path.unlink()
    SealedFormat("form", version=3, again="draw it again").write(path, TENSORS, {})
    with pytest.raises(ValueError, match=r"is not a shape file of pyg_siamex"):
        read(path)
    with pytest.raises(FileNotFoundError, match="no shape at"):
        read(tmp_path / "none")
    torch.save({"a": 1}, path)
    with pytest.raises(ValueError, match="or was written by an older version"):
        read(path)


def test_files_from_before_the_digest_are_read(tmp_path):
    old = SealedFormat("shape", version=2, again="draw it again")
    save_file(TENSORS, tmp_path / "f", metadata={"format": "pyg_siamex shape 1"})
    assert torch.equal(read(tmp_path / "f", old)[0]["a"], TENSORS["a"])
    old.write(tmp_path / "f", TENSORS, {})
    content = (tmp_path / "f").read_bytes().replace(b"shape 2", b"shape 1")
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(ValueError, match="its digest does not fit its format"):
        read(tmp_path / "f", old)


@pytest.mark.parametrize("shape", [[10**6, 10**6], [2**62, 2**62], [-1, 4], [10**30]])
def test_claims_beyond_the_file_take_no_memory(tmp_path, shape):
    header = {"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 16]}}
    text = json.dumps({"__metadata__": {"format": "pyg_siamex shape 3"}, **header}).encode()
    (tmp_path / "f").write_bytes(struct.pack("<Q", len(text)) + text + bytes(16))
    with pytest.raises(ValueError, match="is not a shape file"):
        read(tmp_path / "f")
    for claimed in (2**63, 10**9, 2):
        (tmp_path / "f").write_bytes(struct.pack("<Q", claimed) + text + bytes(16))
        with pytest.raises(ValueError, match="is not a shape file"):
            read(tmp_path / "f")


def test_nested_headers_are_refused(tmp_path):
    text = b'{"a":' * 50_000
    (tmp_path / "f").write_bytes(struct.pack("<Q", len(text)) + text)
    with pytest.raises(ValueError, match="is not a shape file"):
        read(tmp_path / "f")


def test_errors_of_the_reader_name_the_file(tmp_path):
    PAIRS.write(tmp_path / "f", TENSORS, {})
    lacks = pytest.raises(ValueError, match=r"f is damaged: it lacks 'z'\. Draw it again")
    with lacks, PAIRS.opened(tmp_path / "f") as sealed:
        sealed.tensors()["z"]
    odd = pytest.raises(ValueError, match=r"f is damaged: odd\. Draw it again")
    with odd, PAIRS.opened(tmp_path / "f"):
        raise TypeError("odd")
