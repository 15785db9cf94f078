# Completes actcli in PowerShell 5.1 and later. Written by: actcli completion powershell

Register-ArgumentCompleter -Native -CommandName actcli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What the commands, and "command option", say of themselves. These tables tell -f and -F apart.
    $help = New-Object 'System.Collections.Generic.Dictionary[string,string]'
    $help['plot'] = 'Draw functions and their derivatives.'
    $help['eval'] = 'Evaluate a function and its derivatives.'
    $help['gradcheck'] = 'Check stated derivatives against numerical ones.'
    $help['descend'] = 'Descend an objective, step by step.'
    $help['completion'] = 'Print the completion script of a shell.'
    $help[' --version'] = 'Show the version.'
    $help[' -V'] = 'Show the version.'
    $help[' --help'] = 'Show this help.'
    $help[' -h'] = 'Show this help.'
    $help['plot --with-derivative'] = 'Draw the derivative too, dashed.'
    $help['plot --derivative-only'] = 'Draw the derivative alone.'
    $help['plot --range'] = 'The interval of x.'
    $help['plot --ylim'] = 'Cut y to this interval.'
    $help['plot --tangent'] = 'Draw the tangent at X; repeatable.'
    $help['plot --at'] = 'The input of a vector function (softmax); 1,2,3.'
    $help['plot --layout'] = 'overlay, columns.'
    $help['plot --title'] = 'The title; else the names.'
    $help['plot --size'] = 'In inches, like 8x5.'
    $help['plot --dpi'] = 'Dots per inch.'
    $help['plot --param'] = 'Set a parameter of the function; repeatable.'
    $help['plot -p'] = 'Set a parameter of the function; repeatable.'
    $help['plot --output'] = 'A .png, .svg or .pdf; - is PNG on stdout.'
    $help['plot -o'] = 'A .png, .svg or .pdf; - is PNG on stdout.'
    $help['plot --help'] = 'Show this help.'
    $help['plot -h'] = 'Show this help.'
    $help['eval --with-derivative'] = 'Add the derivative.'
    $help['eval --order'] = '0, 1, 2: the derivative to evaluate.'
    $help['eval --jacobian'] = 'Print a vector function''s matrix of derivatives.'
    $help['eval --axis'] = 'Where the vectors of a batch lie.'
    $help['eval --param'] = 'Set a parameter of the function; repeatable.'
    $help['eval -p'] = 'Set a parameter of the function; repeatable.'
    $help['eval --dtype'] = 'float16, float32, float64: the type of x and of the results.'
    $help['eval --input'] = 'Read the points: .npy, .csv or .txt.'
    $help['eval -i'] = 'Read the points: .npy, .csv or .txt.'
    $help['eval --format'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['eval -f'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['eval --quiet'] = 'Print the results alone.'
    $help['eval -q'] = 'Print the results alone.'
    $help['eval --output'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['eval -o'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['eval --color'] = 'auto, always, never.'
    $help['eval --help'] = 'Show this help.'
    $help['eval -h'] = 'Show this help.'
    $help['gradcheck --all'] = 'Check every function.'
    $help['gradcheck --at'] = 'Check there; for a vector function: one vector.'
    $help['gradcheck --samples'] = 'Else at N points of [-10, 10].'
    $help['gradcheck --seed'] = 'The seed of the samples.'
    $help['gradcheck --method'] = 'complex_step, richardson, forward, backward, central, five_point or auto.'
    $help['gradcheck --step'] = 'The step; chosen point by point without.'
    $help['gradcheck --rtol'] = 'Allow atol + rtol*|numerical|, and nothing else.'
    $help['gradcheck --atol'] = 'See --rtol.'
    $help['gradcheck --order'] = '1 or 2: the derivative to check.'
    $help['gradcheck --param'] = 'Set a parameter of the function; repeatable.'
    $help['gradcheck -p'] = 'Set a parameter of the function; repeatable.'
    $help['gradcheck --dtype'] = 'float16, float32, float64: the type of x and of the results.'
    $help['gradcheck --format'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['gradcheck -f'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['gradcheck --quiet'] = 'Print the results alone.'
    $help['gradcheck -q'] = 'Print the results alone.'
    $help['gradcheck --output'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['gradcheck -o'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['gradcheck --color'] = 'auto, always, never.'
    $help['gradcheck --help'] = 'Show this help.'
    $help['gradcheck -h'] = 'Show this help.'
    $help['descend --lr'] = 'The learning rate.'
    $help['descend --steps'] = 'How many steps to take.'
    $help['descend --start'] = 'Where to start; each objective has its own.'
    $help['descend --optimizer'] = 'adagrad, rmsprop, adam, momentum, nesterov, gd.'
    $help['descend --set'] = 'Set a hyper-parameter, like momentum=0.8; repeatable.'
    $help['descend --gradient'] = 'analytic, numerical (central, h = 1e-4).'
    $help['descend --tol'] = 'Stop when the gradient''s norm is at most T.'
    $help['descend --plot'] = 'Draw the path over contours: .png, .svg or .pdf.'
    $help['descend --history'] = 'Save the table too: .csv, .json, .npy, ...'
    $help['descend --format'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['descend -f'] = 'plain, tsv, csv, table, markdown, json, jsonl; by default a table on a terminal, else plain.'
    $help['descend --quiet'] = 'Print the results alone.'
    $help['descend -q'] = 'Print the results alone.'
    $help['descend --output'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['descend -o'] = 'Write there, in the format of its suffix; - is stdout.'
    $help['descend --color'] = 'auto, always, never.'
    $help['descend --help'] = 'Show this help.'
    $help['descend -h'] = 'Show this help.'
    $help['completion --help'] = 'Show this help.'
    $help['completion -h'] = 'Show this help.'

    # What options take, and arguments by their number: names, FILE, or nothing that could be told.
    $values = New-Object 'System.Collections.Generic.Dictionary[string,string]'
    $values['plot *'] = 'identity step exponential sinh cosh silu gelu relu leaky_relu elu softplus softsign sigmoid tanh softmax log_softmax'
    $values['plot --range'] = ''
    $values['plot --ylim'] = ''
    $values['plot --tangent'] = ''
    $values['plot --at'] = ''
    $values['plot --layout'] = 'overlay columns'
    $values['plot --title'] = ''
    $values['plot --size'] = ''
    $values['plot --dpi'] = ''
    $values['plot --param'] = ''
    $values['plot -p'] = ''
    $values['plot --output'] = 'FILE'
    $values['plot -o'] = 'FILE'
    $values['eval 0'] = 'identity step exponential sinh cosh silu gelu relu leaky_relu elu softplus softsign sigmoid tanh softmax log_softmax'
    $values['eval *'] = ''
    $values['eval --order'] = '0 1 2'
    $values['eval --axis'] = ''
    $values['eval --param'] = ''
    $values['eval -p'] = ''
    $values['eval --dtype'] = 'float16 float32 float64'
    $values['eval --input'] = 'FILE'
    $values['eval -i'] = 'FILE'
    $values['eval --format'] = 'plain tsv csv table markdown json jsonl'
    $values['eval -f'] = 'plain tsv csv table markdown json jsonl'
    $values['eval --output'] = 'FILE'
    $values['eval -o'] = 'FILE'
    $values['eval --color'] = 'auto always never'
    $values['gradcheck *'] = 'identity step exponential sinh cosh silu gelu relu leaky_relu elu softplus softsign sigmoid tanh softmax log_softmax'
    $values['gradcheck --at'] = ''
    $values['gradcheck --samples'] = ''
    $values['gradcheck --seed'] = ''
    $values['gradcheck --method'] = 'complex_step richardson forward backward central five_point auto'
    $values['gradcheck --step'] = ''
    $values['gradcheck --rtol'] = ''
    $values['gradcheck --atol'] = ''
    $values['gradcheck --order'] = ''
    $values['gradcheck --param'] = ''
    $values['gradcheck -p'] = ''
    $values['gradcheck --dtype'] = 'float16 float32 float64'
    $values['gradcheck --format'] = 'plain tsv csv table markdown json jsonl'
    $values['gradcheck -f'] = 'plain tsv csv table markdown json jsonl'
    $values['gradcheck --output'] = 'FILE'
    $values['gradcheck -o'] = 'FILE'
    $values['gradcheck --color'] = 'auto always never'
    $values['descend 0'] = 'quadratic1d sphere bowl himmelblau rosenbrock beale'
    $values['descend --lr'] = ''
    $values['descend --steps'] = ''
    $values['descend --start'] = ''
    $values['descend --optimizer'] = 'adagrad rmsprop adam momentum nesterov gd'
    $values['descend --set'] = ''
    $values['descend --gradient'] = 'analytic numerical'
    $values['descend --tol'] = ''
    $values['descend --plot'] = 'FILE'
    $values['descend --history'] = 'FILE'
    $values['descend --format'] = 'plain tsv csv table markdown json jsonl'
    $values['descend -f'] = 'plain tsv csv table markdown json jsonl'
    $values['descend --output'] = 'FILE'
    $values['descend -o'] = 'FILE'
    $values['descend --color'] = 'auto always never'
    $values['completion 0'] = 'bash fish powershell zsh'

    $command = ''
    $option = ''
    $ended = $false
    $count = 0
    foreach ($element in ($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.Extent.Text
        $dashed = $word.StartsWith('-', [StringComparison]::Ordinal)
        if ($option) { $option = '' } # this was its value
        elseif (-not $command) { if (-not $dashed) { $command = $word } }
        elseif ($ended -or -not $dashed) { $count++ }
        elseif ($word -ceq '--') { $ended = $true }
        elseif ($values.ContainsKey("$command $word")) { $option = $word }
    }

    $typed = "$wordToComplete"
    $stem = ''
    $dashed = $typed.StartsWith('-', [StringComparison]::Ordinal) -and -not $ended
    if (-not $option -and $dashed -and $typed.Contains('=')) {
        $option, $typed = $typed.Split([char[]]'=', 2)
        $stem = "$option="
    }

    $names = @()
    $key = "$command $count"
    if ($option) { $key = "$command $option" }
    elseif ($dashed) {
        $names = @($help.Keys | Where-Object { $_.StartsWith("$command -", [StringComparison]::Ordinal) })
    }
    elseif (-not $command) { $names = @($help.Keys | Where-Object { $_ -cnotlike '* *' }) }
    elseif (-not $values.ContainsKey($key)) { $key = "$command *" }
    if (-not $names -and $values.ContainsKey($key)) {
        if ($values[$key] -ceq 'FILE') { return } # PowerShell offers files where nothing is returned
        $names = @($values[$key].Split([char[]]' ', [StringSplitOptions]::RemoveEmptyEntries))
    }

    $found = 0
    foreach ($name in $names) {
        $text = $name.Substring($name.IndexOf(' ') + 1)
        if (-not $text.StartsWith($typed, [StringComparison]::Ordinal)) { continue }
        $found++
        $tip = $text
        if ($help.ContainsKey($name) -and $help[$name]) { $tip = $help[$name] }
        [System.Management.Automation.CompletionResult]::new("$stem$text", $text, 'ParameterValue', $tip)
    }
    if (-not $found) { '' } # nothing, and no files either
}
