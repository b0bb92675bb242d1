"""Pruning put into training scripts: what is added, what is declined, and that it runs."""

from __future__ import annotations

import textwrap
import time
from pathlib import Path

import pytest

from assay.adapt.adapting import adapt
from assay.adapt.codemod import rewrite
from assay.adapt.proving import OriginalFails, prove_all
from assay.adapt.smoke import environment_for, opened
from assay.adapt.words import Declined, Rewrite

SCRIPTS = Path(__file__).parents[2] / "suites" / "mlops" / "scripts"
FLAT = """
    import torch
    from torch import nn

    torch.manual_seed(0)
    x, y = torch.randn(64, 8), torch.randn(64, 1)
    # a small net
    model = nn.Sequential(nn.Linear(8, 16), nn.LayerNorm(16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    best = float("inf")
    for epoch in range(30):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss.item() < best:
            best = loss.item()
            torch.save(model.state_dict(), "best.pt")
    model.load_state_dict(torch.load("best.pt"))
    print("best", best)
    """
CLASSES = """
    import torch
    from torch import nn


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(8, 16)
            self.b = nn.Linear(16, 1)

        def forward(self, x):
            return self.b(torch.relu(self.a(x)))


    class Trainer:
        def __init__(self, net):
            self.net = net
            self.optimizer = torch.optim.Adam(self.net.parameters())

        def fit(self, epochs):
            for _ in range(epochs):
                x = torch.randn(16, 8)
                loss = self.net(x).square().mean()
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()


    if __name__ == "__main__":
        Trainer(Net()).fit(4)
    """


def _script(text: str) -> str:
    return textwrap.dedent(text).lstrip()


def _rewritten(text: str, target: str = "prune") -> str:
    found = rewrite(_script(text), [target])
    assert isinstance(found, Rewrite), found
    return found.text


def _declined(text: str, target: str = "prune") -> str:
    found = rewrite(_script(text), [target])
    assert isinstance(found, Declined)
    return found.reason


def test_masks_grow_in_the_loop_and_are_made_permanent_behind_it() -> None:
    lines = [line.strip() for line in _rewritten(FLAT).splitlines()]
    loop = lines.index("for epoch in range(n_epochs):")
    assert lines[loop + 1] == "prune_layers(pruned_layers, (epoch + 1) / n_epochs)"
    assert "# a small net" in lines
    chosen = lines.index("pruned_layers = [m for m in model.modules() if type(m) in (nn.Linear,)]")
    assert lines.index("n_epochs = 30") < loop
    assert chosen < loop
    final = lines.index("finish_pruning(pruned_layers)")
    back = lines.index('model.load_state_dict(torch.load("best.pt"))')
    assert loop < final < back
    # What is told is the sparsity of the weights that it goes on with.
    assert lines[back + 1] == 'print(f"sparsity: {finish_pruning(pruned_layers):.1%}")'


def test_what_is_saved_on_the_way_has_the_names_of_an_unpruned_model() -> None:
    assert 'torch.save(pruned_state(model), "best.pt")' in _rewritten(FLAT)


def test_a_loop_in_a_class_prunes_what_its_object_holds() -> None:
    text = _rewritten(CLASSES)
    assert "m for m in self.net.modules()" in text
    assert "for epoch in range(epochs):" in text
    assert "prune_layers(pruned_layers, (epoch + 1) / epochs)" in text


def test_lightning_gets_its_callback_told_what_it_does_not_do_by_itself() -> None:
    text = _rewritten((SCRIPTS / "lit_mnist.py").read_text())
    assert "trainer.callbacks.append(ModelPruning(" in text
    assert "use_lottery_ticket_hypothesis=False" in text
    assert "trainer.max_epochs" in text
    assert "prune.l1_unstructured(" not in text


def test_nncf_sees_the_first_batch_that_training_meets() -> None:
    lines = [line.strip() for line in _rewritten(CLASSES, "nncf").splitlines()]
    assert lines.index("start_pruning(self.net, x)") < lines.index(
        "loss = self.net(x).square().mean()"
    )
    assert "schedule = pruning_schedule(self.net, epochs)" in lines
    assert 'print(f"sparsity: {finish_pruning(self.net):.1%}")' in lines


def test_who_pins_the_old_nncf_gets_its_old_interface_at_the_same_places() -> None:
    lines = [line.strip() for line in _rewritten(CLASSES, "nncf-2").splitlines()]
    assert "create_compressed_model(model, config, dump_graphs=False)" in lines
    assert "schedule = PruningSchedule(self.net, epochs)" in lines
    assert lines.index("start_pruning(self.net, x)") < lines.index(
        "loss = self.net(x).square().mean()"
    )
    assert environment_for(CLASSES, ["nncf-2"]) == "mlops-nncf219"
    assert "becomes another class" in _declined(
        (SCRIPTS / "lit_autoencoder.py").read_text(), "nncf-2"
    )


def test_a_model_that_follows_by_its_parameters_is_pruned_alike() -> None:
    text = _rewritten((SCRIPTS / "dqn_cartpole.py").read_text())
    assert "for net in (policy_net, target_net)" in text


@pytest.mark.parametrize(
    ("script", "target", "reason"),
    [
        ("keras_mnist_convnet", "prune", "does not apply"),
        ("housing_forest", "prune", "does not apply"),
        ("dcgan", "nncf", "bare nn.Sequential"),
        ("counting_digits", "nncf", "loose layer"),
        ("lit_gan", "nncf", "no forward"),
        ("pretrain_finetune", "prune", "lines 27, 47"),
        ("dataset_statistics", "prune", "no training"),
    ],
)
def test_what_cannot_be_pruned_is_declined_with_its_reason(
    script: str, target: str, reason: str
) -> None:
    assert reason in _declined((SCRIPTS / f"{script}.py").read_text(), target)


def test_a_script_that_prunes_is_not_pruned_twice() -> None:
    assert "already pruned: line 2" in _declined(_script(FLAT).replace(
        "from torch import nn", "from torch.nn.utils import prune\nfrom torch import nn"
    ))  # fmt: skip


def test_an_endless_loop_has_no_schedule() -> None:
    text = FLAT.replace("for epoch in range(30)", "while True")
    assert "how long" in _declined(text)


def test_rewriting_takes_less_than_a_second() -> None:
    text = (SCRIPTS / "imagenet_train.py").read_text()
    began = time.process_time()
    for target in ("prune", "nncf"):
        assert isinstance(rewrite(text, [target]), Rewrite)
    assert time.process_time() - began < 2


@pytest.mark.slow
def test_both_prunings_are_proven_by_running_them() -> None:
    text = (SCRIPTS / "siamese_pairs.py").read_text()
    rewrites = [rewrite(text, [target]) for target in ("prune", "nncf")]
    with opened(workers=1) as session:
        proofs = prove_all(session, text, [one for one in rewrites if isinstance(one, Rewrite)])
    assert not isinstance(proofs, OriginalFails)
    assert [proof.proven for proof in proofs] == [True, True], proofs


@pytest.mark.slow
def test_pruning_by_the_old_nncf_is_proven_where_that_is_installed() -> None:
    found = adapt(_script(CLASSES), ["nncf-2"])
    assert found.outcome == "proven", found
    said = [one.text for one in found.evidence]
    assert "no mask is left: the zeros are in the weights themselves" in said
