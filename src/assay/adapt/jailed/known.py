"""Archives that many scripts fetch, and how they look inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import synthetic

Members = Iterator[tuple[str, bytes]]


def members(name: str) -> dict[str, bytes] | None:
    """What lies in an archive, by a word of its name; None where it is not known."""
    low = name.lower()
    for word, make in _KNOWN.items():
        if word in low:
            return dict(make())
    return None


_TOPICS = (
    "Case_Based Genetic_Algorithms Neural_Networks Probabilistic_Methods Reinforcement_Learning "
    "Rule_Learning Theory"
)
_HALVES = ("train", "test")


def _cora(stem: str) -> Callable[[], Members]:
    def make() -> Members:
        draws, labels = synthetic.generator(stem), synthetic.labels(240, 7, stem)
        rows = []
        for paper, label in enumerate(labels.tolist()):
            words = draws.rand(64) < 0.08
            words[label * 8 : label * 8 + 8] |= draws.rand(8) < 0.6
            bits = " ".join(str(int(bit)) for bit in words).replace(" ", "\t")
            rows.append(f"{paper + 31}\t{bits}\t{_TOPICS.split()[label]}")
        ends = draws.randint(0, 240, (900, 2)) + 31
        yield f"{stem}/{stem}.content", ("\n".join(rows) + "\n").encode()
        yield f"{stem}/{stem}.cites", "".join(f"{a}\t{b}\n" for a, b in ends).encode()
        yield f"{stem}/README", b"synthetic\n"

    return make


def _speech() -> Members:
    draws = synthetic.writer("speech")
    lines = []
    for place in range(48):
        text = synthetic.sentence(draws, words=4)
        lines.append(f"LJ001-{place:04}|{text}|{text}")
        yield f"LJSpeech-1.1/wavs/LJ001-{place:04}.wav", synthetic.sound(place, rate=22_050)
    yield "LJSpeech-1.1/metadata.csv", ("\n".join(lines) + "\n").encode()


def _pairs(path: str) -> Callable[[], Members]:
    def make() -> Members:
        draws = synthetic.writer(path)
        rows = []
        for _ in range(600):
            words = draws.randrange(2, 9)
            rows.append(f"{synthetic.sentence(draws, words=words)}.\t"
                        f"{synthetic.sentence(draws, words=words)} .\tCC-BY")  # fmt: skip
        yield path, ("\n".join(rows) + "\n").encode()

    return make


def _images(*folders: str, each: int = 12) -> Callable[[], Members]:
    def make() -> Members:
        for label, folder in enumerate(folders):
            for place in range(each):
                yield f"{folder}/{place:04}.jpg", synthetic.picture("jpg", label, place)

    return make


def _texts(*folders: str, each: int = 60) -> Callable[[], Members]:
    def make() -> Members:
        for label, folder in enumerate(folders):
            draws = synthetic.writer(folder)
            for place in range(each):
                yield (
                    f"{folder}/{place}_{label}.txt",
                    synthetic.sentence(draws, label % 2, 40).encode(),
                )

    return make


def _names() -> Members:
    for place, language in enumerate(("English", "French", "German", "Italian", "Spanish")):
        draws = synthetic.writer(language)
        letters = "abcdefghij"[place:][:5]
        lines = ("".join(draws.choices(letters, k=6)).title() for _ in range(80))
        yield f"data/names/{language}.txt", ("\n".join(lines) + "\n").encode()
    yield from _pairs("data/eng-fra.txt")()


def _wikitext(folder: str) -> Callable[[], Members]:
    def make() -> Members:
        for part, lines in (("train", 500), ("valid", 120), ("test", 120)):
            yield f"{folder}/wiki.{part}.tokens", synthetic.prose(lines, folder, part).encode()

    return make


def intents() -> dict[str, list[dict[str, object]]]:
    """What chatbots of many tutorials learn from."""
    draws = synthetic.writer("intents")
    return {"intents": [
        {"tag": f"topic{topic}", "context_set": "", "context": [""],
         "patterns": [synthetic.sentence(draws, topic, 5) for _ in range(6)],
         "responses": [synthetic.sentence(draws, topic, 5) for _ in range(2)]}
        for topic in range(2, 8)
    ]}  # fmt: skip


_KNOWN: dict[str, Callable[[], Members]] = {
    "cora": _cora("cora"),
    "citeseer": _cora("citeseer"),
    "ljspeech": _speech,
    "spa-eng": _pairs("spa-eng/spa.txt"),
    "fra-eng": _pairs("fra.txt"),
    "deu-eng": _pairs("deu.txt"),
    "bsds": _images(*(f"BSR/BSDS500/data/images/{part}" for part in ("train", "val", "test"))),
    "bsr_": _images(*(f"BSR/BSDS500/data/images/{part}" for part in ("train", "val", "test"))),
    "aclimdb": _texts(*(f"aclImdb/{half}/{mood}" for half in _HALVES for mood in ("neg", "pos"))),
    "flower_photos": _images(
        "flower_photos/daisy", "flower_photos/dandelion", "flower_photos/roses",
        "flower_photos/sunflowers", "flower_photos/tulips",
    ),
    "hymenoptera": _images(
        "hymenoptera_data/train/ants", "hymenoptera_data/train/bees",
        "hymenoptera_data/val/ants", "hymenoptera_data/val/bees",
    ),
    "cats_and_dogs": _images(
        "cats_and_dogs_filtered/train/cats", "cats_and_dogs_filtered/train/dogs",
        "cats_and_dogs_filtered/validation/cats", "cats_and_dogs_filtered/validation/dogs",
    ),
    "kagglecatsanddogs": _images("PetImages/Cat", "PetImages/Dog"),
    "wikitext-2": _wikitext("wikitext-2"),
    "wikitext-103": _wikitext("wikitext-103"),
    "data.zip": _names,
}  # fmt: skip
