"""Texts, sounds and graphs: Hugging Face datasets, torchaudio, PyTorch Geometric, NLTK."""

from __future__ import annotations

from typing import Any

from . import notes, synthetic
from .hooks import after

_ROWS = {"train": 256, "validation": 64, "test": 64}
# Columns by a word in the name: a sentence, two sentences, an image, a label of so many classes.
_SHAPES: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("mnist",), {"image": (28, 28, 1), "label": 10}),
    (("cifar100",), {"img": (32, 32, 3), "fine_label": 100, "coarse_label": 20}),
    (("cifar10",), {"img": (32, 32, 3), "label": 10}),
    (("food101", "beans", "imagenet", "cats_vs_dogs"), {"image": (96, 96, 3), "label": 3}),
    (("ag_news",), {"text": str, "label": 4}),
    (("emotion",), {"text": str, "label": 6}),
    (("yelp", "amazon_polarity", "imdb", "rotten", "sst2"), {"text": str, "label": 2}),
    (("dbpedia",), {"title": str, "content": str, "label": 14}),
    (("wikitext", "bookcorpus", "tiny_shakespeare", "ptb", "openwebtext", "c4"), {"text": str}),
    (("squad",), {"id": str, "title": str, "context": str, "question": str, "answers": "span"}),
    (("conll",), {"tokens": "words", "ner_tags": "tags"}),
    (("cnn_dailymail",), {"article": str, "highlights": str}),
    (("xsum",), {"document": str, "summary": str}),
    (("wmt", "opus", "iwslt", "multi30k"), {"translation": "pair"}),
]
_GLUE = {"sst2": ("sentence",), "cola": ("sentence",), "mrpc": ("sentence1", "sentence2"),
         "rte": ("sentence1", "sentence2"), "stsb": ("sentence1", "sentence2"),
         "qqp": ("question1", "question2"), "qnli": ("question", "sentence"),
         "mnli": ("premise", "hypothesis")}  # fmt: skip


@after("datasets")
def hugging_face(module: Any) -> None:
    real = module.load_dataset

    def load(
        path: str, name: str | None = None, *given: Any, split: Any = None, **named: Any
    ) -> Any:
        if path in ("csv", "json", "text", "parquet", "imagefolder", "pandas"):
            return real(path, name, *given, split=split, **named)
        notes.note(f"load_dataset({path!r}): synthetic")
        columns = _columns(str(path).lower(), name)
        if split is None:
            parts = {part: _dataset(module, columns, part, rows) for part, rows in _ROWS.items()}
            return module.DatasetDict(parts)
        if isinstance(split, (list, tuple)):
            return [_split(module, columns, str(one)) for one in split]
        return _split(module, columns, str(split))

    module.load_dataset = load


def _columns(path: str, name: str | None) -> dict[str, Any]:
    if "glue" in path and name in _GLUE:
        return {
            **dict.fromkeys(_GLUE[name], str),
            "label": 3 if name == "mnli" else 2,
            "idx": "place",
        }
    for words, columns in _SHAPES:
        if any(word in path for word in words):
            return columns
    return {"text": str, "label": 2}


def _split(module: Any, columns: dict[str, Any], split: str) -> Any:
    part, _, piece = split.partition("[")
    whole = _dataset(module, columns, part, _ROWS.get(part, 64))
    start, colon, end = piece.rstrip("]").partition(":")
    if not colon:
        return whole

    def place(text: str, usual: int) -> int:
        share = text.endswith("%")
        number = int(text.rstrip("%") or usual) if text.strip("%") else usual
        return len(whole) * number // 100 if share else min(number, len(whole))

    chosen = range(place(start, 0), max(place(start, 0) + 2, place(end, len(whole))))
    return whole.select([one for one in chosen if one < len(whole)])


def _dataset(module: Any, columns: dict[str, Any], part: str, rows: int) -> Any:
    draws = synthetic.writer("hf", part, *columns)
    classes = next((kind for kind in columns.values() if isinstance(kind, int)), 2)
    tags = synthetic.labels(rows, classes, "hf", part).tolist()
    made, features = {}, {}
    for name, kind in columns.items():
        made[name], features[name] = _column(module, kind, tags, draws, part)
    return module.Dataset.from_dict(made, features=module.Features(features))


def _column(
    module: Any, kind: Any, tags: list[int], draws: Any, part: str
) -> tuple[list[Any], Any]:
    text, whole = module.Value("string"), module.Value("int32")
    if kind is str:
        return [synthetic.sentence(draws, label, 16) for label in tags], text
    if isinstance(kind, int):
        names = [f"class{place}" for place in range(kind)]
        return [label % kind for label in tags], module.ClassLabel(names=names)
    if isinstance(kind, tuple):
        from PIL import Image

        pictures = (synthetic.images(_one(label), kind[:2], kind[2], part, place)[0].squeeze()
                    for place, label in enumerate(tags))  # fmt: skip
        return [Image.fromarray(picture) for picture in pictures], module.Image()
    if kind == "place":
        return list(range(len(tags))), whole
    if kind == "pair":
        pairs = [{"en": synthetic.sentence(draws), "de": synthetic.sentence(draws)} for _ in tags]
        return pairs, {"en": text, "de": text}
    if kind == "span":
        spans = [{"text": ["the"], "answer_start": [0]} for _ in tags]
        return spans, {"text": module.List(text), "answer_start": module.List(whole)}
    words = [synthetic.sentence(draws).split() for _ in tags]
    if kind == "words":
        return words, module.List(text)
    return [[place % 9 for place, _ in enumerate(line)] for line in words], module.List(whole)


def _one(label: int) -> Any:
    import numpy

    return numpy.array([label])


@after("torchaudio._extension.utils")
def without_compiled_parts(module: Any) -> None:
    """They want CUDA's libraries; what is written in Python works without them."""
    module._load_lib = lambda _: False


@after("torchaudio.datasets")
def torchaudio_sets(module: Any) -> None:
    import torch

    def made(name: str, item: Any) -> Any:
        class Sounds(torch.utils.data.Dataset):  # type: ignore[misc]
            def __init__(self, *_: Any, **__: Any) -> None:
                notes.note(f"torchaudio {name}: 200 synthetic sounds")
                self._walker = [f"sound{place}" for place in range(200)]

            def __len__(self) -> int:
                return 200

            def __getitem__(self, place: int) -> Any:
                if place >= 200:
                    raise IndexError(place)
                draws = synthetic.generator(name, place)
                wave = torch.from_numpy(draws.normal(0, 0.1, (1, 16_000)).astype("float32"))
                return item(wave, place, synthetic.sentence(synthetic.writer(name, place)))

        Sounds.__name__ = name
        return Sounds

    words = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
    module.SPEECHCOMMANDS = made(
        "SPEECHCOMMANDS", lambda wave, n, _: (wave, 16_000, words[n % 10], f"speaker{n % 7}", 0)
    )
    module.LIBRISPEECH = made(
        "LIBRISPEECH", lambda wave, n, text: (wave, 16_000, text.upper(), n % 7, 1, n)
    )
    module.YESNO = made("YESNO", lambda wave, n, _: (wave, 8000, [n >> k & 1 for k in range(8)]))
    module.LJSPEECH = made("LJSPEECH", lambda wave, _, text: (wave, 22_050, text, text))


@after("torch_geometric.datasets")
def graphs(module: Any) -> None:
    import torch
    from torch_geometric.data import Data, InMemoryDataset

    def made(name: str) -> Any:
        class Graph(InMemoryDataset):  # type: ignore[misc]
            def __init__(self, _root: Any = None, name: str = name, transform: Any = None, *_: Any,
                         **__: Any) -> None:  # fmt: skip
                super().__init__(None, transform)
                notes.note(f"torch_geometric {name}: a synthetic graph of 300 nodes")
                self.name = name
                self.data, self.slices = self.collate([_graph(torch, Data)])

        Graph.__name__ = name
        return Graph

    for name in ("Planetoid", "CitationFull", "Amazon", "Coauthor", "Reddit", "KarateClub"):
        setattr(module, name, made(name))


def _graph(torch: Any, data: Any) -> Any:
    draws = synthetic.generator("graph")
    labels = synthetic.labels(300, 7, "graph")
    features = torch.from_numpy(draws.normal(0, 1, (300, 64)).astype("float32"))
    features[range(300), labels] += 2
    ends = torch.from_numpy(draws.randint(0, 300, (2, 1200)))
    masks = {
        f"{name}_mask": torch.zeros(300, dtype=torch.bool) for name in ("train", "val", "test")
    }
    for mask, (low, high) in zip(masks.values(), ((0, 140), (140, 200), (200, 300)), strict=True):
        mask[low:high] = True
    return data(x=features, edge_index=torch.cat([ends, ends.flip(0)], 1),
                y=torch.from_numpy(labels), **masks)  # fmt: skip


@after("nltk")
def nltk(module: Any) -> None:
    def download(what: Any = None, *_: Any, **__: Any) -> bool:
        notes.note(f"nltk.download({what!r}): nothing to be had; sentences are split at full stops")
        return True

    module.download = download
    module.word_tokenize = lambda text, *_, **__: text.replace(".", " .").split()
    module.sent_tokenize = lambda text, *_, **__: [
        f"{part.strip()}." for part in text.split(".") if part.strip()
    ]
