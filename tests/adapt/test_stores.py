"""Reading what components leave, from files made here byte by byte in their formats."""

from __future__ import annotations

import json
import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from assay.adapt.jailed import stores as files
from assay.adapt.stores import Series, Stores, stores_of


def read(folder: Path) -> Stores:
    return stores_of(json.loads(json.dumps(files.read(str(folder)))))


def field(number: int, value: int | bytes | str | float) -> bytes:
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    body = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(body)) + body


def varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def mlflow(place: Path, status: str = "FINISHED") -> None:
    base = sqlite3.connect(place)
    base.executescript(
        """
        create table runs (run_uuid, name, status, artifact_uri, lifecycle_stage);
        create table params (key, value, run_uuid);
        create table tags (key, value, run_uuid);
        create table metrics (key, value, timestamp, run_uuid, step, is_nan);
        create table registered_models (name);
        create table model_versions (name, version, source, run_id);
        create table logged_models (name, artifact_location, source_run_id);
        insert into runs values ('a1', 'first', 'x', '/nowhere', 'active');
        insert into runs values ('b2', 'gone', 'FINISHED', '/nowhere', 'deleted');
        insert into params values ('lr', '0.1', 'a1');
        insert into metrics values ('loss', 0.5, 9, 'a1', 0, 0), ('loss', 0, 8, 'a1', 1, 1);
        insert into model_versions values ('net', 1, 'models:/m-1', 'a1');
        """
    )
    base.execute("update runs set status = ? where run_uuid = 'a1'", (status,))
    base.commit()
    base.close()


def wandb(place: Path, *, ended: bool) -> None:
    config = field(1, field(1, "lr") + field(16, "0.1")) + field(
        1, field(1, "net") + field(16, '{"depth": 3}')
    )
    records = [field(17, field(1, "id7") + field(8, "calm-sea-1") + field(4, config))]
    for step in range(2):
        item = field(1, field(2, "train/loss") + field(16, str(0.5 - step / 10)))
        records.append(field(2, item + field(2, field(1, step))))
    records.append(field(8, field(4, "model") + field(5, "net") + field(5, "net")))
    records += [field(18, field(1, 0))] if ended else []
    data = b":W&B\xbe\xef\x00"[:7]
    long = field(2, field(1, field(2, "pad") + field(16, json.dumps("x" * 40_000))))
    for record in [long, *records]:
        data = framed(data, record)
    place.write_bytes(data)


def framed(data: bytes, record: bytes) -> bytes:
    """LevelDB's framing: a record is cut where a block of 32 KiB ends."""
    first = True
    while True:
        left = (1 << 15) - len(data) % (1 << 15)
        if left < 7:
            data += b"\x00" * left
            continue
        part, record = record[: left - 7], record[left - 7 :]
        kind = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}
        data += struct.pack("<IHB", 0, len(part), kind[first, not record]) + part
        first = False
        if not record:
            return data


def tensorboard(place: Path) -> None:
    place.parent.mkdir()
    data = b""
    for step in range(2):
        summary = field(1, field(1, "Loss/train") + field(2, 0.5 - step / 4))
        event = field(2, step) + field(5, summary)
        data += struct.pack("<QI", len(event), 0) + event + b"\x00" * 4
    place.write_bytes(data)


def test_mlflow_keeps_runs_parameters_series_and_versions(tmp_path: Path) -> None:
    mlflow(tmp_path / "any-name.db")
    (run,) = read(tmp_path).of("mlflow")
    assert (run.name, run.status, dict(run.parameters)) == ("first", "FINISHED", {"lr": "0.1"})
    assert run.series["loss"].steps == (0, 1)
    assert run.series["loss"].values[0] == 0.5
    assert run.series["loss"].values[1] != run.series["loss"].values[1]  # not a number
    assert [(model.name, model.version) for model in run.models] == [("net", "1")]


def test_mlflows_older_folder_of_files(tmp_path: Path) -> None:
    run = tmp_path / "mlruns" / "0" / "c3"
    for kind in ("params", "metrics", "tags", "artifacts"):
        (run / kind).mkdir(parents=True)
    (run / "meta.yaml").write_text("artifact_uri: /nowhere\nrun_id: c3\nrun_name: old\nstatus: 3\n")
    (run / "params" / "lr").write_text("0.1")
    (run / "metrics" / "loss").write_text("1700 0.5 0\n1701 0.25 1\n")
    (found,) = read(tmp_path).of("mlflow")
    assert (found.name, found.status, found.parameters["lr"]) == ("old", "FINISHED", "0.1")
    assert found.series["loss"] == Series("loss", (0, 1), (0.5, 0.25))


@pytest.mark.parametrize("ended", [True, False])
def test_wandb_logs_of_many_blocks(tmp_path: Path, *, ended: bool) -> None:
    wandb(tmp_path / "run-id7.wandb", ended=ended)
    (tmp_path / "latest-run").symlink_to(tmp_path / "run-id7.wandb")
    (run,) = read(tmp_path).of("wandb")
    assert (run.id, run.status) == ("id7", "FINISHED" if ended else "RUNNING")
    assert dict(run.parameters) == {"lr": "0.1", "net/depth": "3"}
    assert run.series["train/loss"] == Series("train/loss", (0, 1), (0.5, 0.4))
    assert run.models[0].name == "net"


def test_comet_archives_without_what_it_measures_itself(tmp_path: Path) -> None:
    def metric(name: str, value: float, step: int) -> str:
        told = {"metric": {"metricName": name, "metricValue": value, "step": step}}
        return json.dumps({"type": "metric_msg", "payload": told})

    lines = [metric("loss", 0.5, 1), metric("loss", 0.25, 2), metric("sys.cpu", 1.0, 2)]
    for source in ("manual", "auto-logged"):
        told = {"paramName": f"{source}/lr", "paramValue": 0.1, "source": source}
        lines.append(json.dumps({"type": "parameter_msg", "payload": {"param": told}}))
    with zipfile.ZipFile(tmp_path / "e1.zip", "w") as archive:
        archive.writestr("messages.json", "\n".join(lines))
    (run,) = read(tmp_path).of("comet")
    assert (run.id, run.status) == ("e1", "FINISHED")
    assert dict(run.series) == {"loss": Series("loss", (1, 2), (0.5, 0.25))}
    assert dict(run.parameters) == {"manual/lr": "0.1"}


def test_tensorboard_events_of_several_files_are_one_run(tmp_path: Path) -> None:
    tensorboard(tmp_path / "runs" / "events.out.tfevents.1.host")
    (run,) = read(tmp_path).of("tensorboard")
    assert run.series["Loss/train"] == Series("Loss/train", (0, 1), (0.5, 0.25))


def test_trackio(tmp_path: Path) -> None:
    base = sqlite3.connect(tmp_path / "project.db")
    base.executescript(
        """
        create table configs (id integer primary key, run_id, run_name, config);
        create table metrics (id integer primary key, run_id, run_name, step, metrics);
        create table system_metrics (id);
        insert into configs values (1, 'r', 'one', '{"lr": 0.1, "_Username": null}');
        insert into metrics values (1, 'r', 'one', 0, '{"loss": 0.5, "note": "text"}');
        """
    )
    base.close()
    (run,) = read(tmp_path).of("trackio")
    assert (dict(run.parameters), list(run.series)) == ({"lr": "0.1"}, ["loss"])


def test_what_looks_like_a_store_and_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "run-x.wandb").write_bytes(b":W&B123" + b"\x01" * 90)
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\x00" + b"\xff" * 300)
    (tmp_path / "plain.zip").write_bytes(b"PK no archive")
    found = read(tmp_path)
    assert {fault.split(":")[0] for fault in found.faults} == {"run-x.wandb", "broken.db"}


@pytest.mark.parametrize("told", [None, {}, {"runs": [{}], "faults": []}, {"runs": 3}])
def test_an_account_of_another_form_is_a_value_error(told: object) -> None:
    with pytest.raises(ValueError, match="no account"):
        stores_of(told)
