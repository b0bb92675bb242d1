"""What a script computes about its training: each metric under its true name, at its true level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from assay.adapt.facts import compiled, naming, reports
from assay.adapt.facts.absent import may_be_none
from assay.adapt.facts.flow import Definition, Flow, starts
from assay.adapt.facts.folding import Folding, deduplicated, told_apart
from assay.adapt.facts.loops import LoopNode, Loops
from assay.adapt.facts.meanings import Meanings
from assay.adapt.facts.origins import Origin, Origins
from assay.adapt.facts.places import Place, Places
from assay.adapt.facts.source import Source
from assay.adapt.facts.vocabulary import Meaning
from assay.adapt.facts.words import Metric, Role

# By what a batch's loss is divided where gradients of several batches are summed up.
_GATHERED = re.compile(r"accum|micro|virtual", re.I)
# What takes the loss to `backward()`: Accelerate, Lightning's Fabric, DeepSpeed's engine.
_BACKWARDS = re.compile(r"(self\.)?(accelerator|fabric|engine|model_engine)")


class Metrics:
    """Finds the metrics of one script."""

    def __init__(self, source: Source, flow: Flow, loops: Loops) -> None:
        self.source, self.flow, self.loops = source, flow, loops
        self.meanings = Meanings(source, flow)
        self.places = Places(source, flow, loops)
        self.origins = Origins(source, flow, loops)
        self._called = {source.code(call.func) for call in source.all(cst.Call)}

    def find(self) -> tuple[Metric, ...]:
        """All metrics, in the order of the text, each once."""
        folding = Folding(self.places, self.flow)
        found = [*self._reported(), *self._assigned(), *self._tabled(), *self._metered()]
        found = told_apart(folding.unfolded(deduplicated(found)))
        if not any(self._is_training_loss(metric) for metric in found):
            bars = deduplicated(list(self._reported(bars=True)))
            if any(self._is_training_loss(metric) for metric in bars):
                found += bars
        if not any(self._is_training_loss(metric) for metric in found):
            found += self._backward()
        found = told_apart(deduplicated(self._without_closures(found)))
        return tuple(sorted(found, key=lambda metric: (metric.end_line, metric.line)))

    def _without_closures(self, found: list[Metric]) -> list[Metric]:
        """An optimiser calls its closure as often as it likes: what `optimizer.step(closure)` gives
        back is the loss, where the script keeps it."""
        source = self.source
        closures = {
            source.name_of(function)
            for function, names in self.flow.mentions.items()
            for around in (source.parent(source.parent(name) or name) for name in names)
            if isinstance(around, cst.Call) and source.code(around.func).endswith(".step")
        }
        outside = [metric for metric in found if metric.function not in closures]
        return outside if any(map(self._is_training_loss, outside)) else found

    def _is_training_loss(self, metric: Metric) -> bool:
        if metric.level == "final" or naming.phase(metric.name) in ("val", "test"):
            return False
        return naming.what(metric.name) == "loss" or metric.why == "trained"

    def _reported(self, bars: bool = False) -> Iterator[Metric]:
        for told in reports.find(self.source, self.flow):
            if told.bar is not bars or self._in_model(told.call):
                continue
            place = self.places.of(told.call)
            if place is None or (bars and place.level != "batch"):
                continue
            if told.listed and (place.level != "final" or place.loop is None):
                continue  # epochs and batches are told of in another way
            function = self.source.function_of(told.call)
            if self.meanings.is_meter(told.text, function):
                if place.level == "batch":
                    continue  # its average is known when the batches are done
                told = replace(told, text=f"{told.text}.avg")
            meaning = self._meaning(told, function)
            if self.meanings.is_crossed(told.node, function):
                # One score for each fold: what is told of them is their mean.
                told = replace(told, text=f"{told.text}.mean()")
                meaning = replace(meaning, value="number")
            name = self._name(told, meaning, place)
            numeric = told.numeric or self.meanings.is_sum(told.node, function)
            if name is None or (meaning.value == "unknown" and not numeric):
                continue
            if not self._is_fresh(told.node, place):
                continue
            why = f"reported as “{told.label}”" if told.label else "reported"
            pure = told.kept or self.meanings.pure(told.node)
            origin = self.origins.of(told.node, function)
            metric = self._metric(name, told.text, meaning, place, told.label, why, pure, origin)
            span = self.source.span(told.node)
            if not pure and span.start.line == span.end.line:
                at = (span.start.line, span.start.column, span.end.column)
                metric = replace(metric, at=at)
            yield metric

    def _meaning(self, told: reports.Told, function: cst.FunctionDef | None) -> Meaning:
        meaning = self.meanings.of(told.node, function)
        if told.text.endswith((".avg", ".val")) and self.meanings.is_meter(
            self.source.code(told.node), function
        ):
            own = self.source.code(told.node)
            name, what = naming.singular(own), naming.what(own)
            return replace(meaning, name=name, what=what, value="number")
        return meaning

    def _name(self, told: reports.Told, meaning: Meaning, place: Place) -> str | None:
        """The name of a reported value without its phase; None where it is no metric."""
        wanted = ("loss", "score", "rate", "best") if place.level == "final" else (
            "loss", "score", "rate"
        )  # fmt: skip
        if meaning.what in ("time", "count") or (meaning.what and meaning.what not in wanted):
            return None
        label = naming.from_label(told.label)
        said = naming.what(label)
        if meaning.what == "loss" and naming.is_network(told.label):
            return f"{label}_loss"
        if told.key and said in ("loss", "score") and re.fullmatch(r"\w+", told.label):
            return told.label
        if meaning.what and meaning.name and meaning.name not in ("score", "best"):
            direct = isinstance(told.node, cst.Call) and place.level == "final" and not said
            words = label.split("_") if label else []
            if direct and 0 < len(words) < 3 and not naming.phase(label):
                return f"{label}_{meaning.name}"
            return meaning.name
        if meaning.what == "loss" and label and said in ("count", ""):
            return f"{label}_loss"
        if said in ("time", "count") or (said == "best" and "best" not in wanted):
            return None
        if said in wanted and not told.label.endswith(("costs", "losses")):
            return label
        if meaning.what in ("loss", "score"):
            function = self.source.function_of(told.node)
            metric = compiled.metric(self.source, self.flow, told.node, function)
            return meaning.name or metric or None
        text = self.source.code(told.node)
        own = re.fullmatch(r"\w+", text) and len(text) > 2
        tensor = meaning.value == "number" and self._from_tensor(told.node, place)
        return text if own and tensor and place.level != "final" else None

    def _from_tensor(self, node: cst.BaseExpression, place: Place) -> bool:
        function = self.source.function_of(node)
        return any(
            self.source.code(d.value).endswith(".item()") and place.loop is not None
            and self.source.contains(place.loop, d.statement)
            for d in self.flow.definitions(self.source.code(node), function)
        )  # fmt: skip

    def _is_fresh(self, node: cst.BaseExpression, place: Place) -> bool:
        """Whether something in an expression changes in the loop that is to count it."""
        if place.loop is None:
            return True
        loop, source = place.loop, self.source
        calls = source.within(node, cst.Call)
        if calls and not self.meanings.pure(node):
            return True
        if any(source.code(call.func).endswith((".result", ".compute")) for call in calls):
            return True
        names = {
            source.code(n) for n in source.within(node, (cst.Name, cst.Attribute, cst.Subscript))
        }
        for name in names:
            if any(source.contains(loop, d.statement) for d in self.flow.everywhere(name)):
                return True
            for call in source.within(loop, cst.Call):
                if source.code(call.func) in (f"{name}.append", f"{name}.update", f"{name}.add"):
                    return True
        return any(name.startswith("self.") for name in names)

    def _assigned(self) -> Iterator[Metric]:
        """Variables with a metric's name that get a number at the end of an epoch or of all."""
        for name, definitions in self.flow.named().items():
            if naming.what(name.rsplit(".", 1)[-1]) not in ("loss", "score") or "[" in name:
                continue
            if not re.fullmatch(r"\w+", name) or name in self._called:
                continue
            for definition in definitions:
                if definition.how in ("assign", "divide"):
                    yield from self._of_definition(name, definition)

    def _of_definition(self, name: str, definition: Definition) -> Iterator[Metric]:
        if self._in_model(definition.statement) or isinstance(definition.value, cst.Lambda):
            return
        place = self.places.of(definition.statement)
        if place is None or place.level == "batch":
            return
        meaning = self.meanings.definition(definition)
        if definition.how == "divide":
            meaning = self.meanings.variable(name, definition.function)
        if starts(definition.value):
            return
        if meaning.value == "unknown" and not self.meanings.is_compared(name, definition.function):
            return
        if place.level == "final" and not self._after_training(definition):
            return
        origin = self.origins.of_definition(definition)
        read = Meaning(naming.singular(name), naming.what(name), meaning.value,
                       naming.phase(name) or meaning.phase, meaning.percent)  # fmt: skip
        yield self._metric(read.name, name, read, place, "", "computed", True, origin)

    def _after_training(self, definition: Definition) -> bool:
        """A quantity of the end is one of a trained model: of a score or a loss that something
        computed, not of a setting."""
        return isinstance(definition.value, (cst.Call, cst.BinaryOperation))

    def _tabled(self) -> Iterator[Metric]:
        """The metrics in a dict that is given a name: `row["accuracy"]`."""
        source = self.source
        for name, definitions in self.flow.named().items():
            for definition in definitions:
                value = definition.value
                if definition.how != "assign" or not isinstance(value, cst.Dict):
                    continue
                place = self.places.of(definition.statement)
                if place is None or place.level == "batch" or not name.isidentifier():
                    continue
                for element in value.elements:
                    if not isinstance(element, cst.DictElement):
                        continue
                    if not isinstance(element.key, cst.SimpleString):
                        continue
                    key = str(element.key.evaluated_value)
                    meaning = self.meanings.of(element.value, definition.function)
                    known = meaning.what in ("loss", "score") and meaning.value != "unknown"
                    if known and naming.what(key) in ("loss", "score"):
                        text = f"{name}[{source.code(element.key)}]"
                        origin = self.origins.of(element.value, definition.function)
                        yield self._metric(key, text, meaning, place, key, "tabled", True, origin)

    def _metered(self) -> Iterator[Metric]:
        """AverageMeters that a batch loop feeds: their averages are known when it ends."""
        source = self.source
        for call in source.all(cst.Call):
            if not (isinstance(call.func, cst.Attribute) and call.func.attr.value == "update"):
                continue
            name, function = source.code(call.func.value), source.function_of(call)
            loops = source.loops_of(call)
            if not loops or not self.meanings.is_meter(name, function):
                continue
            if naming.what(name) not in ("loss", "score"):
                continue
            place = self._place_after(loops[0])
            if place is None:
                continue
            meaning = Meaning(naming.singular(name), naming.what(name), "number")
            origin = self.origins.of(call.args[0].value, function) if call.args else ""
            yield self._metric(meaning.name, f"{name}.avg", meaning, place, "", "averaged", True,
                               origin)  # fmt: skip

    def _place_after(self, loop: LoopNode) -> Place | None:
        place = self.places.of(loop)
        return place if place is not None and place.level != "batch" else None

    def _backward(self) -> Iterator[Metric]:
        """The loss that is trained on, where nothing else tells of it."""
        source = self.source
        for call in self.loops.steps:
            func = call.func
            if not isinstance(func, cst.Attribute) or func.attr.value != "backward":
                continue
            loss: cst.BaseExpression = func.value
            if isinstance(loss, cst.Call) and loss.args and "scale" in source.code(loss.func):
                loss = loss.args[0].value
            elif call.args and _BACKWARDS.fullmatch(source.code(loss)):
                loss = call.args[0].value
            elif any(arg.keyword is None for arg in call.args):
                continue  # with a gradient of its own it is no single number
            place = self.places.of(call)
            if place is None or not re.fullmatch(r"[\w.]+", source.code(loss)):
                continue
            text = source.code(loss)
            name = _of_trained(text.rsplit(".", 1)[-1])
            meaning = Meaning(name, "loss", "tensor", naming.phase(name))
            yield self._metric(name, text, meaning, place, "", "trained", True, "train")

    def _metric(
        self,
        name: str,
        text: str,
        meaning: Meaning,
        place: Place,
        label: str,
        why: str,
        pure: bool,
        origin: Origin,
    ) -> Metric:
        source = self.source
        function = source.function_of(place.statement)
        statement, conditional = self.places.hoisted(place, text)
        if self._is_scaled(text.removesuffix(".item()"), function):
            name = f"scaled_{name}"
        name = self._with_phase(naming.of_now(name), text, meaning, label, function, origin)
        if place.phase:
            bare = re.sub(r"^(train|val|test)_", "", name)
            name = f"{{{place.phase}}}_{bare}"
        text = _unscaled(_unrounded(text))
        listed = re.match(r"(?:np|numpy|statistics)\.f?mean\((\w+)", text)
        if listed and place.level == "final" and naming.singular(listed[1]) == name:
            name = f"mean_{name}"
        own = re.search(rf"\b{re.escape(name)}\b", text)
        is_sum = re.match(rf"{re.escape(name)}\s*/", text)
        if is_sum or ("/" in text and not own and self.flow.everywhere(name)):
            name = f"mean_{name}"  # the script itself has something else of that name
        return Metric(
            name, text, source.line(statement), source.end_line(statement),
            source.name_of(function), place.level,
            source.line(place.loop) if place.loop is not None else None,
            "unknown" if meaning.value == "scalar" else meaning.value, meaning.percent,
            bool(place.phase), conditional, pure, label, why,
            optional=text.isidentifier() and may_be_none(source, self.flow, text, statement),
        )  # fmt: skip

    def _is_scaled(self, text: str, function: cst.FunctionDef | None) -> bool:
        """Whether a variable holds a loss that is divided for its gradients to be gathered."""
        return any(
            isinstance(d.value, cst.BinaryOperation)
            and isinstance(d.value.operator, cst.Divide)
            and bool(_GATHERED.search(self.source.code(d.value.right)))
            for d in self.flow.definitions(text, function)
        ) or any(
            d.how == "divide" and bool(_GATHERED.search(self.source.code(d.value)))
            for d in self.flow.definitions(text, function)
        )

    def _with_phase(
        self, name: str, text: str, meaning: Meaning, label: str, function: cst.FunctionDef | None,
        origin: Origin,
    ) -> str:  # fmt: skip
        """The name with the part of the data before it, as far as it is known which that is: what
        a label says counts where the dataflow does not say otherwise."""
        own = naming.phase(text)
        if origin == "crossed" and (own or naming.is_generic(name)):
            return f"cv_{naming.without_phase(name).removeprefix('cv_')}"
        said = naming.only_phase(label) or meaning.phase or self._phase_of(function)
        if naming.phase(name) and not own and naming.differ(naming.phase(name), origin):
            return naming.without_phase(name)
        if naming.phase(name) or not naming.is_generic(name) or naming.what(name) == "rate":
            return name
        phase = said if not naming.differ(said, origin) else ""
        if not phase and origin in ("train", "val", "test") and not naming.differ(said, origin):
            phase = origin
        return f"{phase}_{name}" if phase else name

    def _phase_of(self, function: cst.FunctionDef | None) -> Role:
        """What data a function is called with: from the calls, then from its name."""
        if function is None:
            return ""
        said = {self.meanings.results.phase(call) for call in self.flow.calls.get(function, [])}
        own = naming.phase(function.name.value)
        if own in ("train", "val"):
            return own
        if len(said) == 1:
            return said.pop() or own
        return own if len(said - {""}) < 2 else ""

    def _in_model(self, node: cst.CSTNode) -> bool:
        """Lightning's and Keras's classes, and models' own `forward`, log in their own way."""
        function = self.source.function_of(node)
        around = self.source.class_of(node)
        if around is None or function is None:
            return False
        bases = " ".join(self.source.named(base.value) for base in around.bases)
        return bool(re.search(r"Module|keras|Callback|Layer|Dataset|Model\b", bases))


def _of_trained(name: str) -> str:
    """What is trained on is a loss, whatever it is called: `l` → `loss`, `total` → `total_loss`."""
    if naming.what(name) in ("loss", "score"):
        return name
    return f"{name}_loss" if len(name) > 2 else "loss"


def _unscaled(text: str) -> str:
    """A share that has a name and is shown in percent is logged as the share that it is."""
    hundred, name = r"100(?:\.0*)?", r"([A-Za-z_][\w.]*?(?:\.item\(\))?)"
    match = re.fullmatch(rf"{name}\s*\*\s*{hundred}|{hundred}\s*\*\s*{name}", text)
    share = (match[1] or match[2]) if match else ""
    return share if naming.what(share.removesuffix(".item()")) == "score" else text


def _unrounded(text: str) -> str:
    """What is rounded for people is logged as it is."""
    match = re.fullmatch(r"round\((.*), \d+\)", text)
    return (
        match.group(1) if match and match.group(1).count("(") == match.group(1).count(")") else text
    )
