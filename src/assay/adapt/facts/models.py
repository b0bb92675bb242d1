"""Models, optimisers and data loaders: which variable holds what."""

from __future__ import annotations

import re

import libcst as cst

from assay.adapt.facts.flow import Definition, Flow
from assay.adapt.facts.source import Source
from assay.adapt.facts.words import Framework, Loader, Model, Optimiser, Role

_BASES: dict[str, Framework] = {
    "LightningModule": "lightning",
    "keras.Model": "keras",
    "keras.models.Model": "keras",
    "keras.Sequential": "keras",
    "nn.Module": "torch",
    "torch.nn.Sequential": "torch",
}
_BUILT: tuple[tuple[str, Framework], ...] = (
    (r"torch\.nn\.(modules\.\w+\.)?(Sequential|Linear|LSTM|GRU|Transformer\w*)", "torch"),
    (r"torchvision\.models\.(?!\w*_Weights)[\w.]+", "torch"),
    (r"torch\.hub\.load", "torch"),
    (r"(tensorflow\.)?keras\.(models\.)?(Sequential|Model)", "keras"),
    (r"(tensorflow\.)?keras\.applications\.[\w.]+", "keras"),
    (r"(xgboost|lightgbm)\.\w*(Classifier|Regressor|Ranker)", "boosting"),
    (r"(xgboost|lightgbm)\.train", "boosting"),
    (r"transformers\.\w+\.from_(pretrained|config)", "transformers"),
)
# What lies in these packages of scikit-learn prepares data; it is fitted, but not trained.
_PREPARES = (
    "preprocessing", "feature_extraction", "impute", "decomposition", "feature_selection",
    "random_projection", "kernel_approximation", "metrics", "datasets", "utils", "compose",
    "gaussian_process.kernels", "exceptions", "inspection",
)  # fmt: skip
_SPLITS = re.compile(r"(KFold|Split|LeaveOneOut|LeavePOut|ParameterGrid|ParameterSampler)$")
_WRAPS = ("DataParallel", "DistributedDataParallel", "compile", "prepare", "convert_sync_batchnorm")
_PASSES = (
    "to",
    "cuda",
    "cpu",
    "eval",
    "train",
    "float",
    "double",
    "half",
    "apply",
    "requires_grad_",
    "fit",
)


def unwrapped(source: Source, value: cst.BaseExpression) -> cst.BaseExpression:
    """A value without `.to(device)`, `DataParallel(…)` and the like around it."""
    while isinstance(value, cst.Call):
        func = value.func
        last = source.named(func).rsplit(".", 1)[-1]
        if (
            isinstance(func, cst.Attribute)
            and func.attr.value in _PASSES
            and not isinstance(func.value, (cst.Name))
        ):
            value = func.value
        elif last in _WRAPS and value.args and last != "compile":
            value = value.args[0].value
        else:
            break
    return value


def class_frameworks(source: Source) -> dict[str, Framework]:
    """The script's own model classes."""
    found: dict[str, Framework] = {}
    for node in source.all(cst.ClassDef):
        for base in node.bases:
            name = source.named(base.value)
            short = name.rsplit(".", 1)[-1]
            kind = next((k for end, k in _BASES.items() if name.endswith(end)), found.get(short))
            if kind is not None:
                found[node.name.value] = kind
    return found


def estimator(qualified: str) -> bool:
    """Whether a name is that of an estimator of scikit-learn that is trained for its own sake."""
    if not qualified.startswith("sklearn."):
        return False
    inner = qualified[len("sklearn.") :]
    last = inner.rsplit(".", 1)[-1]
    if last == "make_pipeline":
        return True
    if inner.startswith(_PREPARES) or _SPLITS.search(last):
        return False
    return last[:1].isupper()


def framework_of(
    source: Source, flow: Flow, value: cst.BaseExpression, own: dict[str, Framework], depth: int = 0
) -> tuple[Framework, str] | None:
    """What framework's model a value is, and its class in full; None where it is no model."""
    value = unwrapped(source, value)
    if not isinstance(value, cst.Call):
        return None
    name = source.named(value.func)
    if name in own:
        return own[name], name
    short = name.rsplit(".", 1)[0]
    if name.endswith((".load_from_checkpoint", ".from_pretrained")) and short in own:
        return own[short], short
    built = next((kind for pattern, kind in _BUILT if re.fullmatch(pattern, name)), None)
    built = built or ("sklearn" if estimator(name) else None)
    if built is not None:
        return built, name
    return _of_maker(source, flow, value, own, depth) if depth < 3 else None


def _of_maker(
    source: Source, flow: Flow, value: cst.Call, own: dict[str, Framework], depth: int
) -> tuple[Framework, str] | None:
    """What one of the script's own functions returns."""
    for function in flow.called(value):
        for returned in flow.returned(function):
            texts: list[cst.BaseExpression] = [returned]
            if isinstance(returned, cst.Name):
                texts += [d.value for d in flow.definitions(returned.value, function)]
            for text in texts:
                found = framework_of(source, flow, text, own, depth + 1)
                if found is not None:
                    return found
    return None


def models(source: Source, flow: Flow) -> tuple[Model, ...]:
    """Variables that hold a model or estimator, in the order of the text. What only prepares data
    (PCA) counts where there is nothing else that is trained."""
    own = class_frameworks(source)
    return _models(source, flow, own) or _decompositions(source, flow)


def _decompositions(source: Source, flow: Flow) -> tuple[Model, ...]:
    found = []
    for name, definitions in flow.named().items():
        for one in definitions:
            call = one.value
            if not isinstance(call, cst.Call) or one.how != "assign":
                continue
            full = source.named(call.func)
            if full.startswith("sklearn.decomposition."):
                found.append(
                    Model(name, source.code(call.func), full, "sklearn",
                          source.line(one.statement), source.name_of(one.function),
                          source.code(call))
                )  # fmt: skip
    return tuple(sorted(found, key=lambda model: model.line))


def _models(source: Source, flow: Flow, own: dict[str, Framework]) -> tuple[Model, ...]:
    found: list[Model] = []
    for name, definitions in flow.named().items():
        for one in definitions:
            if one.how != "assign" or one.index is not None or "[" in name:
                continue
            if _inside_model(source, one, own):
                continue
            kind = framework_of(source, flow, one.value, own)
            if kind is None:
                continue
            inner = unwrapped(source, one.value)
            written = source.code(inner.func) if isinstance(inner, cst.Call) else ""
            found.append(
                Model(name, written, kind[1], kind[0], source.line(one.statement),
                      source.name_of(one.function), source.code(one.value))
            )  # fmt: skip
    return tuple(sorted(found, key=lambda model: model.line))


def _inside_model(source: Source, one: Definition, own: dict[str, Framework]) -> bool:
    """Layers of a model, set in its own class, are not models of the script."""
    around = source.class_of(one.statement)
    return around is not None and around.name.value in own


def optimisers(source: Source, flow: Flow) -> tuple[Optimiser, ...]:
    """Variables that hold a torch optimiser, and calls that hand one on."""
    found: list[Optimiser] = []
    for call in source.all(cst.Call):
        cls = source.named(call.func)
        short = cls.rsplit(".", 1)[-1]
        if not short[:1].isupper() or "lr_scheduler" in cls or cls.startswith("torch.nn."):
            continue
        models = tuple(name for arg in call.args[:1] for name in _held(source, flow, arg.value))
        if not (models or cls.startswith("torch.optim.") or short in ("AdamW", "Adafactor")):
            continue
        parent = source.parent(call)
        name = source.code(parent.targets[0].target) if isinstance(parent, cst.Assign) else ""
        rates = [source.code(a.value) for a in call.args if a.keyword and a.keyword.value == "lr"]
        positional = [source.code(a.value) for a in call.args if a.keyword is None][1:2]
        found.append(
            Optimiser(
                name, cls, models[0] if models else None, next(iter(rates + positional), None),
                source.line(source.statement_of(call)), source.name_of(source.function_of(call)),
                models,
            )
        )  # fmt: skip
    return tuple(found)


def _held(source: Source, flow: Flow, value: cst.BaseExpression) -> list[str]:
    """The models whose parameters an expression has, also through the variables in it."""
    texts = [source.code(value)]
    for name in source.within(value, cst.Name):
        for definition in flow.definitions(name.value, source.function_of(value)):
            if definition.how in ("assign", "add"):
                texts.append(source.code(definition.value))
    return list(dict.fromkeys(match for text in texts for match in _MODEL.findall(text)))


_MODEL = re.compile(r"([\w.]+?)(?:\.module)?\.(?:named_)?parameters\(\)")


def loaders(source: Source, flow: Flow) -> tuple[Loader, ...]:
    """Variables that hold a data loader."""
    found: list[Loader] = []
    for name, definitions in flow.named().items():
        for one in definitions:
            value = one.value
            if one.how != "assign" or not isinstance(value, cst.Call):
                continue
            if not source.named(value.func).endswith("DataLoader"):
                continue
            data = source.code(value.args[0].value) if value.args else ""
            line, function = source.line(one.statement), source.name_of(one.function)
            found.append(Loader(name, role(name) or role(data), data, line, function))
    return tuple(sorted(found, key=lambda loader: loader.line))


def role(text: str) -> Role:
    """What a name says data or code are for: "train", "val", "test", or nothing."""
    lowered = text.lower()
    if re.search(r"(?<![a-z])(train|trn|training|tr)(?![a-z])|train", lowered):
        return "train"
    if re.search(r"(?<![a-z])(val|valid|dev)(?![a-z])|valid|val_|_val", lowered):
        return "val"
    if re.search(r"test|(?<![a-z])eval|holdout|held_?out", lowered):
        return "test"
    return ""
