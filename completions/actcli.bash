# shellcheck shell=bash
# Completes actcli in bash 4 and later. Written by: actcli completion bash

# Sets `names`, or `files`, to what may follow. eval:0 asks for the first argument of eval, eval:- for its
# options, eval:--format for the values of its option --format: false when it is none that takes one.
_actcli_table() {
  names=() files=''
  case $1 in
    :0)
      names=(plot eval gradcheck audit descend trace list show completion) ;;
    :-)
      names=(--version -V --help -h) ;;
    plot:-)
      names=(--kind --with-derivative --derivative-only --parts --tangent --range --ylim --at --layout --title --size --dpi --param -p --format -f --output -o --help -h) ;;
    plot:[0-9]* | eval:0 | gradcheck:[0-9]* | audit:[0-9]* | trace:0 | show:0)
      names=(relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale) ;;
    plot:--kind)
      names=(curve surface contour field) ;;
    plot:--tangent | plot:--range | plot:--ylim | plot:--at | plot:--title | plot:--size | plot:--dpi | \
      plot:--param | plot:-p | eval:--order | eval:--wrt | eval:--upstream | eval:--axis | eval:--param | \
      eval:-p | eval:--seed | gradcheck:--at | gradcheck:--wrt | gradcheck:--derivative | \
      gradcheck:--command | gradcheck:--derivative-command | gradcheck:--samples | gradcheck:--seed | \
      gradcheck:--step | gradcheck:--rtol | gradcheck:--atol | gradcheck:--order | gradcheck:--param | \
      gradcheck:-p | audit:--against | audit:--command | audit:--order | audit:--max-ulp | audit:--points \
      | audit:--seed | audit:--param | audit:-p | descend:--lr | descend:--steps | descend:--start | \
      descend:--set | descend:--tol | descend:--param | descend:-p | trace:--depth | trace:--upstream | \
      trace:--digits | trace:--param | trace:-p | list:--text | show:--order | show:--wrt | show:--param | \
      show:-p)
      names=() ;;
    plot:--layout)
      names=(overlay columns) ;;
    plot:--format | plot:-f | eval:--format | eval:-f | audit:--format | audit:-f | descend:--format | \
      descend:-f | list:--format | list:-f | show:--format | show:-f)
      names=(plain tsv csv table markdown json jsonl) ;;
    plot:--output | plot:-o | eval:--input | eval:-i | eval:--output | eval:-o | gradcheck:--input | \
      gradcheck:-i | gradcheck:--plot | gradcheck:--output | gradcheck:-o | audit:--resume | \
      audit:--output | audit:-o | descend:--plot | descend:--history | descend:--output | descend:-o | \
      trace:--plot | trace:--output | trace:-o | list:--output | list:-o | show:--plot | show:--output | \
      show:-o)
      files=yes ;;
    eval:-)
      names=(--with-derivative --order --wrt --upstream --jacobian --axis --param -p --seed --dtype --input -i --verbose --format -f --quiet -q --output -o --color --help -h) ;;
    eval:--dtype | gradcheck:--dtype | audit:--dtype)
      names=(float16 bfloat16 float32 float64) ;;
    eval:--color | gradcheck:--color | audit:--color | descend:--color | trace:--color | list:--color | \
      show:--color)
      names=(auto always never) ;;
    gradcheck:-)
      names=(--all --at --input -i --wrt --derivative --command --derivative-command --inject --samples --seed --method --step --rtol --atol --order --param -p --dtype --verbose -v --plot --format -f --quiet -q --output -o --color --help -h) ;;
    gradcheck:--inject)
      names=(chain sign factor2 half relative offset value float32 noise upstream transposed diagonal saturated branch kink) ;;
    gradcheck:--method)
      names=(complex_step richardson forward backward central five_point auto) ;;
    gradcheck:--format | gradcheck:-f)
      names=(plain tsv csv table markdown json jsonl github junit) ;;
    audit:-)
      names=(--all --against --command --order --max-ulp --points --seed --exhaustive --resume --param -p --dtype --verbose --format -f --quiet -q --output -o --color --help -h) ;;
    descend:-)
      names=(--lr --steps --start --optimizer --set --gradient --tol --plot --history --param -p --format -f --quiet -q --output -o --color --help -h) ;;
    descend:0)
      names=(quadratic1d sphere bowl himmelblau simplenet rosenbrock beale) ;;
    descend:--optimizer)
      names=(adagrad rmsprop adam momentum nesterov gd) ;;
    descend:--gradient)
      names=(analytic numerical) ;;
    trace:-)
      names=(--expand --depth --upstream --tree --plot --digits --param -p --format -f --quiet -q --output -o --color --help -h) ;;
    trace:--format | trace:-f)
      names=(plain tsv csv table markdown json jsonl mermaid dot tree) ;;
    list:-)
      names=(--family --property --framework --text --format -f --quiet -q --output -o --color --help -h) ;;
    list:--family)
      names=(algebraic_rectifiers algebraic_sigmoids cumulative elementary exponential_units gated gelus hard_gated logarithmic_rectifiers mishes oscillating periodic piecewise_sigmoids pooling projections rectifiers shrinkage sigmoids vector losses units) ;;
    list:--property)
      names=(bounded unbounded nonnegative odd even monotonic increasing convex smooth differentiable continuous lipschitz saturating oscillating zero-at-0 identity-at-0 parametric) ;;
    list:--framework)
      names=(chainer entmax flax flux jax keras keras2 keras_layers keras_ops mlx onnx optax paddle tensorflow tensorflow_addons tinygrad torch) ;;
    show:-)
      names=(--order --wrt --code --plot --param -p --format -f --quiet -q --output -o --color --help -h) ;;
    show:--code)
      names=(numpy torch jax c) ;;
    completion:-)
      names=(--help -h) ;;
    completion:0)
      names=(bash fish powershell zsh) ;;
    *) return 1 ;;
  esac
}

# Sets `words` to the words up to the cursor's. Bash has cut them at = and : too: joins what no blank divides.
_actcli_words() {
  local line=${COMP_LINE:0:COMP_POINT} word last=0 i
  line=${line#*"${COMP_WORDS[0]}"}
  words=("${COMP_WORDS[0]}")
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $line == [[:blank:]]* ]] && words[++last]=''
    line=${line#"${line%%[![:blank:]]*}"}
    words[last]+=$word
    line=${line#"$word"}
  done
}

_actcli() {
  local word=$2 command='' option='' stem='' ended='' files='' count=0 i names words
  COMPREPLY=()
  _actcli_words
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    if [[ $option ]]; then
      option='' # this was its value
    elif [[ ! $command ]]; then
      [[ ${words[i]} == -* ]] || command=${words[i]}
    elif [[ $ended || ${words[i]} != -* ]]; then
      count=$((count + 1))
    elif [[ ${words[i]} == -- ]]; then
      ended=yes
    elif _actcli_table "$command:${words[i]}"; then
      option=${words[i]}
    fi
  done

  if [[ ! $option && ! $ended && ${words[i]} == --*=* ]]; then
    option=${words[i]%%=*}
    [[ $word == --*=* ]] && stem=$option= word=${word#*=} # bash has not cut it: = is not in COMP_WORDBREAKS
  fi
  if [[ ${COMP_WORDS[COMP_CWORD - 1]} == *[\<\>] ]]; then
    names=() files=yes # a redirection
  elif [[ $option ]]; then
    _actcli_table "$command:$option"
  elif [[ $word == -* && ! $ended ]]; then
    _actcli_table "$command:-"
  else
    _actcli_table "$command:$count"
  fi

  [[ $files ]] && compopt -o default
  for i in "${names[@]}"; do
    [[ $i == "$word"* ]] && COMPREPLY+=("$stem$i")
  done
}

complete -F _actcli actcli
