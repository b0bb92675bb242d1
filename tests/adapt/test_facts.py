"""What is recognised in scripts as people write them: metrics under their true names above all."""

from __future__ import annotations

import textwrap

import pytest

from assay.adapt.facts import Facts, recognise
from assay.core.errors import InputError

HEAD = """
import argparse, math, time
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader

model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
test_loader = DataLoader(test_set, batch_size=8)
"""


def facts(body: str, head: str = HEAD) -> Facts:
    return recognise(head + textwrap.dedent(body))


def metrics(body: str, head: str = HEAD) -> dict[str, tuple[str, str]]:
    """Name → (expression, level)."""
    return {m.name: (m.expression, m.level) for m in facts(body, head).metrics}


def test_a_share_of_hits_is_an_accuracy_and_the_hits_are_none() -> None:
    found = metrics(
        """
        def test(epoch):
            model.eval()
            test_loss, correct = 0, 0
            with torch.no_grad():
                for data, target in test_loader:
                    output = model(data)
                    test_loss += F.nll_loss(output, target, reduction='sum').item()
                    correct += output.argmax(1).eq(target).sum().item()
            test_loss /= len(test_loader.dataset)
            print('Test: loss {:.4f}, Accuracy: {}/{} ({:.0f}%)'.format(
                test_loss, correct, len(test_loader.dataset),
                100. * correct / len(test_loader.dataset)))

        for epoch in range(3):
            for x, y in train_loader:
                loss = criterion(model(x), y)
                loss.backward()
            test(epoch)
        """
    )
    assert found == {
        "train_loss": ("loss", "batch"),
        "test_loss": ("test_loss", "epoch"),
        "test_accuracy": ("100. * correct / len(test_loader.dataset)", "epoch"),
    }


def test_hits_that_are_divided_in_place_become_an_accuracy() -> None:
    found = metrics(
        """
        def train(dataloader):
            size = len(dataloader.dataset)
            for batch, (X, y) in enumerate(dataloader):
                loss = criterion(model(X), y)
                loss.backward()
                if batch % 100 == 0:
                    loss, current = loss.item(), (batch + 1) * len(X)
                    print(f"loss: {loss:>7f}  [{current:>5d}/{size:>5d}]")

        def test(dataloader):
            size, num_batches = len(dataloader.dataset), len(dataloader)
            test_loss, correct = 0, 0
            for X, y in dataloader:
                pred = model(X)
                test_loss += criterion(pred, y).item()
                correct += (pred.argmax(1) == y).type(torch.float).sum().item()
            test_loss /= num_batches
            correct /= size
            print(f"Test Error: Accuracy: {(100*correct):>0.1f}%, Avg loss: {test_loss:>8f}")

        for t in range(5):
            train(train_loader)
            test(test_loader)
        """
    )
    assert found == {
        "train_loss": ("loss", "batch"),
        "test_loss": ("test_loss", "epoch"),
        "test_accuracy": ("100*correct", "epoch"),
    }


def test_what_is_called_accuracy_and_counts_is_left_out() -> None:
    found = metrics(
        """
        for epoch in range(3):
            acc = 0
            for x, y in train_loader:
                out = model(x)
                loss = criterion(out, y)
                loss.backward()
                acc += (out.argmax(1) == y).sum().item()
            print("epoch", epoch, "acc", acc)
        """
    )
    assert found == {"train_loss": ("loss", "batch")}


def test_a_running_sum_that_is_divided_is_a_mean_loss() -> None:
    found = metrics(
        """
        for epoch in range(2):
            running_loss = 0.0
            for i, (x, y) in enumerate(train_loader, 0):
                loss = criterion(model(x), y)
                loss.backward()
                running_loss += loss.item()
                if i % 2000 == 1999:
                    print(f'[{epoch + 1}, {i + 1:5d}] loss: {running_loss / 2000:.3f}')
                    running_loss = 0.0
        correct, total = 0, 0
        with torch.no_grad():
            for x, y in test_loader:
                total += y.size(0)
                correct += (model(x).argmax(1) == y).sum().item()
        print(f'Accuracy on the test images: {100 * correct / total:.1f} %')
        """
    )
    assert found == {
        "train_loss": ("running_loss / 2000", "batch"),
        "test_accuracy": ("100 * correct / total", "final"),
    }


def test_phases_in_a_loop_name_their_metrics() -> None:
    found = metrics(
        """
        for epoch in range(2):
            for phase in ['train', 'val']:
                running_loss, running_corrects = 0.0, 0
                for x, y in dataloaders[phase]:
                    outputs = model(x)
                    loss = criterion(outputs, y)
                    if phase == 'train':
                        loss.backward()
                        optimizer.step()
                    running_loss += loss.item() * x.size(0)
                    running_corrects += torch.sum(outputs.argmax(1) == y.data)
                epoch_loss = running_loss / dataset_sizes[phase]
                epoch_acc = running_corrects.double() / dataset_sizes[phase]
                print(f'{phase} Loss: {epoch_loss:.4f} Acc: {epoch_acc:.4f}')
        """
    )
    assert found == {
        "{phase}_loss": ("epoch_loss", "epoch"),
        "{phase}_acc": ("epoch_acc", "epoch"),
    }


def test_what_a_helper_returns_is_known_by_its_callers_name_for_it() -> None:
    found = metrics(
        """
        class Trainer:
            def train_epoch(self):
                total, hits, n = 0.0, 0, 0
                for x, y in self.train_loader:
                    out = self.model(x)
                    loss = self.criterion(out, y)
                    loss.backward()
                    total += loss.item() * len(x)
                    hits += (out.argmax(1) == y).sum().item()
                    n += len(x)
                return total / n, hits / n

            def fit(self, epochs):
                for epoch in range(epochs):
                    start = time.time()
                    loss, acc = self.train_epoch()
                    print(f"{epoch}: loss {loss:.4f} acc {acc:.2%} ({time.time() - start:.1f}s)")

        Trainer().fit(3)
        """
    )
    assert found == {"train_loss": ("loss", "epoch"), "train_acc": ("acc", "epoch")}


def test_meters_are_read_by_their_averages() -> None:
    found = metrics(
        """
        class AverageMeter:
            def __init__(self):
                self.sum = self.count = self.avg = 0
            def update(self, val, n=1):
                self.sum += val * n
                self.count += n
                self.avg = self.sum / self.count

        def train(loader, epoch):
            batch_time, losses, top1 = AverageMeter(), AverageMeter(), AverageMeter()
            for i, (x, y) in enumerate(loader):
                loss = criterion(model(x), y)
                losses.update(loss.item(), x.size(0))
                top1.update(accuracy(x, y), x.size(0))
                loss.backward()
                batch_time.update(time.time())

        for epoch in range(4):
            train(train_loader, epoch)
        """
    )
    assert found == {
        "train_loss": ("losses.avg", "epoch"),
        "train_top1": ("top1.avg", "epoch"),
    }


@pytest.mark.parametrize(
    ("report", "name", "expression"),
    [
        ("print('Epoch', epoch, 'Loss:', loss.item())", "train_loss", "loss.item()"),
        ("print('epoch ' + str(epoch) + ' loss ' + str(loss.item()))", "train_loss", "loss.item()"),
        ("print('%d %.3f' % (epoch, loss))", "train_loss", "loss"),
        ("print(f'{epoch:3d} {loss.item():.3f}')", "train_loss", "loss.item()"),
        ("print('perplexity %.2f' % math.exp(loss.item()))", "perplexity", "math.exp(loss.item())"),
        ("logger.info('loss=%.3f' % loss.item())", "train_loss", "loss.item()"),
        ("history.append({'epoch': epoch, 'loss': loss.item()})", "loss", 'history[-1]["loss"]'),
        ("print('rounded', round(loss.item(), 3))", "train_loss", "loss.item()"),
    ],
)
def test_ways_to_report_a_loss(report: str, name: str, expression: str) -> None:
    found = metrics(
        f"""
        history = []
        for epoch in range(3):
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            {report}
        """
    )
    assert (expression, "epoch") == found.get(name, found.get(f"train_{name}"))


def test_counters_times_and_sizes_are_no_metrics() -> None:
    found = metrics(
        """
        start = time.time()
        for epoch in range(3):
            n = 0
            for i, (x, y) in enumerate(train_loader):
                loss = criterion(model(x), y)
                loss.backward()
                n += len(x)
                print(f"{i}/{len(train_loader)} {n} samples {time.time() - start:.1f}s {epoch:.1f}")
        print("took %.1f s" % (time.time() - start))
        """
    )
    assert found == {"train_loss": ("loss", "batch")}


def test_figures_of_estimators() -> None:
    found = metrics(
        """
        clf = RandomForestClassifier(n_estimators=10)
        clf.fit(X_train, y_train)
        pred = clf.predict(X_test)
        print("Accuracy:", accuracy_score(y_test, pred))
        mse = mean_squared_error(y_test, pred)
        print("test score", clf.score(X_test, y_test))
        """,
        head="from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.metrics import accuracy_score, mean_squared_error\n",
    )
    assert found["test_accuracy"] == ("accuracy_score(y_test, pred)", "final")
    assert found["test_mse"] == ("mse", "final")
    assert found["test_score"] == ("clf.score(X_test, y_test)", "final")


def test_loops_their_counters_and_lengths() -> None:
    found = facts(
        """
        for epoch in range(1, 11):
            for step, (x, y) in enumerate(train_loader):
                for _ in range(2):
                    criterion(model(x), y).backward()
            for x, y in test_loader:
                model(x)
        """
    )
    assert [(loop.kind, loop.counter, loop.start, loop.length) for loop in found.loops] == [
        ("epoch", "epoch", "1", None),
        ("batch", "step", "0", "len(train_loader)"),
        ("other", None, "0", "2"),
        ("batch", None, None, "len(test_loader)"),
    ]


def test_parameters_models_optimisers_and_calls() -> None:
    found = recognise(
        textwrap.dedent(
            """
            import argparse
            import torch
            from torch import nn
            BATCH = 32
            DATA_DIR = "./data"
            CONFIG = {"lr": 0.1, "epochs": 3}

            class Net(nn.Module):
                pass

            def get_args():
                parser = argparse.ArgumentParser()
                parser.add_argument("-b", "--batch-size", type=int, default=64)
                parser.add_argument("--lr", dest="rate", default=1e-3)
                return parser.parse_args()

            def main():
                args = get_args()
                net = Net().to("cpu")
                opt = torch.optim.Adam(net.parameters(), lr=args.rate)
                for epoch in range(3):
                    net(BATCH).sum().backward()
                torch.save(net.state_dict(), "net.pt")

            if __name__ == "__main__":
                main()
            """
        )
    )
    assert found.entry is not None
    assert (found.entry.kind, found.entry.function) == ("guard", "main")
    (arguments,) = found.arguments
    assert (arguments.namespace, arguments.function) == ("args", "main")
    assert [option.name for option in arguments.options] == ["batch_size", "rate"]
    assert [constant.name for constant in found.constants] == ["BATCH"]
    assert [one.expression for one in found.configurations] == ["CONFIG"]
    assert [(m.name, m.cls, m.framework) for m in found.models] == [("net", "Net", "torch")]
    assert [(o.name, o.model, o.rate) for o in found.optimisers] == [("opt", "net", "args.rate")]
    assert [(c.kind, c.arguments) for c in found.calls] == [
        ("save", ("net.state_dict()", '"net.pt"'))
    ]


@pytest.mark.parametrize(
    ("line", "component"),
    [
        ("mlflow.start_run()", "mlflow"),
        ("wandb.init(project='x')", "wandb"),
        ("w = SummaryWriter()", "tensorboard"),
        ("e = comet_ml.Experiment()", "comet"),
        ("mlflow.pytorch.log_model(m, name='m', registered_model_name='m')", "mlflow-registry"),
    ],
)
def test_tracking_that_is_there(line: str, component: str) -> None:
    head = "import mlflow, wandb, comet_ml\nfrom torch.utils.tensorboard import SummaryWriter\n"
    assert component in {one.component for one in recognise(head + line).trackers}


@pytest.mark.parametrize("text", ["def f(:\n", "print 'x'\n", "x = = 1\n"])
def test_what_is_not_python_is_said_with_its_line(text: str) -> None:
    with pytest.raises(InputError, match="line 1: not Python"):
        recognise(text)
