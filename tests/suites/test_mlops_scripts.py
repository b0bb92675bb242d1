"""The scripts of the suite mlops agree with what scripts.toml says of them, and with the mix."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "suites/mlops"
TOLD = tomllib.loads((FOLDER / "scripts.toml").read_text())
SCRIPTS: dict[str, dict[str, Any]] = {entry["id"]: entry for entry in TOLD["script"]}
IMPORTED = {
    "pytorch": {"torch"},
    "lightning": {"lightning", "pytorch_lightning"},
    "keras": {"keras"},
    "sklearn": {"sklearn"},
    "huggingface": {"transformers"},
}
TRAINS = {"backward", "manual_backward", "fit", "train", "train_on_batch"}
SHA256, COMMIT = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{40}")


def _text(name: str) -> str:
    return (FOLDER / "scripts" / f"{name}.py").read_text()


def _imported(tree: ast.Module) -> set[str]:
    names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


def _called(tree: ast.Module) -> set[str]:
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)}


def _counted() -> list[dict[str, Any]]:
    return [e for e in SCRIPTS.values() if not e.get("extra") and "outcome" not in e]


def test_each_script_has_one_entry_and_each_entry_a_script() -> None:
    assert len(SCRIPTS) == len(TOLD["script"])
    assert set(SCRIPTS) == {path.stem for path in (FOLDER / "scripts").glob("*.py")}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_is_what_its_entry_says(name: str) -> None:
    entry, text = SCRIPTS[name], _text(name)
    tree = ast.parse(text)
    lines = len(text.splitlines())
    assert lines == entry["lines"]
    assert 20 <= lines <= 800
    assert IMPORTED[entry["framework"]] & _imported(tree)
    assert bool(TRAINS & _called(tree)) == (entry["kind"] != "no training")
    assert ("mlflow" in _imported(tree)) == ("tracked" in entry["declines"].values())


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_an_entry_is_whole(name: str) -> None:
    entry = SCRIPTS[name]
    assert set(entry["declines"]) <= set(TOLD["targets"])
    assert set(entry["declines"].values()) <= set(TOLD["reasons"])
    assert set(entry) - {"arguments", "smoke", "trap", "outcome", "extra"} == {
        "id", "framework", "kind", "style", "lines", "loop", "epochs", "seeds", "metrics",
        "data", "declines",
    }  # fmt: skip
    assert entry.get("outcome", "proven") in {"proven", "declined", "original_fails"}
    assert bool(entry["metrics"]) == ("outcome" not in entry)
    for metric in entry["metrics"]:
        assert set(metric) == {"name", "is", "at"}


@pytest.mark.parametrize("name", [e["id"] for e in _counted()])
def test_a_metric_is_named_as_in_the_script(name: str) -> None:
    """Each begins with a name or a string that stands in the script; Keras names its own."""
    if SCRIPTS[name]["framework"] == "keras":
        return
    words = set(re.findall(r"\w+", _text(name)))
    for metric in SCRIPTS[name]["metrics"]:
        assert set(re.findall(r"[^\W\d]\w*", metric["name"])) <= words, metric["name"]


def test_the_mix_of_the_paper_is_met() -> None:
    mix = Counter(entry["framework"] for entry in _counted())
    assert mix["pytorch"] >= 10
    assert mix["lightning"] >= 5
    assert mix["keras"] >= 5
    assert mix["sklearn"] >= 4
    kinds = " ".join(entry["kind"] for entry in _counted())
    for kind in (
        "classifier", "large image classifier", "DCGAN", "vision transformer", "translation",
        "variational", "graph convolution", "siamese", "style transfer", "word language model",
        "Q-learning", "GAN", "speech", "super-resolution", "tree regression", "denoising",
        "early stopping", "Gaussian process",
    ):  # fmt: skip
        assert kind in kinds


def test_the_families_hold_each_target_once() -> None:
    assert sorted(t for f in TOLD["families"].values() for t in f) == sorted(TOLD["targets"])
    assert not set(TOLD["reasons"]) - {r for e in SCRIPTS.values() for r in e["declines"].values()}


def test_the_readme_counts_what_is_asked() -> None:
    readme = (FOLDER / "README.md").read_text()
    for targets in TOLD["families"].values():
        pairs = sum(target not in e["declines"] for e in _counted() for target in targets)
        assert re.search(rf"\b{pairs}\b", readme), targets


@pytest.mark.parametrize("target", TOLD["targets"])
def test_each_target_has_a_versioned_document_whose_code_parses(target: str) -> None:
    text = (FOLDER / "documents" / f"{target}.md").read_text()
    assert re.match(r"Reference document \d+ · .* \d+\.\d+.* · November 2026\n", text)
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert blocks
    for block in blocks:
        ast.parse(block)


@pytest.mark.parametrize("path", ["suites/mlops/paper.toml", "benchmarks/adapt_unseen.toml"])
def test_public_scripts_are_pinned_and_not_copied(path: str) -> None:
    entries = tomllib.loads((ROOT / path).read_text())["script"]
    assert len(entries) >= 22
    assert len({entry["sha256"] for entry in entries}) == len(entries)
    for entry in entries:
        assert COMMIT.fullmatch(entry["commit"])
        assert SHA256.fullmatch(entry["sha256"])
        assert entry["path"].endswith(".py")
        assert entry["licence"]
