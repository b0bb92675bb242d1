"""What tracking components left below a folder, as plain data: inside the jail, stdlib only.

No component is imported: their databases, logs and archives are read as the files that they are,
so a script that bends a component in its own process does not bend what is read here. Each run is
    {"component", "id", "name", "status", "parameters", "series", "artifacts", "models"}
with series by name as [[step, value], ...] in the order of logging, step None where there is none.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import sqlite3
import struct
import urllib.parse
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from .buffers import Fields, fields, framed, text

Run = dict[str, Any]

_MOST_FILES = 20_000
_TENSORBOARD = ".tfevents."


def read(root: str) -> dict[str, Any]:
    """All runs below a folder, and why a file that looked like a store could not be read."""
    runs: list[Run] = []
    faults: list[str] = []
    for path in _paths(root):
        reader = _reader(path)
        if reader is None:
            continue
        try:
            runs += reader(path)
        except Exception as error:  # whatever a script left there
            faults.append(f"{os.path.relpath(path, root)}: {type(error).__name__}: {error}"[:300])
    return {"runs": _joined(runs), "faults": faults}


def _paths(root: str) -> Iterator[str]:
    count = 0
    # Links are not followed: `latest-run` of W&B would show its run twice.
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                count += 1
                yield path
        if count > _MOST_FILES:
            return


def _reader(path: str) -> Callable[[str], list[Run]] | None:
    name = os.path.basename(path)
    if name.endswith(".wandb"):
        return _wandb
    if _TENSORBOARD in name:
        return _tensorboard
    if name.endswith(".zip"):
        return _comet if _has_messages(path) else None
    if name == "meta.yaml":
        return _mlflow_folder
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if file.read(16) == b"SQLite format 3\x00":
            return _database
    return None


def _run(component: str, identity: str) -> Run:
    return {
        "component": component, "id": identity, "name": "", "status": "", "parameters": {},
        "series": {}, "artifacts": [], "models": [], "tags": {},
    }  # fmt: skip


def _add(run: Run, name: str, step: Any, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    run["series"].setdefault(name, []).append([step, _plain(float(value))])


def _plain(value: float) -> Any:
    # JSON has no words for these.
    return value if math.isfinite(value) else repr(value)


def _joined(runs: list[Run]) -> list[Run]:
    """TensorBoard writes one run into several files of a folder."""
    found: dict[tuple[str, str], Run] = {}
    for run in runs:
        known = found.setdefault((run["component"], run["id"]), run)
        if known is not run:
            known["parameters"].update(run["parameters"])
            for name, points in run["series"].items():
                known["series"].setdefault(name, []).extend(points)
    return list(found.values())


# SQLite: MLflow, Trackio, Optuna


def _database(path: str) -> list[Run]:
    base = sqlite3.connect(f"file:{urllib.parse.quote(path)}?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    try:
        rows = base.execute("select name from sqlite_master where type = 'table'")
        tables = {row["name"] for row in rows}
        if {"runs", "params", "metrics", "registered_models"} <= tables:
            return list(_mlflow(base))
        if {"metrics", "configs", "system_metrics"} <= tables:
            return list(_trackio(base))
        return []
    finally:
        base.close()


def _mlflow(base: sqlite3.Connection) -> Iterator[Run]:
    for row in base.execute("select * from runs where lifecycle_stage = 'active' order by rowid"):
        run = _run("mlflow", row["run_uuid"])
        run["name"], run["status"] = row["name"] or "", row["status"]
        one = (row["run_uuid"],)
        for key, value in base.execute("select key, value from params where run_uuid = ?", one):
            run["parameters"][key] = value
        for key, value in base.execute("select key, value from tags where run_uuid = ?", one):
            run["tags"][key] = value
        query = "select key, value, step, is_nan from metrics where run_uuid = ? order by rowid"
        for key, value, step, is_nan in base.execute(query, one):
            _add(run, key, step, math.nan if is_nan else value)
        run["artifacts"] = _files(row["artifact_uri"] or "")
        query = "select name, artifact_location from logged_models where source_run_id = ?"
        with contextlib.suppress(sqlite3.OperationalError):
            run["artifacts"] += [f"model {name}" for name, _ in base.execute(query, one)]
        query = "select name, version, source from model_versions where run_id = ?"
        for name, version, source in base.execute(query, one):
            run["models"].append({"name": name, "version": str(version), "location": source})
        yield run
    for row in base.execute(
        "select name, version, source from model_versions where coalesce(run_id, '') not in "
        "(select run_uuid from runs)"
    ):
        run = _run("mlflow-registry", f"{row['name']}/{row['version']}")
        version = str(row["version"])
        run["models"] = [{"name": row["name"], "version": version, "location": row["source"]}]
        yield run


def _files(uri: str) -> list[str]:
    folder = urllib.parse.unquote(uri.removeprefix("file://"))
    found = []
    for place, _, names in os.walk(folder):
        found += [os.path.relpath(os.path.join(place, name), folder) for name in names]
    return sorted(found)[:200]


def _trackio(base: sqlite3.Connection) -> Iterator[Run]:
    runs: dict[str, Run] = {}
    for row in base.execute("select run_id, run_name, config from configs order by id"):
        run = runs[row["run_id"]] = _run("trackio", row["run_id"])
        run["name"] = row["run_name"]
        config = json.loads(row["config"])
        run["parameters"] = _flat({k: v for k, v in config.items() if not k.startswith("_")})
    for row in base.execute("select run_id, run_name, step, metrics from metrics order by id"):
        run = runs.setdefault(row["run_id"], _run("trackio", row["run_id"]))
        run["name"] = row["run_name"]
        for name, value in json.loads(row["metrics"]).items():
            _add(run, name, row["step"], value)
    yield from runs.values()


def _flat(tree: dict[str, Any], before: str = "") -> dict[str, str]:
    found = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found.update(_flat(value, f"{before}{key}/"))
        else:
            found[before + str(key)] = str(value)
    return found


# MLflow's folder of files, its older form


_STATUS = {"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}


def _mlflow_folder(path: str) -> list[Run]:
    with open(path, encoding="utf-8") as file:
        lines = [line.partition(":")[::2] for line in file if not line.startswith((" ", "-"))]
    meta = {key.strip(): value.strip().strip("'\"") for key, value in lines}
    if "run_id" not in meta or "artifact_uri" not in meta:
        return []
    folder = os.path.dirname(path)
    run = _run("mlflow", meta["run_id"])
    run["name"] = meta.get("run_name", "")
    run["status"] = _STATUS.get(meta.get("status", ""), meta.get("status", ""))
    run["artifacts"] = _files(os.path.join(folder, "artifacts"))
    for kind, kept in (("params", run["parameters"]), ("tags", run["tags"])):
        for name in _files(os.path.join(folder, kind)):
            with open(os.path.join(folder, kind, name), encoding="utf-8") as file:
                kept[name] = file.read()
    for name in _files(os.path.join(folder, "metrics")):
        with open(os.path.join(folder, "metrics", name), encoding="utf-8") as file:
            for line in file:
                _, value, step = (*line.split(), "0")[:3]
                _add(run, name, int(step), float(value))
    return [run]


# Comet's archive


def _has_messages(path: str) -> bool:
    with contextlib.suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as archive:
        return "messages.json" in archive.namelist()
    return False


def _comet(path: str) -> list[Run]:
    run = _run("comet", os.path.basename(path)[:-4])
    # The archive is written when the experiment ends.
    run["status"] = "FINISHED"
    with zipfile.ZipFile(path) as archive:
        for line in archive.read("messages.json").splitlines():
            message = json.loads(line)
            _comet_message(run, message["type"], message["payload"])
    return [run]


def _comet_message(run: Run, kind: str, payload: dict[str, Any]) -> None:
    if kind == "metric_msg":
        metric = payload["metric"]
        if not metric["metricName"].startswith(("sys.", "process duration")):
            _add(run, metric["metricName"], metric.get("step"), metric["metricValue"])
    elif kind == "parameter_msg":
        told = payload.get("param") or payload["params"]  # one value, or a list of them
        if told.get("source") != "auto-logged":
            run["parameters"][told["paramName"]] = str(told["paramValue"])
    elif kind == "file_upload":
        told = payload.get("additional_params") or {}
        run["artifacts"].append(str(told.get("fileName")))
        if payload.get("upload_type") == "model-element":
            run["models"].append({"name": str(told.get("groupingName")), "version": "1"})


# Protocol buffers: W&B, TensorBoard


def _wandb(path: str) -> list[Run]:
    """A W&B log: 7 bytes, then LevelDB's framing in blocks of 32 KiB, a Record in each."""
    run = _run("wandb", os.path.basename(path).removeprefix("run-")[:-6])
    run["status"] = "RUNNING"
    with open(path, "rb") as file:
        data = file.read()
    for body in framed(data):
        record = fields(body)
        if 17 in record:
            told = fields(record[17][0])
            run["name"] = text(told, 8)
            _configure(run, told.get(4, []))
        _configure(run, record.get(5, []))
        for history in record.get(2, []):
            _history(run, fields(history))
        for artifact in record.get(8, []):
            _artifact(run, fields(artifact))
        for leaving in record.get(18, []):
            code = fields(leaving).get(1, [0])[-1]
            run["status"] = "FAILED" if code else "FINISHED"
    return [run]


def _configure(run: Run, configs: list[bytes]) -> None:
    for config in configs:
        for item in fields(config).get(1, []):
            told = fields(item)
            key = text(told, 1) or "/".join(part.decode() for part in told.get(2, []))
            value = json.loads(text(told, 16))
            if not key.startswith("_"):
                run["parameters"].update(_flat({key: value}))


def _history(run: Run, history: Fields) -> None:
    step = fields(history[2][0]).get(1, [0])[-1] if 2 in history else None
    for item in history.get(1, []):
        told = fields(item)
        key = text(told, 1) or "/".join(part.decode() for part in told.get(2, []))
        if not key.startswith("_"):
            _add(run, key, step, json.loads(text(told, 16)))


def _artifact(run: Run, told: Fields) -> None:
    kind, name = text(told, 4), text(told, 5)
    places = []
    for manifest in told.get(12, []):
        for entry in fields(manifest).get(4, []):
            places.append(text(fields(entry), 6))
    run["artifacts"].append(name)
    if kind == "model":
        run["models"].append({"name": name, "version": "v0", "files": places})


def _tensorboard(path: str) -> list[Run]:
    """Events in TFRecord framing: length, its checksum, body, its checksum."""
    run = _run("tensorboard", os.path.dirname(path))
    run["status"] = "FINISHED"
    with open(path, "rb") as file:
        data = file.read()
    at = 0
    while at + 12 <= len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        event = fields(data[at + 12 : at + 12 + length])
        at += 16 + length
        step = event.get(2, [0])[-1]
        for summary in event.get(5, []):
            for value in fields(summary).get(1, []):
                _scalar(run, step, fields(value))
    return [run]


def _scalar(run: Run, step: int, value: Fields) -> None:
    tag = text(value, 1)
    if 2 in value:
        _add(run, tag, step, struct.unpack("<f", value[2][-1])[0])
        return
    metadata = fields(fields(value[9][-1]).get(1, [b""])[-1]) if 9 in value else {}
    if text(metadata, 1) == "hparams":
        _hyperparameters(run, metadata.get(2, [b""])[-1])
    elif 8 in value:
        tensor = fields(value[8][-1])
        for number in tensor.get(5, []):
            if len(number) == 4:
                _add(run, tag, step, struct.unpack("<f", number)[0])
        for told in tensor.get(8, []):
            run["parameters"][tag.removesuffix("/text_summary")] = told.decode(errors="replace")


def _hyperparameters(run: Run, content: bytes) -> None:
    """HParamsPluginData.session_start_info.hparams, a map of google.protobuf.Value."""
    for start in fields(content).get(3, []):
        for entry in fields(start).get(1, []):
            told = fields(entry)
            value = fields(told[2][-1]) if 2 in told else {}
            if 2 in value:
                run["parameters"][text(told, 1)] = str(struct.unpack("<d", value[2][-1])[0])
            elif 4 in value:
                run["parameters"][text(told, 1)] = str(bool(value[4][-1]))
            else:
                run["parameters"][text(told, 1)] = text(value, 3)
