# Completes actcli in fish 3 and later. Written by: actcli completion fish

# Whether the words before the cursor call COMMAND; '' before there is one.
function __actcli_in --argument-names command
    set --local words (commandline -opc)
    set --erase words[1]
    for word in $words
        string match --quiet -- '-*' $word; and continue
        test "$word" = "$command"
        return
    end
    test -z "$command"
end

# Whether COMMAND is the last word before the cursor but for options; VALUED are those that take a value.
function __actcli_first --argument-names command
    __actcli_in $command; or return
    set --local valued $argv[2..-1]
    set --local count 0
    set --local skip no
    for word in (commandline -opc)
        if test $skip = yes
            set skip no
        else if contains -- $word $valued
            set skip yes
        else if not string match --quiet -- '-*' $word
            set count (math $count + 1)
        end
    end
    test $count -eq 2 # actcli and COMMAND
end

complete -c actcli -f
complete -c actcli -n '__actcli_in ""' -a plot -d 'Draw functions and their derivatives.'
complete -c actcli -n '__actcli_in ""' -a eval -d 'Evaluate a function and its derivatives.'
complete -c actcli -n '__actcli_in ""' -a gradcheck -d 'Check stated derivatives against numerical ones.'
complete -c actcli -n '__actcli_in ""' -a audit -d 'Audit code against its formula, in ulps of the correctly rounded result.'
complete -c actcli -n '__actcli_in ""' -a descend -d 'Descend a function, step by step.'
complete -c actcli -n '__actcli_in ""' -a trace -d 'Trace the chain rule through a computation graph.'
complete -c actcli -n '__actcli_in ""' -a list -d 'List the functions, gated units and losses of the catalogue.'
complete -c actcli -n '__actcli_in ""' -a show -d 'Show what is known of a function, or a formula and its derivatives.'
complete -c actcli -n '__actcli_in ""' -a completion -d 'Print the completion script of a shell.'

complete -c actcli -n '__actcli_in ""' -l version -s V -d 'Show the version.'
complete -c actcli -n '__actcli_in ""' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_in "plot"' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "plot"' -l kind -x -a 'curve surface contour field' -d 'curve, surface, contour, field; of two variables contour, else curve.'
complete -c actcli -n '__actcli_in "plot"' -l with-derivative -d 'Draw the derivative too, dashed.'
complete -c actcli -n '__actcli_in "plot"' -l derivative-only -d 'Draw the derivative alone.'
complete -c actcli -n '__actcli_in "plot"' -l parts -d 'Draw what the formula is made of too, dashed.'
complete -c actcli -n '__actcli_in "plot"' -l tangent -x -d 'Draw the tangent at X; repeatable.'
complete -c actcli -n '__actcli_in "plot"' -l range -x -d 'The interval of x, or of one variable; -5:5, repeatable.'
complete -c actcli -n '__actcli_in "plot"' -l ylim -x -d 'Cut y to this interval.'
complete -c actcli -n '__actcli_in "plot"' -l at -x -d 'The input of a vector function (softmax); 1,2,3,4.'
complete -c actcli -n '__actcli_in "plot"' -l layout -x -a 'overlay columns' -d 'overlay, columns; by default overlay.'
complete -c actcli -n '__actcli_in "plot"' -l title -x -d 'The title; else the names.'
complete -c actcli -n '__actcli_in "plot"' -l size -x -d 'In inches, like 8x5.'
complete -c actcli -n '__actcli_in "plot"' -l dpi -x -d 'Dots per inch.'
complete -c actcli -n '__actcli_in "plot"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "plot"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'Print the tangents as a table: plain, tsv, csv, table, markdown, json, jsonl.'
complete -c actcli -n '__actcli_in "plot"' -l output -s o -r -F -d 'A .png, .svg or .pdf; - is PNG on stdout.'
complete -c actcli -n '__actcli_in "plot"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_first eval --order --wrt --upstream --axis --param -p --seed --dtype --input -i --format -f --output -o --color' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "eval"' -l with-derivative -d 'Add the derivative, or of several variables each.'
complete -c actcli -n '__actcli_in "eval"' -l order -x -d '0, 1, 2, ...: the derivative; of several variables, 2 is the Hessian.'
complete -c actcli -n '__actcli_in "eval"' -l wrt -x -d 'Take derivatives by these variables alone, or by a parameter, at its value.'
complete -c actcli -n '__actcli_in "eval"' -l upstream -x -d 'Run the backward pass from these numbers, at the output: the gradient at the input.'
complete -c actcli -n '__actcli_in "eval"' -l jacobian -d 'Print a vector function\'s matrix of derivatives.'
complete -c actcli -n '__actcli_in "eval"' -l axis -x -d 'Where the vectors of a batch lie.'
complete -c actcli -n '__actcli_in "eval"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "eval"' -l seed -x -d 'Draw the slopes of a random function: rrelu.'
complete -c actcli -n '__actcli_in "eval"' -l dtype -x -a 'float16 bfloat16 float32 float64' -d 'float16, bfloat16, float32, float64: the type of x and of the results.'
complete -c actcli -n '__actcli_in "eval"' -l input -s i -r -F -d 'Read the points: .npy, .csv or .txt.'
complete -c actcli -n '__actcli_in "eval"' -l verbose -d 'Add a column for each condition of the formula: relu\'s mask is x > 0.'
complete -c actcli -n '__actcli_in "eval"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "eval"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "eval"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "eval"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "eval"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_in "gradcheck"' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "gradcheck"' -l all -d 'Check every activation.'
complete -c actcli -n '__actcli_in "gradcheck"' -l at -x -d 'Check there, named for each of several variables; for a vector function: one vector.'
complete -c actcli -n '__actcli_in "gradcheck"' -l input -s i -r -F -d 'Check at the points of a .npy, .csv or .txt: a column for each variable, a row a vector.'
complete -c actcli -n '__actcli_in "gradcheck"' -l wrt -x -d 'Check derivatives by these variables, parameters or weights.'
complete -c actcli -n '__actcli_in "gradcheck"' -l derivative -x -d 'Check this derivative, worked out by hand, instead of the function\'s own.'
complete -c actcli -n '__actcli_in "gradcheck"' -l command -x -d 'Check a program of any language: "./gelu {input} {output}" turns one .npy into another.'
complete -c actcli -n '__actcli_in "gradcheck"' -l derivative-command -x -d 'The program of the derivative; with {upstream}, a third .npy, of the gradient.'
complete -c actcli -n '__actcli_in "gradcheck"' -l inject -x -a 'chain sign factor2 half relative offset value float32 noise upstream transposed diagonal saturated branch kink' -d 'Plant a bug first, to see it caught: chain, sign, factor2, half, relative, offset, value, float32, noise, upstream, transposed, diagonal, saturated, branch, kink.'
complete -c actcli -n '__actcli_in "gradcheck"' -l samples -x -d 'Else at N points of [-10, 10].'
complete -c actcli -n '__actcli_in "gradcheck"' -l seed -x -d 'The seed of the samples.'
complete -c actcli -n '__actcli_in "gradcheck"' -l method -x -a 'complex_step richardson forward backward central five_point auto' -d 'complex_step, richardson, forward, backward, central, five_point or auto.'
complete -c actcli -n '__actcli_in "gradcheck"' -l step -x -d 'The step; chosen point by point without.'
complete -c actcli -n '__actcli_in "gradcheck"' -l rtol -x -d 'Allow atol + rtol*|numerical|, and nothing else.'
complete -c actcli -n '__actcli_in "gradcheck"' -l atol -x -d 'See --rtol.'
complete -c actcli -n '__actcli_in "gradcheck"' -l order -x -d '1 or 2: the derivative to check.'
complete -c actcli -n '__actcli_in "gradcheck"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "gradcheck"' -l dtype -x -a 'float16 bfloat16 float32 float64' -d 'float16, bfloat16, float32, float64: the type of x and of the results.'
complete -c actcli -n '__actcli_in "gradcheck"' -l verbose -s v -d 'A row for each point.'
complete -c actcli -n '__actcli_in "gradcheck"' -l plot -r -F -d 'Draw error against step, and both derivatives, of the worst: .png, .svg or .pdf.'
complete -c actcli -n '__actcli_in "gradcheck"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl github junit' -d 'plain, tsv, csv, table, markdown, json, jsonl; github, junit; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "gradcheck"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "gradcheck"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "gradcheck"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "gradcheck"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_in "audit"' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "audit"' -l all -d 'Audit every function of one number.'
complete -c actcli -n '__actcli_in "audit"' -l against -x -d 'Audit against the formula of that function, or against a formula, not its own.'
complete -c actcli -n '__actcli_in "audit"' -l command -x -d 'Audit a program: it reads the .npy file {input} and writes {output}; no shell is used.'
complete -c actcli -n '__actcli_in "audit"' -l order -x -d '0, 1, 2: values or derivatives; all that there are without.'
complete -c actcli -n '__actcli_in "audit"' -l max-ulp -x -d 'Give a verdict: no error above N ulp, no wrong special.'
complete -c actcli -n '__actcli_in "audit"' -l points -x -d 'About N random points, beside the fixed ones.'
complete -c actcli -n '__actcli_in "audit"' -l seed -x -d 'The seed of the points.'
complete -c actcli -n '__actcli_in "audit"' -l exhaustive -d 'Audit all values of a type of 16 or 32 bits.'
complete -c actcli -n '__actcli_in "audit"' -l resume -r -F -d 'Keep the state of --exhaustive there, and take it up again.'
complete -c actcli -n '__actcli_in "audit"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "audit"' -l dtype -x -a 'float16 bfloat16 float32 float64' -d 'float16, bfloat16, float32, float64: the type of x and of the results.'
complete -c actcli -n '__actcli_in "audit"' -l verbose -d 'Add the worst result, and the right one.'
complete -c actcli -n '__actcli_in "audit"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "audit"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "audit"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "audit"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "audit"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_first descend --lr --steps --start --optimizer --set --gradient --tol --plot --history --param -p --format -f --output -o --color' -a 'quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "descend"' -l lr -x -d 'The learning rate.'
complete -c actcli -n '__actcli_in "descend"' -l steps -x -d 'How many steps to take.'
complete -c actcli -n '__actcli_in "descend"' -l start -x -d 'Where to start, in the order of the variables; an objective has its own.'
complete -c actcli -n '__actcli_in "descend"' -l optimizer -x -a 'adagrad rmsprop adam momentum nesterov gd' -d 'adagrad, rmsprop, adam, momentum, nesterov, gd.'
complete -c actcli -n '__actcli_in "descend"' -l set -x -d 'Set a hyper-parameter, like momentum=0.8; repeatable.'
complete -c actcli -n '__actcli_in "descend"' -l gradient -x -a 'analytic numerical' -d 'analytic, numerical (central, h = 1e-4).'
complete -c actcli -n '__actcli_in "descend"' -l tol -x -d 'Stop when the gradient\'s norm is at most T.'
complete -c actcli -n '__actcli_in "descend"' -l plot -r -F -d 'Draw the path over contours: .png, .svg or .pdf.'
complete -c actcli -n '__actcli_in "descend"' -l history -r -F -d 'Save the table too: .csv, .json, .npy, ...'
complete -c actcli -n '__actcli_in "descend"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "descend"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "descend"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "descend"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "descend"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "descend"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_first trace --depth --upstream --plot --digits --param -p --format -f --output -o --color' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "trace"' -l expand -d 'Open catalogue functions into their formulas.'
complete -c actcli -n '__actcli_in "trace"' -l depth -x -d 'Open them N levels deep, not all the way.'
complete -c actcli -n '__actcli_in "trace"' -l upstream -x -d 'The gradient that arrives at the output.'
complete -c actcli -n '__actcli_in "trace"' -l tree -d 'Print a tree, like -f tree.'
complete -c actcli -n '__actcli_in "trace"' -l plot -r -F -d 'Draw boxes and arrows: .png, .svg or .pdf.'
complete -c actcli -n '__actcli_in "trace"' -l digits -x -d 'Significant digits of the table for people.'
complete -c actcli -n '__actcli_in "trace"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "trace"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl mermaid dot tree' -d 'plain, tsv, csv, table, markdown, json, jsonl; mermaid, dot, tree; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "trace"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "trace"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "trace"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "trace"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_in "list"' -l family -x -a 'algebraic_rectifiers algebraic_sigmoids cumulative elementary exponential_units gated gelus hard_gated logarithmic_rectifiers mishes oscillating periodic piecewise_sigmoids pooling projections rectifiers shrinkage sigmoids vector losses units' -d 'Of these families: algebraic_rectifiers, algebraic_sigmoids, cumulative, elementary, exponential_units, gated, gelus, hard_gated, logarithmic_rectifiers, mishes, oscillating, periodic, piecewise_sigmoids, pooling, projections, rectifiers, shrinkage, sigmoids, vector, losses, units.'
complete -c actcli -n '__actcli_in "list"' -l property -x -a 'bounded unbounded nonnegative odd even monotonic increasing convex smooth differentiable continuous lipschitz saturating oscillating zero-at-0 identity-at-0 parametric' -d 'With all of these properties: bounded, unbounded, nonnegative, odd, even, monotonic, increasing, convex, smooth, differentiable, continuous, lipschitz, saturating, oscillating, zero-at-0, identity-at-0, parametric.'
complete -c actcli -n '__actcli_in "list"' -l framework -x -a 'chainer entmax flax flux jax keras keras2 keras_layers keras_ops mlx onnx optax paddle tensorflow tensorflow_addons tinygrad torch' -d 'What a framework has, as it spells it: chainer, entmax, flax, flux, jax, keras, keras2, keras_layers, keras_ops, mlx, onnx, optax, paddle, tensorflow, tensorflow_addons, tinygrad, torch.'
complete -c actcli -n '__actcli_in "list"' -l text -x -d 'With a word in name, alias, summary, formula, source.'
complete -c actcli -n '__actcli_in "list"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "list"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "list"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "list"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "list"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_first show --order --wrt --code --plot --param -p --format -f --output -o --color' -a 'relu2 star_relu sparse_plus squareplus bent_identity isrlu softsign isru loglog cloglog laplace soft_clipping aria2 identity step sign exponential gaussian sinh cosh asinh elu celu selu soft_exponential silu swish e_swish elish logish golu colu gelu clipped_gelu quick_gelu gelu_tanh hard_mish hard_silu hard_elish nlrelu softplus shifted_softplus log_sigmoid logcosh lisht tanhexp mish smish phish serf gcu snake sin cos sinc hard_tanh sparse_sigmoid hard_sigmoid sqnl maxout crelu hardmax sparsemax entmax15 relu relu6 clipped_relu leaky_relu prelu rrelu thresholded_relu abs plu srelu hardshrink softshrink tanhshrink sigmoid tanh lecun_tanh tanh_softcap arctan erf softmax softmin log_softmax logsumexp mse bce_with_logits softmax_cross_entropy bilinear glu gtu reglu geglu swiglu seglu swiglu_oai quadratic1d sphere bowl himmelblau simplenet rosenbrock beale'
complete -c actcli -n '__actcli_in "show"' -l order -x -d 'Derivatives up to this order; 1, on a card 2.'
complete -c actcli -n '__actcli_in "show"' -l wrt -x -d 'By these variables or parameters; else by all variables.'
complete -c actcli -n '__actcli_in "show"' -l code -x -a 'numpy torch jax c' -d 'Print source code instead: numpy, torch, jax, c.'
complete -c actcli -n '__actcli_in "show"' -l plot -r -F -d 'Draw it too, with its derivative: .png, .svg or .pdf.'
complete -c actcli -n '__actcli_in "show"' -l param -s p -x -d 'Set a parameter of the function; repeatable.'
complete -c actcli -n '__actcli_in "show"' -l format -s f -x -a 'plain tsv csv table markdown json jsonl' -d 'plain, tsv, csv, table, markdown, json, jsonl; latex; by default a table on a terminal, else plain.'
complete -c actcli -n '__actcli_in "show"' -l quiet -s q -d 'Print the results alone.'
complete -c actcli -n '__actcli_in "show"' -l output -s o -r -F -d 'Write there, in the format of its suffix; - is stdout.'
complete -c actcli -n '__actcli_in "show"' -l color -x -a 'auto always never' -d 'auto, always, never.'
complete -c actcli -n '__actcli_in "show"' -l help -s h -d 'Show this help.'

complete -c actcli -n '__actcli_first completion' -a 'bash fish powershell zsh'
complete -c actcli -n '__actcli_in "completion"' -l help -s h -d 'Show this help.'
