"""One page a case, its pictures, and whether what is written about them still holds."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
from case_studies.drawn import explained, groups
from case_studies.reading import checked, claims, sections
from runner.table import framed, markdown, mean_and_interval

from pyg_siamex import PairExplanation
from pyg_siamex.visualize import draw_circles, draw_group_relevance, draw_molecules

INTERPRETATION = Path(__file__).parent / "README.md"
TITLES = {
    "alkane_carbonyl": "Two molecules with a chain and a carbonyl",
    "esol_cliff": "A cliff of solubility",
    "hcp_pair": "Two connectomes with a high spatial score",
}
METHODS = (
    *("SelfLearned GDA", "BiLRP", "integrated Jacobians", "integrated gradients", "occlusion"),
    *("group t", "ridge weights", "random", "oracle"),
)
NUMBERS = (
    *("AUROC", "share on true atoms", "rank of the best true atom"),
    *("positive relevance between true atoms", "insertion - deletion", "stability"),
    *("stability of magnitudes", "completeness error", "term explained", "term biases"),
    "term f_00",
)


def report(rows: pd.DataFrame, folder: Path) -> None:
    """Write a page with pictures for each case, and ``results.md``."""
    text = INTERPRETATION.read_text(encoding="utf-8")
    found = checked(rows, claims(text))
    found = found[found["case"].isin(rows["case"])]
    bodies, links = sections(text), []
    for case in [name for name in TITLES if name in set(rows["case"])]:
        page = _page(rows[rows["case"] == case], case, bodies.get(case, ""), found, folder)
        (folder / f"{case}.md").write_text(page, encoding="utf-8")
        links.append(f"* [{TITLES[case]}]({case}.md)")
    parts = ["# Case studies\n", "\n".join(links) + "\n", _check(found)]
    (folder / "results.md").write_text("\n".join(parts), encoding="utf-8")


def _page(rows: pd.DataFrame, case: str, body: str, found: pd.DataFrame, folder: Path) -> str:
    pictured = rows[rows["seed"].eq(rows.loc[rows["kind"] == "graph", "seed"].min())]
    parts = [f"# {TITLES[case]}\n", _facts(rows, pictured)]
    stale = found[found["case"].eq(case) & ~found["holds"]]
    if len(stale):
        names = ", ".join(stale["number"].unique())
        parts.append(f"**The reading below no longer holds: other values of {names}.**\n")
    parts.append(f"## What to make of it\n\n{body}\n")
    parts.append("## Pictures\n\nOf the first model.\n")
    for name, draw, words in _pictures(pictured, case):
        draw(folder / name)
        parts.append(f"{words}\n\n![{words}]({name})\n")
    parts += ["## Numbers\n\nMean over models, with its 95 % interval.\n", _numbers(rows)]
    return "\n".join(parts)


def _facts(rows: pd.DataFrame, pictured: pd.DataFrame) -> str:
    """The pair, the model's quality and what else is known, one line each."""
    graphs = pictured[pictured["kind"] == "graph"]
    lines = [
        f"* {row.side}: {row.name_} `{row.text}`"
        for row in graphs.rename(columns={"name": "name_"}).itertuples()
        if isinstance(row.text, str)
    ]
    known = rows[rows["kind"].isin(["quality", "fact"])]
    numbers = known[known["value"].notna()]
    table = {}
    for name, part in numbers.groupby("name", sort=False):
        first = part.loc[part["seed"].eq(part["seed"].min()), "value"].iloc[0]
        values = mean_and_interval(part["value"], 2)
        table[name] = {"first model": f"{first:.2f}", "all models": values}
    frame = framed(table, f"{_models(rows)} models")
    return "\n".join([*lines, *[""][: len(lines)], markdown(frame), _cliffs(pictured)])


def _models(rows: pd.DataFrame) -> int:
    return int(rows["seed"].nunique())


def _cliffs(pictured: pd.DataFrame) -> str:
    """The pairs that the cliff was chosen among."""
    named = pictured["name"].fillna("").str.fullmatch(r"cliff \d+")
    rows = pictured.loc[named, "text"].str.split("; ", n=3, expand=True)
    if rows.empty:
        return ""
    rows.columns = ["molecules", "Tanimoto", "difference, log units", "verdict"]
    return markdown(rows.set_index("molecules"))


Picture = tuple[str, Callable[[Path], object], str]


def _pictures(rows: pd.DataFrame, case: str) -> list[Picture]:
    if case == "hcp_pair":
        return _brains(rows, case)
    names = rows[rows["kind"] == "graph"].set_index("side")["name"].to_dict()
    out: list[Picture] = []
    for method in METHODS[:4]:
        explanation = explained(rows, method)
        both = (names["query"], names["reference"])
        path = f"{case}_{method.lower().replace(' ', '_')}.svg"
        out.append((path, _molecules(explanation, both), method))
    if "missed" in names:
        draw = _molecules(explained(rows, "missed"), (names["query"], names["missed"]))
        out.append((f"{case}_missed.svg", draw, "What the model misses: integrated gradients"))
    return out


def _molecules(explanation: PairExplanation, names: tuple[str, str]) -> Callable[[Path], object]:
    return lambda path: draw_molecules(explanation, path, names=names)


def _brains(rows: pd.DataFrame, case: str) -> list[Picture]:
    out: list[Picture] = []
    for method in ("SelfLearned GDA", "integrated gradients"):
        path = f"{case}_{method.lower().replace(' ', '_')}.svg"
        words = f"{method}: the 60 most important connections of each subject"
        out.append((path, _circles(rows, method), words))
    words = "BiLRP: relevance between the lobes of the two subjects"
    relevance = groups(rows, "BiLRP")
    names = ("query", "reference")
    out.append(
        (f"{case}_lobes.svg", lambda p: draw_group_relevance(relevance, p, names=names), words)
    )
    return out


def _circles(rows: pd.DataFrame, method: str) -> Callable[[Path], object]:
    return lambda path: draw_circles(explained(rows, method), path, edges=60)


def _numbers(rows: pd.DataFrame) -> str:
    numbers = rows[rows["kind"] == "number"].assign(side=rows["side"].fillna(""))
    table: dict[str, dict[str, str]] = {}
    for name in NUMBERS:
        part = numbers[numbers["name"] == name]
        for side in sorted(part["side"].unique()):
            label = f"{name}, {side}" if side else name
            of_side = part[part["side"] == side]
            table[label] = {
                method: mean_and_interval(of_side.loc[of_side["method"] == method, "value"], 2)
                for method in METHODS
                if method in set(of_side["method"])
            }
    frame = framed(table, "number")
    return markdown(frame[[method for method in METHODS if method in frame]])


def _check(found: pd.DataFrame) -> str:
    if found.empty:
        return ""
    texts = found.assign(
        found=found["found"].map(lambda value: f"{value:.3f}"),
        holds=found["holds"].map({True: "yes", False: "**no**"}),
    )
    head = "## Numbers that the interpretation rests on\n\n"
    return head + markdown(texts.astype(str).set_index("case"))
