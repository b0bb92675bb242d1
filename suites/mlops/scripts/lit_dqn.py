"""Deep Q-learning with Lightning on a small grid world: find the goal, avoid the pits."""
import argparse
import random
from collections import deque
from typing import List

import numpy as np
import pytorch_lightning as pl
import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.utils.data import DataLoader
from torch.utils.data.dataset import IterableDataset


class GridWorld:
    def __init__(self, size: int = 5, max_steps: int = 50):
        self.size, self.max_steps = size, max_steps
        self.goal = (size - 1, size - 1)
        self.pits = {(1, 2), (3, 1)}

    def observe(self) -> np.ndarray:
        grid = np.zeros((self.size, self.size), dtype=np.float32)
        grid[self.pos] = 1.0
        return grid.ravel()

    def reset(self) -> np.ndarray:
        self.pos, self.t = (0, 0), 0
        return self.observe()

    def step(self, action: int):
        dr, dc = [(-1, 0), (1, 0), (0, -1), (0, 1)][action]
        r = min(max(self.pos[0] + dr, 0), self.size - 1)
        c = min(max(self.pos[1] + dc, 0), self.size - 1)
        self.pos, self.t = (r, c), self.t + 1
        if self.pos == self.goal:
            return self.observe(), 1.0, True
        if self.pos in self.pits:
            return self.observe(), -1.0, True
        return self.observe(), -0.02, self.t >= self.max_steps


class Memory(IterableDataset):
    """What was seen; iterating draws a fresh handful of it."""

    def __init__(self, capacity: int, per_epoch: int):
        self.steps = deque(maxlen=capacity)
        self.per_epoch = per_epoch

    def remember(self, state, action, reward, done, after):
        self.steps.append((state, action, np.float32(reward), done, after))

    def __iter__(self):
        for i in random.choices(range(len(self.steps)), k=self.per_epoch):
            yield self.steps[i]


class LitDQN(pl.LightningModule):
    def __init__(self, lr=1e-3, gamma=0.95, sync_every=20, replay_size=2000, warm_start=500,
                 eps_start=1.0, eps_end=0.05, eps_last_step=1500, batch_size=32, episode_length=64):
        super().__init__()
        self.save_hyperparameters()
        self.env = GridWorld()
        n = self.env.size ** 2
        self.net = nn.Sequential(nn.Linear(n, 64), nn.ReLU(), nn.Linear(64, 4))
        self.target_net = nn.Sequential(nn.Linear(n, 64), nn.ReLU(), nn.Linear(64, 4))
        self.target_net.load_state_dict(self.net.state_dict())
        self.memory = Memory(replay_size, episode_length)
        self.state = self.env.reset()
        self.total_reward = 0.0
        self.episode_reward = 0.0
        self.episodes = 0
        for _ in range(warm_start):
            self.act(epsilon=1.0)

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x)

    @torch.no_grad()
    def act(self, epsilon: float = 0.0):
        if random.random() < epsilon:
            action = random.randrange(4)
        else:
            action = int(self.net(torch.from_numpy(self.state).to(self.device)).argmax())
        new_state, reward, done = self.env.step(action)
        self.memory.remember(self.state, action, reward, done, new_state)
        self.state = self.env.reset() if done else new_state
        return reward, done

    def epsilon_now(self) -> float:
        hp = self.hparams
        if self.global_step > hp.eps_last_step:
            return hp.eps_end
        return hp.eps_start - (self.global_step / hp.eps_last_step) * (hp.eps_start - hp.eps_end)

    def td_loss(self, batch) -> Tensor:
        states, actions, rewards, dones, next_states = batch
        values = self.net(states).gather(1, actions.long().unsqueeze(-1)).squeeze(-1)
        with torch.no_grad():
            next_values = self.target_net(next_states).max(1)[0]
            next_values[dones] = 0.0
        return nn.functional.mse_loss(values, next_values * self.hparams.gamma + rewards)

    def training_step(self, batch, batch_idx: int) -> Tensor:
        epsilon = self.epsilon_now()
        self.log("epsilon", epsilon)
        reward, done = self.act(epsilon)
        self.episode_reward += reward
        self.log("episode reward", self.episode_reward)
        loss = self.td_loss(batch)
        if done:
            self.total_reward = self.episode_reward
            self.episode_reward = 0.0
            self.episodes += 1
        if self.global_step % self.hparams.sync_every == 0:
            self.target_net.load_state_dict(self.net.state_dict())
        self.log_dict({"train_loss": loss, "total_reward": self.total_reward}, prog_bar=True)
        self.log("episodes", float(self.episodes), prog_bar=True)
        return loss

    def configure_optimizers(self) -> List[torch.optim.Optimizer]:
        return [Adam(self.net.parameters(), lr=self.hparams.lr)]

    def train_dataloader(self) -> DataLoader:
        return DataLoader(self.memory, batch_size=self.hparams.batch_size)


def main(args) -> None:
    pl.seed_everything(args.seed)
    model = LitDQN(lr=args.lr, gamma=args.gamma, batch_size=args.batch_size)
    trainer = pl.Trainer(accelerator="cpu", devices=1, max_epochs=args.max_epochs, log_every_n_steps=1)
    trainer.fit(model)
    print("episodes:", model.episodes, "last total reward:", round(model.total_reward, 3))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--max_epochs", type=int, default=500)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--gamma", type=float, default=0.95)
    parser.add_argument("--seed", type=int, default=3)
    main(parser.parse_args())
