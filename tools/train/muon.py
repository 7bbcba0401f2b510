"""Muon: momentum whose matrices are made orthogonal before the step (Jordan 2024, kellerjordan.github.io/posts/muon).

A gradient of a weight matrix has a few large directions that drown the rest. Muon replaces the momentum U S V^T by
U V^T: every direction moves equally far. Used for the blocks' matrices only; the rest takes AdamW.
"""
import torch


def orthogonalize(g, steps=5):
    """g [n, rows, cols] -> about U V^T of each, by the Newton-Schulz iteration x <- a x + (b A + c A A) x, A = x x^T.

    The coefficients drive singular values to 0.7 ... 1.2, not to 1, which is enough; for the same reason bf16 is.
    """
    x = g.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        A = x @ x.mT
        x = 3.4445 * x + (-4.7750 * A + 2.0315 * A @ A) @ x
    return (x.mT if tall else x).float()


class Muon(torch.optim.Optimizer):
    """Nesterov momentum, orthogonalized, with decoupled weight decay. A fused q, k, v matrix counts as three."""

    def __init__(self, params, lr, momentum=0.95, weight_decay=0.1):
        super().__init__(params, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            lr, mu = group["lr"], group["momentum"]
            by_shape = {}  # square parts of all layers are orthogonalized in one batch: shape -> [(weight, update)]
            for p in group["params"]:
                m = self.state[p].setdefault("momentum", torch.zeros_like(p))
                m.lerp_(p.grad, 1 - mu)
                update = p.grad.lerp(m, mu)
                parts = 3 if p.shape[0] == 3 * p.shape[1] else 1
                for w, u in zip(p.chunk(parts), update.chunk(parts)):
                    by_shape.setdefault(w.shape, []).append((w, u))
            for (rows, cols), pairs in by_shape.items():
                scale = max(1, rows / cols) ** 0.5
                for (w, _), u in zip(pairs, orthogonalize(torch.stack([u for _, u in pairs]))):
                    w.mul_(1 - lr * group["weight_decay"]).add_(u, alpha=-lr * scale)
