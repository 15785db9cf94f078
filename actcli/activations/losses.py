"""Losses that a last layer meets: one number for each vector, from outputs and targets t."""

from actcli.activations._spec import Compound

MSE = Compound(
    name="mse",
    summary="The mean squared error of outputs y, over the entries",
    formula="mean((y - t)**2)",
    aliases=("mean_squared_error", "mse_loss"),
    spellings={
        "torch": "nn.functional.mse_loss",
        "keras": "losses.mean_squared_error",
    },
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 5.4",
)

BCE_WITH_LOGITS = Compound(
    name="bce_with_logits",
    summary="The binary cross-entropy of sigmoid(x), for t from 0 to 1: the mean over the entries",
    formula="mean(softplus(x)*(1 - t) + softplus(-x)*t)",
    aliases=("binary_cross_entropy_with_logits",),
    spellings={"torch": "nn.functional.binary_cross_entropy_with_logits"},
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.2",
)

SOFTMAX_CROSS_ENTROPY = Compound(
    name="softmax_cross_entropy",
    summary="The cross-entropy of softmax(x) under the probabilities t; its gradient is softmax(x) - t",
    formula="-dot(log_softmax(x), t)",
    aliases=("cross_entropy",),
    spellings={
        "torch": "nn.functional.cross_entropy",
        "optax": "softmax_cross_entropy",
        "tensorflow": "nn.softmax_cross_entropy_with_logits",
    },
    source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.2.2.3",
)
