"""Where frameworks mean something else by a name: other defaults, or another function.

A framework whose function is the catalogue's in all needs no record: its spelling says so. What torch, jax
and keras (on jax) do is measured; of the others `note` says where it stands.
"""

from actcli.activations._spec import Flavour, Kink

SHORT = {"tf": "tensorflow", "pytorch": "torch"}

_RIGHT_AT_0 = (Kink(at="0", side="right"),)

LEAKY_RELU_KERAS = Flavour(
    name="leaky_relu@keras",
    of="leaky_relu",
    spelling="activations.leaky_relu",
    parameters={"alpha": "0.2"},
    kinks=_RIGHT_AT_0,
    note="negative_slope=0.2; the slope at 0 is 1 (on jax)",
)
LEAKY_RELU_KERAS_LAYERS = Flavour(
    name="leaky_relu@keras_layers",
    of="leaky_relu",
    spelling="layers.LeakyReLU",
    parameters={"alpha": "0.3"},
    kinks=_RIGHT_AT_0,
    note="negative_slope=0.3, unlike keras.activations; the slope at 0 is 1 (on jax)",
)
LEAKY_RELU_TENSORFLOW = Flavour(
    name="leaky_relu@tensorflow",
    of="leaky_relu",
    spelling="nn.leaky_relu",
    parameters={"alpha": "0.2"},
    note="alpha=0.2",
)
LEAKY_RELU_CHAINER = Flavour(
    name="leaky_relu@chainer",
    of="leaky_relu",
    spelling="functions.leaky_relu",
    parameters={"alpha": "0.2"},
    kinks=_RIGHT_AT_0,
    note="slope=0.2; the slope at 0 is 1 (functions/activation/leaky_relu.py)",
)
PRELU_KERAS = Flavour(
    name="prelu@keras",
    of="prelu",
    spelling="layers.PReLU",
    parameters={"a": "0"},
    note="alpha_initializer='zeros': before training it is relu",
)

SELU_ONNX = Flavour(
    name="selu@onnx",
    of="selu",
    spelling="Selu",
    parameters={"alpha": "1.67326319217681884765625", "lambd": "1.05070102214813232421875"},
    note="the constants are rounded to float32 (onnx/defs/math/defs.cc)",
)
SELU_TINYGRAD = Flavour(
    name="selu@tinygrad",
    of="selu",
    spelling="Tensor.selu",
    parameters={"alpha": "1.67326", "lambd": "1.0507"},
    note="alpha=1.67326, gamma=1.0507 (mixin/elementwise.py)",
)
SELU_MLX = Flavour(
    name="selu@mlx",
    of="selu",
    spelling="nn.selu",
    parameters={"alpha": "1.67326", "lambd": "1.0507"},
    note="elu(x, 1.67326)*1.0507 (nn/layers/activations.py)",
)

HARD_SIGMOID_ONNX = Flavour(
    name="hard_sigmoid@onnx",
    of="hard_sigmoid",
    spelling="HardSigmoid",
    parameters={"width": "5"},
    note="alpha=0.2 (onnx/defs/math/defs.cc)",
)
HARD_SIGMOID_CHAINER = Flavour(
    name="hard_sigmoid@chainer",
    of="hard_sigmoid",
    spelling="functions.hard_sigmoid",
    parameters={"width": "5"},
    note="0.2*x + 0.5 (functions/activation/hard_sigmoid.py)",
)
HARD_SIGMOID_KERAS2 = Flavour(
    name="hard_sigmoid@keras2",
    of="hard_sigmoid",
    spelling="activations.hard_sigmoid",
    parameters={"width": "5"},
    note="0.2*x + 0.5 up to Keras 2; relu6(x + 3)/6 from Keras 3 on",
)
HARD_SIGMOID_PADDLE = Flavour(
    name="hard_sigmoid@paddle",
    of="hard_sigmoid",
    spelling="nn.functional.hardsigmoid",
    parameters={"width": "1/0.1666667"},
    note="slope=0.1666667, as typed (nn/functional/activation.py)",
)
LECUN_TANH_PADDLE = Flavour(
    name="lecun_tanh@paddle",
    of="lecun_tanh",
    spelling="stanh",
    parameters={"width": "1/0.67"},
    note="scale_a=0.67 stands for 2/3",
)

SOFTPLUS_TORCH = Flavour(
    name="softplus@torch",
    of="softplus",
    spelling="nn.functional.softplus",
    parameters={"threshold": "20"},
    kinks=(
        Kink(at="threshold/beta", side="left", order=0),
        Kink(at="threshold/beta", side="right", order=2),
    ),
    note="x itself where beta*x > 20: value and slope jump by 2.1e-9 there",
)
GELU_JAX = Flavour(
    name="gelu@jax",
    of="gelu_tanh",
    spelling="nn.gelu",
    note="approximate=True: the tanh formula; gelu itself is nn.gelu(approximate=False)",
)
GELU_ERF_JAX = Flavour(
    name="gelu_erf@jax",
    of="gelu",
    spelling="nn.gelu(approximate=False)",
    aliases=("gelu_exact@jax",),
    note="by default it is the tanh formula",
)
GELU_TANH_TORCH = Flavour(
    name="gelu_tanh@torch",
    of="gelu_tanh",
    spelling="nn.functional.gelu(approximate='tanh')",
    note="by default it is gelu itself",
)
GELU_TANH_KERAS = Flavour(
    name="gelu_tanh@keras",
    of="gelu_tanh",
    spelling="activations.gelu(approximate=True)",
    note="by default it is gelu itself",
)
GELU_FLAX = Flavour(
    name="gelu@flax",
    of="gelu_tanh",
    spelling="linen.gelu",
    note="jax.nn.gelu, approximate=True: the tanh formula",
)
GELU_KERAS_OPS = Flavour(
    name="gelu@keras_ops",
    of="gelu_tanh",
    spelling="ops.gelu",
    note="approximate=True: the tanh formula; keras.activations.gelu is gelu itself",
)
GELU_TINYGRAD = Flavour(
    name="gelu@tinygrad",
    of="gelu_tanh",
    spelling="Tensor.gelu",
    note="the tanh formula (mixin/elementwise.py)",
)
SINC_TORCH = Flavour(
    name="sinc@torch",
    of="sinc",
    spelling="sinc",
    parameters={"omega": "pi"},
    note="normalised: sin(pi*x)/(pi*x)",
)
SINC_JAX = Flavour(
    name="sinc@jax",
    of="sinc",
    spelling="numpy.sinc",
    parameters={"omega": "pi"},
    note="normalised: sin(pi*x)/(pi*x)",
)
SINC_KERAS = Flavour(
    name="sinc@keras",
    of="sinc",
    spelling="ops.sinc",
    parameters={"omega": "pi"},
    note="normalised: sin(pi*x)/(pi*x)",
)
