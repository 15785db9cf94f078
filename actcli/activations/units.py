"""Gated units: the halves of a vector, a the first and b the second, meet entry by entry.

One half is let through as far as the other, the gate, allows. Frameworks with a glu (torch, jax, keras) gate
by the second half; language models write silu(gate)*up, gate first: that is swiglu with its halves swapped.
"""

from actcli.activations._spec import Compound, Parameter

BILINEAR = Compound(
    name="bilinear",
    summary="The product of both halves: a gate without a nonlinearity",
    formula="a*b",
    halves=True,
    source="Dauphin et al. 2017 (arXiv:1612.08083), section 5.2; Shazeer 2020 (arXiv:2002.05202), eq. 5",
)

GLU = Compound(
    name="glu",
    summary="The gated linear unit: the second half is the gate, a sigmoid between 0 and 1",
    formula="a*sigmoid(b)",
    halves=True,
    aliases=("gated_linear_unit",),
    spellings={
        "torch": "nn.functional.glu",
        "jax": "nn.glu",
        "keras": "activations.glu",
        "flax": "linen.glu",
        "mlx": "nn.glu",
    },
    source="Dauphin et al. 2017 (arXiv:1612.08083), eq. 1",
)

GTU = Compound(
    name="gtu",
    summary="The gated tanh unit: the second half is the gate, a sigmoid; the first goes through tanh",
    formula="tanh(a)*sigmoid(b)",
    halves=True,
    aliases=("gated_tanh_unit",),
    source="van den Oord et al. 2016 (arXiv:1606.05328), eq. 2",
)

REGLU = Compound(
    name="reglu",
    summary="The second half is the gate, through relu",
    formula="a*relu(b)",
    halves=True,
    source="Shazeer 2020 (arXiv:2002.05202), eq. 6",
)

GEGLU = Compound(
    name="geglu",
    summary="The second half is the gate, through gelu",
    formula="a*gelu(b)",
    halves=True,
    source="Shazeer 2020 (arXiv:2002.05202), eq. 6",
)

SWIGLU = Compound(
    name="swiglu",
    summary="The second half is the gate, through silu",
    formula="a*silu(b)",
    halves=True,
    source="Shazeer 2020 (arXiv:2002.05202), eq. 6, with beta = 1",
)

SEGLU = Compound(
    name="seglu",
    summary="The second half is the gate, through selu",
    formula="a*selu(b)",
    halves=True,
    source="ActTensor, act_tensor/functions.py, SEGLU; after Shazeer 2020 (arXiv:2002.05202)",
)

SWIGLU_OAI = Compound(
    name="swiglu_oai",
    summary="The first half is the gate, through a swish cut off at the limit; the second is clipped, plus 1",
    formula="min(a, limit)*sigmoid(alpha*min(a, limit))*(clip(b, -limit, limit) + 1)",
    halves=True,
    parameters={"alpha": Parameter("1.702"), "limit": Parameter("7", "(0, inf)")},
    aliases=("swigluoai",),
    source="openai/gpt-oss, gpt_oss/torch/model.py, swiglu (there a and b alternate: x[::2] and x[1::2])",
)
