"""The GPT of the book's chapter 4 in PyTorch, with every variant that gpt-worker runs; parameters have the book's names.

A configuration is a dict with gpt-worker's keys:

    vocabSize contextLength embDim nHeads nLayers dropRate qkvBias
    norm 'layer' | 'rms'      activation 'gelu-tanh' | 'gelu-erf' | 'relu' | 'swiglu'      innerDim      normEps
    tied                      shortcuts        experts: { count, topK }        dummy (section 4.1: nothing but the ends)

Written to be read beside sections 4.1 to 4.7. Modules are made in the book's order, so that PyTorch's own seeded
initial weights are the book's.
"""

import torch
from torch import nn

DEFAULTS = dict(dropRate=0.0, qkvBias=False, norm="layer", activation="gelu-tanh", innerDim=None, normEps=1e-5,
                tied=False, shortcuts=True, experts=None, dummy=False)
GPT_CONFIG_124M = dict(vocabSize=50257, contextLength=1024, embDim=768, nHeads=12, nLayers=12, dropRate=0.1,
                       qkvBias=False)


class LayerNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        return self.scale * (x - mean) / torch.sqrt(variance + self.eps) + self.shift


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.scale * x / torch.sqrt(x.square().mean(dim=-1, keepdim=True) + self.eps)


class GELU(nn.Module):
    """The tanh approximation, as the book writes it."""

    def forward(self, x):
        return 0.5 * x * (1 + torch.tanh(torch.sqrt(torch.tensor(2.0 / torch.pi)) * (x + 0.044715 * torch.pow(x, 3))))


NORMS = {"layer": LayerNorm, "rms": RMSNorm}
ACTIVATIONS = {"gelu-tanh": GELU, "gelu-erf": nn.GELU, "relu": nn.ReLU}


class FeedForward(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(c["embDim"], c["innerDim"]), ACTIVATIONS[c["activation"]](), nn.Linear(c["innerDim"], c["embDim"]))

    def forward(self, x):
        return self.layers(x)


class SwiGLU(nn.Module):
    """fc1 is the gate, fc2 goes up, fc3 comes down; no biases."""

    def __init__(self, c):
        super().__init__()
        self.fc1 = nn.Linear(c["embDim"], c["innerDim"], bias=False)
        self.fc2 = nn.Linear(c["embDim"], c["innerDim"], bias=False)
        self.fc3 = nn.Linear(c["innerDim"], c["embDim"], bias=False)

    def forward(self, x):
        return self.fc3(nn.functional.silu(self.fc1(x)) * self.fc2(x))


def feed_forward(c):
    return SwiGLU(c) if c["activation"] == "swiglu" else FeedForward(c)


class MixtureOfExperts(nn.Module):
    """A router scores the experts; the best topK run, weighted by the softmax over their scores alone."""

    def __init__(self, c):
        super().__init__()
        self.top_k = c["experts"]["topK"]
        self.gate = nn.Linear(c["embDim"], c["experts"]["count"], bias=False)
        self.experts = nn.ModuleList(feed_forward(c) for _ in range(c["experts"]["count"]))

    def forward(self, x):
        self.scores = self.gate(x)
        best, self.chosen = torch.topk(self.scores, self.top_k, dim=-1)
        self.shares = torch.softmax(best, dim=-1)
        every = torch.stack([expert(x) for expert in self.experts], dim=-2)
        picked = torch.take_along_dim(every, self.chosen[..., None], dim=-2)
        return (self.shares[..., None] * picked).sum(dim=-2)


class MultiHeadAttention(nn.Module):
    def __init__(self, c):
        super().__init__()
        width, bias = c["embDim"], c["qkvBias"]
        self.heads, self.head_dim = c["nHeads"], width // c["nHeads"]
        self.W_query = nn.Linear(width, width, bias=bias)
        self.W_key = nn.Linear(width, width, bias=bias)
        self.W_value = nn.Linear(width, width, bias=bias)
        self.out_proj = nn.Linear(width, width)
        self.dropout = nn.Dropout(c["dropRate"])

    def forward(self, x):
        batch, length, width = x.shape
        split = lambda y: y.view(batch, length, self.heads, self.head_dim).transpose(1, 2)
        q, k, v = split(self.W_query(x)), split(self.W_key(x)), split(self.W_value(x))
        scores = q @ k.transpose(2, 3) / self.head_dim**0.5
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        pattern = self.dropout(torch.softmax(scores.masked_fill(future, -torch.inf), dim=-1))
        return self.out_proj((pattern @ v).transpose(1, 2).reshape(batch, length, width))


class TransformerBlock(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.att = MultiHeadAttention(c)
        self.ff = MixtureOfExperts(c) if c["experts"] else feed_forward(c)
        self.norm1 = NORMS[c["norm"]](c["embDim"], c["normEps"])
        self.norm2 = NORMS[c["norm"]](c["embDim"], c["normEps"])
        self.drop_shortcut = nn.Dropout(c["dropRate"])
        self.shortcuts = c["shortcuts"]

    def forward(self, x):
        for sublayer in (lambda y: self.att(self.norm1(y)), lambda y: self.ff(self.norm2(y))):
            processed = self.drop_shortcut(sublayer(x))
            x = x + processed if self.shortcuts else processed
        return x


class GPTModel(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = c = {**DEFAULTS, **config}
        c["innerDim"] = c["innerDim"] or 4 * c["embDim"]
        self.tok_emb = nn.Embedding(c["vocabSize"], c["embDim"])
        self.pos_emb = nn.Embedding(c["contextLength"], c["embDim"])
        self.drop_emb = nn.Dropout(c["dropRate"])
        blocks = [nn.Identity() if c["dummy"] else TransformerBlock(c) for _ in range(c["nLayers"])]
        self.trf_blocks = nn.Sequential(*blocks)
        self.final_norm = nn.Identity() if c["dummy"] else NORMS[c["norm"]](c["embDim"], c["normEps"])
        self.out_head = nn.Linear(c["embDim"], c["vocabSize"], bias=False)
        if c["tied"]:
            self.out_head.weight = self.tok_emb.weight

    def forward(self, ids):
        x = self.tok_emb(ids) + self.pos_emb(torch.arange(ids.shape[1]))
        x = self.trf_blocks(self.drop_emb(x))
        return self.out_head(self.final_norm(x))

    def logits(self, ids: list[int]) -> torch.Tensor:
        """`[T, vocab]` for one sequence, dropout off."""
        return self.eval()(torch.tensor([ids]))[0]
