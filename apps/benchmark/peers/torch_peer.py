"""PyTorch's side of the suites: the same model, the same weights, the same batches, timed in here.

Speaks one JSON object a line. First line in: the job; line out: ready. Then each line in, {"count": n}, asks for one
turn, and the line out holds its times and outcomes. The process sleeps between turns and ends with its input.

Written for PyTorch 1.13 (Debian 12) and newer. Weights and batches come as a safetensors file.
"""

import json
import math
import platform
import re
import resource
import struct
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"unavailable": f"{sys.executable} cannot import torch ({error})"}), flush=True)
    sys.exit(0)

from torch import nn
from torch.nn import functional

from torch_optimizers import optimize_turns

DTYPES = {"F32": torch.float32, "I32": torch.int32}


def read_safetensors(path):
    with open(path, "rb") as file:
        data = bytearray(file.read())
    (header_length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + header_length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        dtype, (begin, end) = DTYPES[entry["dtype"]], entry["data_offsets"]
        flat = torch.frombuffer(
            data, dtype=dtype, count=(end - begin) // 4, offset=8 + header_length + begin
        )
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors


class SelfAttention(nn.Module):
    def __init__(self, config):
        super().__init__()
        size, context = config["embeddingSize"], config["contextLength"]
        self.head_count = config["headCount"]
        self.head_size = size // self.head_count
        self.query_key_value = nn.Linear(size, 3 * size)
        self.output = nn.Linear(size, size)
        future = torch.full((context, context), -math.inf).triu(1)
        self.register_buffer("future", future, persistent=False)
        self.dropout = nn.Dropout(config["dropout"])

    def forward(self, x, cache=None):
        batch, time_, size = x.shape
        # Heads are folded into the batch and scale and mask into the product: measured on the CPU, 7 % of a training
        # step faster than `masked_fill` on a 4-D product.
        q, k, v = (
            part.view(batch, time_, self.head_count, self.head_size)
            .transpose(1, 2)
            .reshape(batch * self.head_count, time_, self.head_size)
            for part in self.query_key_value(x).split(size, dim=2)
        )  # (B nh, T, hs)
        past = 0
        if cache is not None:
            past, keys, values = cache
            keys[:, past : past + time_], values[:, past : past + time_] = k, v
            k, v = keys[:, : past + time_], values[:, : past + time_]
        future = self.future[past : past + time_, : past + time_].expand(len(q), -1, -1)
        scores = torch.baddbmm(future, q, k.transpose(1, 2), alpha=self.head_size**-0.5)  # (B nh, T, S)
        heads = torch.bmm(self.dropout(scores.softmax(dim=-1)), v)  # (B nh, T, hs)
        merged = heads.view(batch, self.head_count, time_, self.head_size).transpose(1, 2)
        return self.dropout(self.output(merged.reshape(batch, time_, size)))


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        size = config["embeddingSize"]
        self.approximate = "tanh" if config["activation"] == "gelu_new" else "none"
        self.expand = nn.Linear(size, 4 * size)
        self.contract = nn.Linear(4 * size, size)
        self.dropout = nn.Dropout(config["dropout"])

    def forward(self, x):
        return self.dropout(self.contract(functional.gelu(self.expand(x), approximate=self.approximate)))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        size, epsilon = config["embeddingSize"], config["normEpsilon"]
        self.attention_norm = nn.LayerNorm(size, eps=epsilon)
        self.attention = SelfAttention(config)
        self.feed_forward_norm = nn.LayerNorm(size, eps=epsilon)
        self.feed_forward = FeedForward(config)

    def forward(self, x, cache=None):
        x = x + self.attention(self.attention_norm(x), cache)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Gpt(nn.Module):
    """Attributes have the names of Wordloom's Gpt, so that its weights load by name."""

    def __init__(self, config):
        super().__init__()
        size = config["embeddingSize"]
        self.token_embedding = nn.Embedding(config["vocabSize"], size)
        self.position_embedding = nn.Embedding(config["contextLength"], size)
        self.dropout = nn.Dropout(config["dropout"])
        self.blocks = nn.ModuleList(Block(config) for _ in range(config["layerCount"]))
        self.final_norm = nn.LayerNorm(size, eps=config["normEpsilon"])

    def forward(self, ids, caches=None, past=0):
        positions = self.position_embedding.weight[past : past + ids.shape[1]]
        x = self.dropout(self.token_embedding(ids) + positions)
        for layer, block in enumerate(self.blocks):
            x = block(x, None if caches is None else (past, *caches[layer]))
        return functional.linear(self.final_norm(x), self.token_embedding.weight)  # (B, T, V)

    def load(self, tensors):
        snake_case = lambda name: re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), name)
        self.load_state_dict({snake_case(name): tensor for name, tensor in tensors.items()})


class Lstm(nn.Module):
    """Ids are (B, T)."""

    def __init__(self, config):
        super().__init__()
        hidden = config["hiddenSize"]
        self.embedding = nn.Embedding(config["vocabSize"], config["embeddingSize"])
        self.lstm = nn.LSTM(config["embeddingSize"], hidden, config["layerCount"], batch_first=True)
        self.output = nn.Linear(hidden, config["vocabSize"])

    def forward(self, ids):
        hidden, _ = self.lstm(self.embedding(ids))
        return self.output(hidden)  # (B, T, V)

    def load(self, tensors):
        def torch_name(name):
            found = re.fullmatch(r"layers\.(\d+)\.((?:weight|bias)_(?:ih|hh))_l0", name)
            if found:
                return f"lstm.{found[2]}_l{found[1]}"
            return {"outputWeight": "output.weight", "outputBias": "output.bias"}.get(name, name)

        self.load_state_dict({torch_name(name): tensor for name, tensor in tensors.items()})


MODELS = {"gpt": Gpt, "lstm": Lstm}


def train_turns(model, job, data):
    """Each turn takes `count` steps: forward, backward, clipping, AdamW."""
    options = job["optimizer"]
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": options["weightDecay"]},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    # `foreach` is a GPU optimization: on the CPU it is as fast for small models and a third slower for large ones.
    optimizer = torch.optim.AdamW(
        groups,
        lr=options["learningRate"],
        betas=(options["beta1"], options["beta2"]),
        foreach=False,
    )
    inputs, targets = data["inputs"].long(), data["targets"].long()  # (steps, ...)
    step = 0

    def turn(count):
        nonlocal step
        milliseconds, losses = [], []
        for _ in range(count):
            start = time.perf_counter()
            index = step % len(inputs)
            logits = model(inputs[index])
            loss = functional.cross_entropy(logits.view(-1, logits.shape[-1]), targets[index].view(-1))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, options["clipNorm"])
            optimizer.step()
            losses.append(loss.item())
            milliseconds.append((time.perf_counter() - start) * 1000)
            step += 1
        return milliseconds, losses

    return turn


def generate_turns(model, job, data):
    """Each turn continues the prompt `count` times, always taking the likeliest token."""
    prompt, token_count = data["prompt"].long(), job["tokenCount"]  # (1, P)
    config = job["model"]["config"]
    head_size = config["embeddingSize"] // config["headCount"]
    shape = (config["headCount"], config["contextLength"], head_size)
    caches = [(torch.zeros(shape), torch.zeros(shape)) for _ in range(config["layerCount"])]

    def next_token(ids, past):
        return model(ids, caches, past)[0, -1].argmax().item()

    @torch.inference_mode()
    def turn(count):
        milliseconds, tokens = [], []
        for _ in range(count):
            tokens = [next_token(prompt, 0)]
            start = time.perf_counter()
            for past in range(prompt.shape[1], prompt.shape[1] + token_count - 1):
                tokens.append(next_token(torch.tensor([[tokens[-1]]]), past))
            milliseconds.append((time.perf_counter() - start) * 1000 / (token_count - 1))
        return milliseconds, tokens

    return turn


def main():
    lines = iter(sys.stdin.readline, "")
    job = json.loads(next(lines))
    torch.set_num_threads(job["threads"])
    weights, data = read_safetensors(job["weightsPath"]), read_safetensors(job["dataPath"])
    if job["task"] == "optimize":
        turn = optimize_turns(weights, job, data)
    else:
        model = MODELS[job["model"]["architecture"]](job["model"]["config"])
        model.load(weights)
        turn = {"train": train_turns, "generate": generate_turns}[job["task"]](model, job, data)
    versions = {"PyTorch": torch.__version__, "Python": platform.python_version()}
    print(json.dumps({"versions": versions, "buildMilliseconds": None}), flush=True)
    idle_since = time.process_time()
    for line in lines:
        idle = time.process_time() - idle_since
        milliseconds, outcomes = turn(json.loads(line)["count"])
        reply = {
            "milliseconds": milliseconds,
            "outcomes": outcomes,
            "idleProcessorMilliseconds": idle * 1000,
            "peakMemoryMebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
        idle_since = time.process_time()
        print(json.dumps(reply), flush=True)


main()
