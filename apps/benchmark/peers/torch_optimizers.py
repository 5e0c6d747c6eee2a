"""PyTorch's side of the suite `optimizer-step`: clipping of the gradients' norm and one step, timed in here.

Where torch.optim has several implementations of an optimizer (loops, foreach, fused), the fastest of them here is taken. Lion,
Adafactor (as the transformers library has it) and Muon (in float32) are not in every PyTorch: they are written here on its
tensors, in place.
"""

import time

import torch
from torch import nn, optim


class Written(optim.Optimizer):
    """One update rule for each parameter, with its state and the number of its steps."""

    def __init__(self, parameters, **settings):
        super().__init__(parameters, settings)

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["step"] = state.get("step", 0) + 1
                self.update(p, p.grad, state, group)


class Lion(Written):
    def update(self, p, g, state, group):
        if "m" not in state:
            state["m"] = torch.zeros_like(p)
        m, (first, second) = state["m"], group["betas"]
        p.mul_(1 - group["lr"] * group["weight_decay"])
        p.add_(torch.lerp(g, m, first).sign_(), alpha=-group["lr"])
        m.lerp_(g, 1 - second)


class Adafactor(Written):
    """Relative steps, no momentum."""

    def update(self, p, g, state, group):
        step = state["step"]
        rate = min(1e-2, step**-0.5) * max(1e-3, rms(p).item())
        beta2 = 1 - step**-0.8
        square = g.square().add_(1e-30)
        if p.ndim >= 2:
            if step == 1:
                state["row"] = torch.zeros(p.shape[:-1])
                state["column"] = torch.zeros(p.shape[:-2] + p.shape[-1:])
            row = state["row"].lerp_(square.mean(-1), 1 - beta2)
            column = state["column"].lerp_(square.mean(-2), 1 - beta2)
            factors = (row / row.mean(-1, keepdim=True)).rsqrt_()
            update = torch.mul(factors.unsqueeze(-1), column.rsqrt().unsqueeze(-2), out=square).mul_(g)
        else:
            if step == 1:
                state["v"] = torch.zeros_like(p)
            v = state["v"].lerp_(square, 1 - beta2)
            update = torch.rsqrt(v, out=square).mul_(g)
        p.sub_(update.mul_(rate / max(1.0, rms(update).item())))


def rms(x):
    return x.norm() / x.numel() ** 0.5


class Muon(Written):
    def update(self, p, g, state, group):
        if "m" not in state:
            state["m"] = torch.zeros_like(p)
        momentum, rate = group["momentum"], group["lr"]
        m = state["m"].lerp_(g, 1 - momentum)
        direction = orthogonalize(g.lerp(m, momentum))
        p.mul_(1 - rate * group["weight_decay"])
        p.add_(direction, alpha=-rate * 0.2 * max(p.shape) ** 0.5)


def orthogonalize(x):
    a, b, c = 3.4445, -4.7750, 2.0315
    if x.shape[0] > x.shape[1]:
        return orthogonalize(x.T).T
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = torch.addmm(x, torch.addmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


class Several:
    def __init__(self, *optimizers):
        self.step = lambda: [optimizer.step() for optimizer in optimizers]


def muon(weights, **options):
    hidden = [p for name, p in weights.items() if p.ndim == 2 and "mbedding" not in name]
    ids = {id(p) for p in hidden}
    others = [p for p in weights.values() if id(p) not in ids]
    rates = {"lr": 1e-3, "weight_decay": 0.1}
    return Several(Muon(hidden, momentum=0.95, **rates), optim.AdamW(others, **rates, **options))


# As in src/contestants/optimize-turns.ts; the options are those of an implementation.
OPTIMIZERS = {
    "AdamW": lambda w, **o: optim.AdamW(w.values(), lr=1e-3, weight_decay=0.1, **o),
    "SGD": lambda w, **o: optim.SGD(w.values(), lr=1e-2, momentum=0.9, **o),
    "Adagrad": lambda w, **o: optim.Adagrad(w.values(), lr=1e-3, **o),
    "RMSProp": lambda w, **o: optim.RMSprop(w.values(), lr=1e-3, **o),
    "Lion": lambda w: Lion(w.values(), lr=1e-4, betas=(0.9, 0.99), weight_decay=0.1),
    "Adafactor": lambda w: Adafactor(w.values()),
    "Muon": muon,
}
IMPLEMENTATIONS = [{"foreach": False}, {"foreach": True}, {"fused": True}]


def optimize_turns(weights, job, data):
    """Each turn takes `count` steps. The gradients are given anew before each, because clipping changes them."""
    weights = {name: nn.Parameter(weights[name]) for name in sorted(weights)}
    gradients = [{name: data[f"{parity}.{name}"] for name in weights} for parity in (0, 1)]
    parameters = list(weights.values())
    make = OPTIMIZERS[job["optimizer"]]

    def timed_step(optimizer, weights, number):
        for name, p in weights.items():
            p.grad = gradients[number % 2][name].clone()
        start = time.perf_counter()
        nn.utils.clip_grad_norm_(list(weights.values()), job["clipNorm"])
        optimizer.step()
        return (time.perf_counter() - start) * 1000

    def trial(options):
        """Milliseconds of a step on copies; infinite where there is no such implementation."""
        copies = {name: nn.Parameter(p.detach().clone()) for name, p in weights.items()}
        try:
            optimizer = make(copies, **options)
            return min(timed_step(optimizer, copies, number) for number in range(4))
        except (TypeError, RuntimeError):
            return float("inf")

    options = min(IMPLEMENTATIONS, key=trial)
    optimizer = make(weights, **(options if trial(options) < float("inf") else {}))
    step = 0

    def turn(count):
        nonlocal step
        milliseconds = []
        for _ in range(count):
            milliseconds.append(timed_step(optimizer, weights, step))
            step += 1
        samples = [p.detach().flatten()[place_of(k, p.numel())].item() for p in parameters for k in range(7)]
        return milliseconds, samples

    return turn


def place_of(k, count):
    return k * (count - 1) // 6
