# DQN on a cart-pole that needs no gym. Everything global, as in the lecture's code.
import math
import random
from collections import deque, namedtuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

BATCH_SIZE = 64
GAMMA = 0.99
EPS_START, EPS_END, EPS_DECAY = 0.9, 0.05, 800
TAU = 0.01
LR = 5e-4
NUM_EPISODES = 300
MAX_STEPS = 200

Transition = namedtuple('Transition', ('state', 'action', 'next_state', 'reward', 'done'))

random.seed(0); np.random.seed(0); torch.manual_seed(0)


class CartPole:
    """The usual equations of motion, Euler's method, 0.02 s a step."""

    def reset(self):
        self.s = np.random.uniform(-0.05, 0.05, size=4)
        self.t = 0
        return self.s.astype(np.float32)

    def step(self, action):
        x, v, th, w = self.s
        force = 10.0 if action == 1 else -10.0
        sin, cos = math.sin(th), math.cos(th)
        tmp = (force + 0.05 * w * w * sin) / 1.1
        a_th = (9.8 * sin - cos * tmp) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1))
        a_x = tmp - 0.05 * a_th * cos / 1.1
        self.s = np.array([x + 0.02 * v, v + 0.02 * a_x, th + 0.02 * w, w + 0.02 * a_th])
        self.t += 1
        fell = abs(self.s[0]) > 2.4 or abs(self.s[2]) > 0.2095
        return self.s.astype(np.float32), 1.0, fell, self.t >= MAX_STEPS


class QNet(nn.Module):
    def __init__(self, n_obs=4, n_actions=2):
        super(QNet, self).__init__()
        self.l1 = nn.Linear(n_obs, 128)
        self.l2 = nn.Linear(128, 128)
        self.l3 = nn.Linear(128, n_actions)

    def forward(self, x):
        x = F.relu(self.l1(x))
        x = F.relu(self.l2(x))
        return self.l3(x)


env = CartPole()
policy_net = QNet()
target_net = QNet()
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.AdamW(policy_net.parameters(), lr=LR, amsgrad=True)
memory = deque([], maxlen=10000)
steps_done = 0
losses = []
episode_rewards = []


def select_action(state):
    global steps_done
    eps = EPS_END + (EPS_START - EPS_END) * math.exp(-steps_done / EPS_DECAY)
    steps_done += 1
    if random.random() < eps:
        return random.randrange(2)
    with torch.no_grad():
        return policy_net(torch.from_numpy(state)).argmax().item()


def optimize_model():
    if len(memory) < BATCH_SIZE:
        return None
    batch = Transition(*zip(*random.sample(memory, BATCH_SIZE)))
    states = torch.from_numpy(np.stack(batch.state))
    actions = torch.tensor(batch.action).unsqueeze(1)
    next_states = torch.from_numpy(np.stack(batch.next_state))
    rewards = torch.tensor(batch.reward)
    done = torch.tensor(batch.done, dtype=torch.float32)

    q = policy_net(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        target = rewards + GAMMA * (1 - done) * target_net(next_states).max(1).values
    loss = F.smooth_l1_loss(q, target)

    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    losses.append(loss.item())
    return loss.item()


for i_episode in range(NUM_EPISODES):
    state = env.reset()
    total_reward = 0.0
    while True:
        action = select_action(state)
        next_state, reward, terminated, truncated = env.step(action)
        memory.append(Transition(state, action, next_state, reward, terminated))
        state = next_state
        total_reward += reward
        optimize_model()
        # soft update of the target
        for tp, pp in zip(target_net.parameters(), policy_net.parameters()):
            tp.data.mul_(1 - TAU).add_(TAU * pp.data)
        if terminated or truncated:
            break
    episode_rewards.append(total_reward)
    if i_episode % 10 == 0:
        avg_reward = np.mean(episode_rewards[-10:])
        mean_loss = np.mean(losses[-100:]) if losses else float('nan')
        print('Episode {}\treward {:.1f}\taverage of 10: {:.2f}\tloss {:.5f}'.format(i_episode, total_reward, avg_reward, mean_loss))

torch.save(policy_net.state_dict(), 'dqn_cartpole.pth')
print('Complete. Last 100 episodes: %.2f' % np.mean(episode_rewards[-100:]))
