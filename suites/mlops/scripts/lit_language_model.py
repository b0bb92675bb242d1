"""A tiny GPT on any text file, with Lightning."""
import math
import os

import lightning as L
import torch
import torch.nn as nn
import torch.nn.functional as F
from lightning.pytorch.callbacks import Callback
from torch.utils.data import DataLoader, Dataset

TEXT = os.environ.get("CORPUS", "corpus.txt")
BLOCK, BATCH, EPOCHS = 64, 32, 5
N_LAYER, N_HEAD, N_EMBD, DROP = 3, 4, 128, 0.1


class CharDataset(Dataset):
    def __init__(self, text, stoi):
        self.data = torch.tensor([stoi[c] for c in text], dtype=torch.long)

    def __len__(self):
        return max((len(self.data) - 1) // BLOCK, 1)

    def __getitem__(self, i):
        chunk = self.data[i * BLOCK: i * BLOCK + BLOCK + 1]
        return chunk[:-1], chunk[1:]


class GPT(L.LightningModule):
    def __init__(self, vocab_size, lr=3e-4, weight_decay=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.tok = nn.Embedding(vocab_size, N_EMBD)
        self.pos = nn.Parameter(torch.zeros(1, BLOCK, N_EMBD))
        layer = nn.TransformerEncoderLayer(N_EMBD, N_HEAD, 4 * N_EMBD, DROP, activation="gelu", batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, N_LAYER, enable_nested_tensor=False)
        self.ln = nn.LayerNorm(N_EMBD)
        self.head = nn.Linear(N_EMBD, vocab_size, bias=False)

    def forward(self, idx):
        t = idx.size(1)
        mask = nn.Transformer.generate_square_subsequent_mask(t, device=idx.device)
        x = self.blocks(self.tok(idx) + self.pos[:, :t], mask=mask, is_causal=True)
        return self.head(self.ln(x))

    def shared_step(self, batch):
        x, y = batch
        logits = self(x)
        return F.cross_entropy(logits.flatten(0, 1), y.flatten())

    def training_step(self, batch, _):
        loss = self.shared_step(batch)
        self.log("train/loss", loss, on_step=True, on_epoch=True, prog_bar=True)
        return loss

    def validation_step(self, batch, _):
        loss = self.shared_step(batch)
        self.log("val/loss", loss, prog_bar=True)
        self.log("val/ppl", torch.exp(loss))

    def configure_optimizers(self):
        decay = [p for p in self.parameters() if p.dim() >= 2]
        rest = [p for p in self.parameters() if p.dim() < 2]
        opt = torch.optim.AdamW([{"params": decay, "weight_decay": self.hparams.weight_decay}, {"params": rest, "weight_decay": 0.0}], lr=self.hparams.lr)
        sched = torch.optim.lr_scheduler.OneCycleLR(opt, max_lr=self.hparams.lr, total_steps=max(self.trainer.estimated_stepping_batches, 2))
        return [opt], [{"scheduler": sched, "interval": "step"}]


class PrintPerplexity(Callback):
    def on_validation_epoch_end(self, trainer, pl_module):
        if trainer.sanity_checking:
            return
        loss = trainer.callback_metrics["val/loss"].item()
        print(f"\nepoch {trainer.current_epoch}: val loss {loss:.4f}, perplexity {math.exp(loss):.2f}")


with open(TEXT, encoding="utf-8") as f:
    text = f.read()
chars = sorted(set(text))
stoi = {c: i for i, c in enumerate(chars)}
cut = int(0.9 * len(text))

L.seed_everything(42)
train_dl = DataLoader(CharDataset(text[:cut], stoi), batch_size=BATCH, shuffle=True)
val_dl = DataLoader(CharDataset(text[cut:], stoi), batch_size=BATCH)
model = GPT(len(chars))
trainer = L.Trainer(max_epochs=EPOCHS, gradient_clip_val=1.0, callbacks=[PrintPerplexity()], enable_checkpointing=False)
trainer.fit(model, train_dl, val_dl)
torch.save(model.state_dict(), "gpt.pt")
