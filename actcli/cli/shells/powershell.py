"""The completion script of PowerShell."""

from collections.abc import Iterator

from actcli.cli.shells._spec import Command, Shell, Value, named

_TEMPLATE = r"""# Completes actcli in PowerShell 5.1 and later. Written by: actcli completion powershell

Register-ArgumentCompleter -Native -CommandName actcli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What the commands, and "command option", say of themselves. These tables tell -f and -F apart.
    $help = New-Object 'System.Collections.Generic.Dictionary[string,string]'
@HELP@

    # What options take, and arguments by their number: names, FILE, or nothing that could be told.
    $values = New-Object 'System.Collections.Generic.Dictionary[string,string]'
@VALUES@

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
"""


def _script(commands: list[Command]) -> str:
    """Return the script that completes `commands` in PowerShell."""
    text = _TEMPLATE.replace("@HELP@", "\n".join(_rows("help", _help(commands))))
    return text.replace("@VALUES@", "\n".join(_rows("values", _values(commands))))


def _help(commands: list[Command]) -> Iterator[tuple[str, str]]:
    for command in commands[1:]:
        yield command.name, command.help
    for command in commands:
        for name, option in named(command):
            yield f"{command.name} {name}", option.help


def _values(commands: list[Command]) -> Iterator[tuple[str, str]]:
    for command in commands:
        for number, argument in enumerate(command.arguments):
            yield f"{command.name} {'*' if argument.many else number}", _answer(argument)
        for name, option in named(command):
            if option.value:
                yield f"{command.name} {name}", _answer(option.value)


def _answer(value: Value) -> str:
    return "FILE" if value.is_file else " ".join(value.choices)


def _rows(table: str, rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    for key, text in rows:
        yield f"    ${table}[{_quoted(key)}] = {_quoted(text)}"


def _quoted(text: str) -> str:
    # Windows PowerShell 5.1 reads a script in the machine's code page, and takes curly quotes for quotes.
    plain = text.encode("ascii", "replace").decode("ascii")
    return "'" + plain.replace("'", "''") + "'"


POWERSHELL = Shell(name="powershell", summary="5.1 or newer", script=_script)
