"""Deep Q-learning in Keras on a toy "catch the ball" game, with train_on_batch and a hand-made loop."""
import os
from collections import deque

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np
from keras import layers

GAMMA = 0.95
EXPLORE_STEPS = 3000
EPS_LAST = 0.05
BATCH = 32
EPISODES = 400
MEMORY = 5000
LEARN_EVERY = 4
SYNC_EVERY = 200
LR = 2.5e-3
SOLVED_AT = 0.8

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)
GRID = 8


class Catch:
    """A ball falls, a paddle moves; +1 for a catch, -1 for a miss."""

    def reset(self):
        self.ball = [0, int(rng.integers(GRID))]
        self.paddle = GRID // 2
        return self.state()

    def state(self):
        s = np.zeros((GRID, GRID, 1), dtype="float32")
        s[self.ball[0], self.ball[1], 0] = 1
        s[GRID - 1, self.paddle, 0] = 1
        return s

    def step(self, action):
        self.paddle = int(np.clip(self.paddle + action - 1, 0, GRID - 1))
        self.ball[0] += 1
        done = self.ball[0] == GRID - 1
        reward = (1.0 if self.paddle == self.ball[1] else -1.0) if done else 0.0
        return self.state(), reward, done


def q_network():
    net = keras.Sequential([
        keras.Input((GRID, GRID, 1)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(3),
    ])
    net.compile(keras.optimizers.Adam(LR, clipnorm=1.0), loss=keras.losses.Huber())
    return net


env = Catch()
online, frozen = q_network(), q_network()
frozen.set_weights(online.get_weights())
memory = deque(maxlen=MEMORY)
returns = deque(maxlen=100)
step, loss = 0, float("nan")

for episode in range(1, EPISODES + 1):
    state, done, total = env.reset(), False, 0.0
    while not done:
        step += 1
        eps = max(EPS_LAST, 1.0 - step / EXPLORE_STEPS)
        if rng.random() < eps:
            action = int(rng.integers(3))
        else:
            action = int(np.argmax(np.asarray(online.predict_on_batch(state[None]))))
        after, reward, done = env.step(action)
        memory.append((state, action, reward, after, done))
        state = after
        total += reward

        if step % LEARN_EVERY == 0 and len(memory) >= BATCH:
            s, a, r, s2, d = zip(*[memory[i] for i in rng.integers(len(memory), size=BATCH)])
            target = np.array(online.predict_on_batch(np.stack(s)))
            best = np.asarray(frozen.predict_on_batch(np.stack(s2))).max(axis=1)
            target[np.arange(BATCH), a] = np.array(r) + GAMMA * best * (1 - np.array(d, dtype="float32"))
            loss = float(online.train_on_batch(np.stack(s), target))
        if step % SYNC_EVERY == 0:
            frozen.set_weights(online.get_weights())

    returns.append(total)
    mean_return = np.mean(returns)
    if episode % 20 == 0:
        print("episode %d  steps %d  mean return %.3f  loss %.5f  eps %.2f" % (episode, step, mean_return, loss, eps))
    if len(returns) == 100 and mean_return > SOLVED_AT:
        print("solved after %d episodes" % episode)
        break

online.save("catch_dqn.keras")
