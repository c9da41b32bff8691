"""Bad inputs by kind: files with damage of every kind, and values that no option or graph may have.

A case ends well if it gives the result of the undamaged input, or a named error of one line.
"""

import json
import math
import random
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pandas as pd
import torch
from graphs import FEATURES, random_graph
from nibabel.cifti2 import BrainModelAxis, ParcelsAxis
from resealed import resealed
from safetensors.torch import save_file
from scipy.io import savemat
from small_models import molecule_model
from torch_geometric.explain import Explanation

from pyg_siamex import PairDataset, PairExplainer, PairExplanation, SelfLearned, fit
from pyg_siamex.chemistry.sdf import write_sdf
from pyg_siamex.datasets import MoleculeTable, TableRows
from pyg_siamex.datasets.connectome.array_file import read_array
from pyg_siamex.datasets.connectome.atlas_table import read_atlas_table
from pyg_siamex.datasets.connectome.brain_image import open_image, values_of
from pyg_siamex.datasets.numpy_file import read_npy, read_npz
from pyg_siamex.explain import Invariance
from pyg_siamex.explain.relevance import Factors, PairFile, write_pairs
from pyg_siamex.nn import CosineSimilarity, Library, build_siamese, load_model, save_model
from pyg_siamex.nn.neighbours import HNSWIndex, NeighbourIndex
from pyg_siamex.nn.training.module import PairTraining
from pyg_siamex.nn.training.resuming import check_checkpoint
from pyg_siamex.recipe import Trained, explain

SECONDS = 20
"""Longest that a case may take."""


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        name: What it is.
        write: Writes a good file.
        read: Reads a file, to something that compares.
        sealed: Whether any change is noticed.
        finite: Whether what is read is never NaN or infinite.
    """

    name: str
    write: Callable[[Path], None]
    read: Callable[[Path], Any]
    sealed: bool
    finite: bool = False


def model():
    torch.manual_seed(0)
    sizes = {"in_channels": FEATURES, "hidden_channels": 4, "num_layers": 2}
    return build_siamese("GIN", **sizes).eval()


def explanation():
    graph = Explanation(x=torch.ones(3, 2), edge_index=torch.tensor([[0, 1], [1, 2]]))
    graph.edge_mask = torch.tensor([0.5, 0.25])
    return PairExplanation(graph, graph.clone(), 0.5, relevance=torch.ones(3, 3))


def factors():
    return Factors(torch.arange(8.0).view(2, 4), torch.tensor([0, 1, 4]), torch.ones(2, 2))


def library():
    return Library(model(), torch.arange(6.0).view(2, 3), ["a", "b"], "here")


def invariance():
    graphs = [random_graph(4, seed=k) for k in range(4)]
    return Invariance.learn(model(), graphs, 2)


GRAPHS = [random_graph(4, seed=k) for k in range(6)]


def write_kept(path: Path) -> None:
    """A model that keeps an invariance."""
    keeping = model()
    invariance().keep_with(keeping)
    save_model(keeping, path)


def use_kept(path: Path) -> Any:
    explainer = PairExplainer(load_model(path)[0], SelfLearned(), edge_mask_type="object")
    return explainer(*GRAPHS[:2]).query.edge_mask


ENTRIES = torch.randn(20, 4, generator=torch.Generator().manual_seed(0))


def use_index(path: Path) -> Any:
    index = HNSWIndex.load(path, CosineSimilarity())
    return NeighbourIndex(CosineSimilarity(), ENTRIES, index).nearest(ENTRIES[3], 2)


def write_checkpoint(path: Path) -> None:
    pairs = PairDataset(GRAPHS, labels=[0, 0, 0, 1, 1, 1])
    found = fit(
        model(), pairs, validation=pairs, epochs=1, directory=path.parent / "run", progress=False
    )
    assert found.checkpoint is not None
    found.checkpoint.rename(path)
    for rest in (path.parent / "run").iterdir():
        rest.unlink()
    (path.parent / "run").rmdir()


def use_checkpoint(path: Path) -> None:
    check_checkpoint(path, PairTraining(model()))


def _state(read: Any) -> Any:
    """Tensors and arrays as lists, so that results compare."""
    if isinstance(read, torch.Tensor | np.ndarray):
        return read.tolist()
    if isinstance(read, dict):
        return {str(key): _state(one) for key, one in read.items()}
    if isinstance(read, list | tuple):
        return [_state(one) for one in read]
    return read


def _matrix_text(path: Path) -> None:
    rows = [[0, 0.5, -0.25], [0.5, 0, 0.125], [-0.25, 0.125, 0]]
    path.write_text("\n".join(",".join(map(str, row)) for row in rows) + "\n")


def _netcc(path: Path) -> None:
    path.write_text("a b c\n1 2 3\n# CC\n0 0.5 -0.25\n0.5 0 0.125\n-0.25 0.125 0\n")


def _cifti(path: Path) -> None:
    surface = BrainModelAxis.from_mask(np.ones(3, dtype=bool), name="cortex_left")
    axis = ParcelsAxis.from_brain_models([(n, surface[[k]]) for k, n in enumerate("abc")])
    nibabel.save(nibabel.Cifti2Image(np.eye(3, dtype=np.float32), header=(axis, axis)), path)


MOLECULES = pd.DataFrame({"smiles": ["CCO", "CCN", "c1ccccc1"], "y": [1, 0, 1]})


def _molecule_file(path: Path) -> None:
    write_sdf(path, MOLECULES["smiles"].tolist(), ["a", "b", "c"], MOLECULES[["y"]])


KINDS = [
    Kind(
        "model",
        lambda path: save_model(model(), path, note="text"),
        lambda path: [(m := load_model(path))[0].state_dict(), str(m[1]), m[0].config],
        sealed=True,
    ),
    Kind(
        "explanation",
        lambda path: explanation().save(path),
        lambda path: [(e := PairExplanation.load(path)).query.to_dict(), e.relevance, e.prediction],
        sealed=True,
    ),
    Kind(
        "invariance",
        lambda path: invariance().save(path),
        lambda path: Invariance.load(path).to_plain(),
        sealed=True,
    ),
    Kind(
        "library",
        lambda path: library().save(path),
        lambda path: [(found := Library.load(path, model())).embeddings, list(found.names)],
        sealed=True,
    ),
    Kind(
        "factors",
        lambda path: factors().save(path),
        lambda path: [(found := Factors.load(path)).node, found.ptr, found.embedding],
        sealed=True,
    ),
    Kind(
        "pairs",
        lambda path: write_pairs(factors(), CosineSimilarity(), path),
        lambda path: [(found := PairFile(path)).sizes, *(found[pair] for pair in found)],
        sealed=True,
    ),
    Kind("kept", write_kept, use_kept, sealed=True),
    Kind(
        "index",
        lambda path: HNSWIndex(CosineSimilarity(), ENTRIES, links=4).save(path),
        use_index,
        sealed=True,
    ),
    Kind("run.ckpt", write_checkpoint, use_checkpoint, sealed=True),
    Kind(
        "trained",
        lambda path: molecule_model(training_pair_auc=0.5, spread=0.1).save(path),
        lambda path: explain(Trained.load(path), "CCO", "CCN", method="gradient").probability,
        sealed=True,
    ),
    Kind(
        "archive.npz",
        lambda path: np.savez_compressed(path, a=np.arange(40.0).reshape(4, 10)),
        lambda path: read_npz(path, ["a"]),
        sealed=True,
    ),
    Kind("array.npy", lambda path: np.save(path, np.arange(12.0).reshape(3, 4)), read_npy, False),
    Kind(
        "matrix.mat",
        lambda path: savemat(path, {"z": np.eye(4)}, do_compression=True),
        lambda path: read_array(path).values,
        sealed=False,
    ),
    Kind("matrix.netcc", _netcc, lambda path: read_array(path).values, sealed=False),
    Kind("matrix.pconn.nii", _cifti, lambda path: read_array(path).values, sealed=False),
    Kind(
        "volume.nii.gz",
        lambda path: nibabel.save(nibabel.Nifti1Image(np.ones((3, 3, 3), "i2"), np.eye(4)), path),
        lambda path: values_of(open_image(path), path),
        sealed=False,
    ),
    Kind("matrix.csv", _matrix_text, lambda path: read_array(path).values, sealed=False),
    Kind(
        "molecules.csv",
        lambda path: path.write_text("smiles,y\nCCO,1\nCCN,0\nc1ccccc1,1\n"),
        lambda path: [d.x for d in MoleculeTable(path, "smiles", label="y")],
        sealed=False,
    ),
    *(
        Kind(
            f"molecules.{ending}",
            write,
            lambda path: [d.x for d in MoleculeTable(path, "smiles", label="y")],
            sealed=False,
        )
        for ending, write in (
            ("xlsx", lambda path: MOLECULES.to_excel(path, index=False)),
            ("parquet", lambda path: MOLECULES.to_parquet(path, index=False)),
            ("csv.gz", lambda path: MOLECULES.to_csv(path, index=False)),
            ("sdf", _molecule_file),
        )
    ),
    Kind(
        "atlas.csv",
        lambda path: path.write_text("name,x,y,z\na,1,2,3\nb,4,5,6\n"),
        lambda path: read_atlas_table(path).names,
        sealed=False,
    ),
    Kind(
        "rows.csv",
        lambda path: path.write_text("a,b,y\n1,2,x\n3,4,z\n5,6,x\n"),
        lambda path: [d.x for d in TableRows.from_csv(path, label="y")],
        sealed=False,
    ),
]


def damages(content: bytes, seed: int) -> Iterator[tuple[str, bytes]]:
    """Damage of every kind at random places."""
    draw = random.Random(seed)
    place = draw.randrange(len(content))
    end = min(len(content), place + draw.randrange(1, 64))
    noise = draw.randbytes(end - place)
    before, after = content[:place], content[place + 1 :]
    yield "flip a bit", before + bytes([content[place] ^ (1 << draw.randrange(8))]) + after
    yield "change a byte", before + bytes([draw.randrange(256)]) + after
    yield "cut off", before
    yield "lose the start", content[place:]
    yield "lose a part", before + content[end:]
    yield "zeros", before + bytes(end - place) + content[end:]
    yield "noise", before + noise + content[end:]
    yield "put in", before + noise + content[place:]
    yield "append", content + noise
    yield "swap two parts", content[end:] + content[:end]
    yield "twice", content + content
    yield "text in it", before + b"\xff\x00\xe2\x80\xae=1+1\x1b[2J" + content[place:]


def strangers() -> Iterator[tuple[str, bytes]]:
    """Files of other kinds, and claims beyond what they hold."""
    yield "empty", b""
    yield "a zero", b"\0"
    yield "text", b"hello\nworld\n"
    yield "noise", random.Random(0).randbytes(5000)
    yield "nested lists", b"[" * 100_000
    yield "nested dicts", b'{"a":' * 100_000
    yield "a long line", b"x" * 5_000_000
    yield "many lines", b"1,2\n" * 100_000
    yield "wide row", b"1," * 100_000
    for shape in ([10**6, 10**6], [2**62, 4], [-1, 4]):
        header = {"a": {"dtype": "F32", "shape": shape, "data_offsets": [0, 16]}}
        text = json.dumps(header).encode()
        yield f"tensor of {shape}", struct.pack("<Q", len(text)) + text + bytes(16)
        array = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
        yield f"array of {shape}", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(array)) + array
    yield "a header that is too long", struct.pack("<Q", 2**63) + b"{}"


def bombs(folder: Path) -> Iterator[Path]:
    """Files that unfold to much more than they are."""
    path = folder / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000,), }"
        content = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(2**26)
        archive.writestr("a.npy", content)
    yield path
    sizes = {"encoder": "GIN", "in_channels": 4, "hidden_channels": 25_000, "num_layers": 3}
    words = {"format": "pyg_siamex model 1", "config": json.dumps(sizes), "metadata": "{}"}
    save_file({"w": torch.ones(3)}, folder / "bomb.model", metadata=words)
    yield folder / "bomb.model"


def _finite(found: Any) -> bool:
    if isinstance(found, dict):
        return all(map(_finite, found.values()))
    if isinstance(found, list):
        return all(map(_finite, found))
    return not isinstance(found, float) or math.isfinite(found)


def ending(kind: Kind, path: Path, good: Any) -> str:
    """How reading a damaged file ends: empty if well, else what is wrong."""
    start, before = time.perf_counter(), sorted(path.parent.iterdir())
    try:
        found = _state(kind.read(path))
    except (ValueError, TypeError, OSError) as error:
        text = str(error)
        named = path.name in text or "row 'line" in text  # rows of a frame know no file
        wrong = "" if named else "no name of the file"
        wrong = wrong or ("many lines" if text.count("\n") > 10 else "")  # a row a line
        wrong = wrong or ("too long" if len(text) > 1500 else "")
        wrong = wrong and f"{wrong}: {text[:150]}"
    except Exception as error:
        wrong = f"{type(error).__name__}: {str(error)[:150]}"
    else:
        wrong = "accepted a change" if kind.sealed and found != good else ""
        wrong = wrong or ("gave NaN" if kind.finite and not _finite(found) else "")
    if time.perf_counter() - start > SECONDS:
        wrong = wrong or f"took {time.perf_counter() - start:.0f} s"
    if sorted(path.parent.iterdir()) != before:
        wrong = wrong or "left a file"
    return wrong


def file_cases(folder: Path, kind: Kind, seeds: range) -> Iterator[tuple[str, str]]:
    """Name and ending of each case of a kind of file."""
    path = folder / f"{kind.name.split('.')[0]}.{kind.name.partition('.')[2] or 'bin'}"
    path.unlink(missing_ok=True)
    kind.write(path)
    content, good = path.read_bytes(), _state(kind.read(path))
    for seed in seeds:
        for name, changed in damages(content, seed):
            path.write_bytes(changed)
            yield f"{kind.name}: {name} ({seed})", ending(kind, path, good)
        for name, changed in resealed(content, path, seed):
            path.write_bytes(changed)
            right = replace(kind, sealed=False, finite=True)  # its digest fits: content is checked
            yield f"{kind.name}: {name} ({seed}, sealed again)", ending(right, path, good)
    for name, other in strangers():
        path.write_bytes(other)
        yield f"{kind.name}: {name}", ending(kind, path, good)
    path.unlink()
    path.mkdir()
    yield f"{kind.name}: a folder", ending(kind, path, good)
    path.rmdir()
    yield f"{kind.name}: nothing", ending(kind, path, good)
