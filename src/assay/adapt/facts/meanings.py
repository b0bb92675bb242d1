"""What an expression is, followed back through the script to where its value comes from."""

from __future__ import annotations

import re
from dataclasses import replace

import libcst as cst

from assay.adapt.facts import compiled, naming
from assay.adapt.facts.flow import Definition, Flow, starts
from assay.adapt.facts.naming import What
from assay.adapt.facts.results import Function, Results, last_name
from assay.adapt.facts.source import Source
from assay.adapt.facts.vocabulary import NOTHING, OF_METER, PURE, Meaning, Value

_DEEPEST = 6

_HARMLESS = (cst.Lambda, cst.NamedExpr, cst.Await, cst.Yield)


class Meanings:
    """Answers for one script."""

    def __init__(self, source: Source, flow: Flow) -> None:
        self.source, self.flow = source, flow
        self.results = Results(source, flow, self.of, self._value_in)
        self._meters = {
            node.name.value
            for node in source.all(cst.ClassDef)
            if any(source.code(a) == "self.avg" for a in source.within(node, cst.Attribute))
        }

    def is_crossed(self, name: cst.BaseExpression, function: Function) -> bool:
        """Whether a variable holds the scores of a cross-validation, one of each fold."""
        return self.results.is_crossed(name, function)

    def is_meter(self, name: str, function: Function) -> bool:
        """Whether a variable holds an AverageMeter of the script."""
        return any(
            isinstance(d.value, cst.Call) and self.source.named(d.value.func) in self._meters
            for d in self.flow.definitions(name, function)
        )

    def is_compared(self, name: str, function: Function) -> bool:
        """Whether a variable is one number, because the script compares it with another."""
        source = self.source
        sides = [
            side
            for node in source.all(cst.Comparison)
            if not any(isinstance(one.operator, cst.In | cst.NotIn) for one in node.comparisons)
            for side in (node.left, *(one.comparator for one in node.comparisons))
        ]
        for call in source.all(cst.Call):
            if source.code(call.func) in ("max", "min") and len(call.args) == 2:
                sides += [arg.value for arg in call.args]
        return any(
            source.code(side) == name and source.function_of(side) is function for side in sides
        )

    def is_sum(self, node: cst.BaseExpression, function: Function) -> bool:
        """Whether a variable is begun with a number, and only added to: `total_reward`."""
        known = self.flow.definitions(self.source.code(node), function)
        how = {(d.how, d.how == "assign" and starts(d.value)) for d in known}
        return how == {("assign", True), ("add", False)}

    def pure(self, node: cst.BaseExpression) -> bool:
        """Whether an expression may be evaluated once more: it changes nothing and costs little."""
        source = self.source
        if source.within(node, _HARMLESS):
            return False
        for call in source.within(node, cst.Call):
            name = source.code(call.func)
            drawn = {arg.keyword.value for arg in call.args if arg.keyword}
            metric = source.named(call.func).startswith("sklearn.metrics.") and not (
                drawn & {"sample_size", "random_state"}
            )
            if not (PURE.match(name) or metric):
                return False
        return True

    def of(self, node: cst.BaseExpression, function: Function, depth: int = 0) -> Meaning:
        """The meaning of an expression as read in a function."""
        if depth > _DEEPEST:
            return NOTHING
        if isinstance(node, (cst.Integer, cst.Float)):
            return Meaning(value="number")
        if isinstance(node, cst.Call):
            return self.results.of(node, function, depth)
        if isinstance(node, cst.Subscript):
            return self._of_subscript(node, function, depth)
        if isinstance(node, cst.Attribute):
            return self._of_attribute(node, function, depth)
        if isinstance(node, cst.Name):
            return self._of_variable(node.value, function, depth)
        if isinstance(node, cst.BinaryOperation):
            return self._of_operation(node, function, depth)
        if isinstance(node, cst.UnaryOperation):
            return self._of_negated(node, function, depth)
        if isinstance(node, cst.IfExp):
            return self.of(node.body, function, depth + 1)
        if isinstance(node, (cst.GeneratorExp, cst.ListComp)):
            return self.of(node.elt, function, depth + 1)
        return NOTHING

    def _of_variable(self, name: str, function: Function, depth: int) -> Meaning:
        last = name.rsplit(".", 1)[-1]
        said = naming.what(last)
        inner = NOTHING
        values: set[Value] = set()
        definitions = self.flow.definitions(name, function)
        for definition in definitions:
            if definition.how == "divide":
                continue
            found = self._of_definition(definition, depth + 1)
            if not starts(definition.value):
                values.add(found.value)
                if found.name or not inner.name:
                    inner = found
            elif definition.how == "assign":
                values.add("number")
        value: Value = "scalar" if values and "unknown" not in values else "unknown"
        value = values.pop() if len(values) == 1 else value
        phase = naming.phase(last) or inner.phase
        divided = any(definition.how == "divide" for definition in definitions)
        if divided and (said == "count" or inner.what == "count"):
            share = self._of_quotient(Meaning(last, "count"), NOTHING, value)
            return replace(share, phase=phase)
        if said:
            # What is called acc may be a number of hits.
            said = "count" if said == "score" and inner.what == "count" else said
            return Meaning(naming.singular(last), said, value, phase, inner.percent)
        return replace(inner, value=value, phase=phase)

    def variable(self, name: str, function: Function) -> Meaning:
        """The meaning of a variable as read in a function."""
        return self._of_variable(name, function, 0)

    def definition(self, definition: Definition) -> Meaning:
        """The meaning of what one definition gives its name."""
        return self._of_definition(definition, 1)

    def _of_definition(self, definition: Definition, depth: int) -> Meaning:
        if definition.how == "with":
            return NOTHING
        if definition.how == "for":
            return NOTHING
        if definition.index is None:
            return self.of(definition.value, definition.function, depth)
        value = definition.value
        if isinstance(value, cst.Call):
            for called in self.flow.called(value):
                for returned in self.flow.returned(called):
                    if isinstance(returned, cst.Tuple) and definition.index < len(
                        returned.elements
                    ):
                        element = returned.elements[definition.index].value
                        found = self.of(element, called, depth)
                        return replace(found, phase=self.results.phase(value) or found.phase)
                    last = last_name(self.source, returned)
                    if last in ("tolist", "numpy"):
                        return Meaning(value="number", phase=self.results.phase(value))
            if last_name(self.source, value) == "evaluate":
                return Meaning(value="number", phase=self.results.phase(value))
        return NOTHING

    def _of_attribute(self, node: cst.Attribute, function: Function, depth: int) -> Meaning:
        attr = node.attr.value
        base = self.source.code(node.value)
        if attr in OF_METER and not naming.what(attr):
            inner = self.of(node.value, function, depth + 1)
            value: Value = "number" if self.is_meter(base, function) else inner.value
            return replace(inner, name=naming.ungathered(inner.name), value=value)
        if attr in ("data", "real"):
            return self.of(node.value, function, depth + 1)
        if attr == "loss":
            return Meaning("loss", "loss")
        if attr.endswith("_"):
            single = attr in ("inertia_", "best_score_", "oob_score_", "best_loss_", "lower_bound_")
            return Meaning(attr.strip("_"), naming.what(attr), "number" if single else "unknown")
        return self._of_variable(self.source.code(node), function, depth)

    def _of_subscript(self, node: cst.Subscript, function: Function, depth: int) -> Meaning:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString):
            key = str(index.value.evaluated_value)
            base = self.of(node.value, function, depth + 1)
            said = naming.what(key)
            return Meaning(naming.singular(key), said, self._value_of_key(node, key, function),
                           naming.phase(key) or base.phase)  # fmt: skip
        set_here = self.flow.definitions(self.source.code(node), function)
        if set_here:
            return self._of_definition(set_here[-1], depth + 1)
        if self.source.code(node.value).endswith(".shape"):
            return Meaning(what="count", value="number")
        base = self.of(node.value, function, depth + 1)
        place = index.value if isinstance(index, cst.Index) else None
        later = isinstance(place, cst.Integer) and place.value != "0"
        if later and compiled.is_evaluation(self.source, self.flow, node.value, function):
            metric = compiled.metric(self.source, self.flow, node, function)
            return Meaning("", naming.what(metric), "number", base.phase)  # and not the loss
        if not isinstance(index, cst.Index):
            return replace(base, value="unknown", name=naming.ungathered(base.name))
        return replace(base, value=self._value_in(node.value, function, depth),
                       name=naming.ungathered(base.name))  # fmt: skip

    def _value_of_key(self, node: cst.Subscript, key: str, function: Function) -> Value:
        """The value of `metrics["loss"]` where `metrics` is what an own function returned."""
        for definition in self.flow.definitions(self.source.code(node.value), function):
            if not isinstance(definition.value, cst.Call):
                continue
            for called in self.flow.called(definition.value):
                for returned in self.flow.returned(called):
                    for element in returned.elements if isinstance(returned, cst.Dict) else ():
                        if isinstance(element, cst.DictElement) and key in self.source.code(
                            element.key
                        ):
                            return self.of(element.value, called, 2).value
        return "unknown"

    def _value_in(self, node: cst.BaseExpression, function: Function, depth: int) -> Value:
        """What is appended to a list."""
        name = self.source.code(node)
        if ".history[" in name or compiled.is_evaluation(self.source, self.flow, node, function):
            return "number"
        values = {
            self.of(call.args[0].value, self.source.function_of(call), depth + 1).value
            for call in self.source.all(cst.Call)
            if call.args and self.source.code(call.func) == f"{name}.append"
        }
        return values.pop() if len(values) == 1 else "unknown"

    def _of_operation(self, node: cst.BinaryOperation, function: Function, depth: int) -> Meaning:
        left = self.of(node.left, function, depth + 1)
        right = self.of(node.right, function, depth + 1)
        value: Value = "unknown"
        if "tensor" in (left.value, right.value):
            value = "tensor"
        elif left.value == right.value == "number":
            value = "number"
        elif "unknown" not in (left.value, right.value):
            value = "scalar"
        if isinstance(node.operator, (cst.Divide, cst.FloorDivide)):
            if value == "unknown" and left.value == "number":
                value = "number"
            if left.what in ("loss", "score") and not self._is_mean(node, right, function):
                return Meaning(value=value)  # a part of it, or relative to something
            return self._of_quotient(left, right, value)
        if isinstance(node.operator, cst.Multiply):
            return self._of_product(node, left, right, value)
        if left.what == "time" or right.what == "time":
            return Meaning(what="time", value=value)
        if isinstance(node.operator, cst.Subtract) and isinstance(node.left, cst.BaseNumber):
            return Meaning(value=value)  # `1 - r2` is no r2
        named = [side for side in (left, right) if side.name]
        if len(named) == 1 and not (left.what and right.what):
            same = isinstance(node.operator, (cst.Add, cst.Subtract))
            return (
                replace(named[0], value=value) if same else Meaning(what=named[0].what, value=value)
            )
        what: What = left.what if left.what == right.what else ""
        return Meaning("", what, value, left.phase or right.phase)

    def _of_negated(self, node: cst.UnaryOperation, function: Function, depth: int) -> Meaning:
        """`-X` is no X, but for what scikit-learn negates to have it grow."""
        inner = self.of(node.expression, function, depth + 1)
        kept = not isinstance(node.operator, cst.Minus) or inner.name in ("cv_score", "scores", "")
        return inner if kept else Meaning(value=inner.value)

    def _is_mean(self, node: cst.BinaryOperation, right: Meaning, function: Function) -> bool:
        """Whether a quotient makes a mean: a sum through a number of things."""
        text = self.source.code(node.left)
        if right.what == "count" or re.search(r"\bsum\(|\.sum\b|total|running", text):
            return True
        return any(
            definition.how == "add"
            for name in self.source.within(node.left, (cst.Name, cst.Attribute, cst.Subscript))
            for definition in self.flow.definitions(self.source.code(name), function)
        )

    def _of_product(
        self, node: cst.BinaryOperation, left: Meaning, right: Meaning, value: Value
    ) -> Meaning:
        hundred = any(self.source.code(side).rstrip(".0") in ("1", "100") and
                      self.source.code(side).startswith("100")
                      for side in (node.left, node.right))  # fmt: skip
        main = right if left.what in ("", "count") and right.what in ("loss", "score") else left
        main = right if not left.name and not left.what else main
        main = left if main is right and isinstance(node.right, cst.BaseNumber) else main
        if hundred and value == "unknown":
            value = main.value
        if main.what == "rate" and not hundred:
            return Meaning(value=value)  # a step: `rate * gradient`
        return replace(main, value=value, percent=main.percent or hundred)

    def _of_quotient(self, left: Meaning, right: Meaning, value: Value) -> Meaning:
        if left.what == "time" or right.what == "time":
            return Meaning(what="time", value=value)
        if left.what == "count":
            if naming.counts_right(left.name):
                counted = r"(num_|n_|total_|running_)?(n?correct|right|hit|match)(_\w+)?"
                kept = re.sub(counted, "accuracy",
                              left.name)  # fmt: skip
                return Meaning(kept, "score", value, left.phase, left.percent)
            return Meaning("", "", value)
        return replace(left, name=naming.unsummed(left.name), value=value)
