# Completion of oxdb for fish. Names of packages and targets: oxdb asks cargo metadata, which builds nothing.

set -l none 'not __fish_seen_subcommand_from triage test run symbolize dump natvis help'
set -l cargo '__fish_seen_subcommand_from test run'
set -l test '__fish_seen_subcommand_from test'
set -l triage '__fish_seen_subcommand_from triage'

complete -c oxdb -n "$none" -a triage -d 'Run a program and explain its crash'
complete -c oxdb -n "$none" -a test -d 'Build with cargo, find a test and debug it'
complete -c oxdb -n "$none" -a run -d 'Build with cargo and debug a program'
complete -c oxdb -n "$none" -a natvis -d 'Check files of visualisers'
complete -c oxdb -n "$none" -a help -d 'Say how oxdb or one of its commands is used'
complete -c oxdb -n '__fish_seen_subcommand_from help' -f -a 'triage test run symbolize dump natvis help'
complete -c oxdb -n '__fish_seen_subcommand_from natvis' -a check -d 'Check files'

complete -c oxdb -n "$none" -l args -d 'What follows PROGRAM are its arguments'
complete -c oxdb -n "$none" -s p -l pid -x -a '(__fish_complete_pids)' -d 'Attach to a running process'
complete -c oxdb -n "$none" -s q -l quiet -d 'No greeting'
complete -c oxdb -n "$none" -o cd -r -d 'Work in a folder'
complete -c oxdb -n "$none" -s d -l directory -r -d 'Look for sources there, too'
complete -c oxdb -n "$none" -l tty -r -d "A terminal for the program"
complete -c oxdb -n "$none" -l version -d 'Print the version'
complete -c oxdb -n "not $triage" -o ex -x -d 'Run a command once the program is open'
complete -c oxdb -n "not $triage" -o iex -x -d 'Run a command before the program is opened'
complete -c oxdb -n "not $triage" -s x -r -d 'Run the commands in a file'
complete -c oxdb -n "not $triage" -o ix -r -d 'Run the commands in a file before the program is opened'
complete -c oxdb -n "not $triage" -o batch -d 'No questions, no pages; leave at the end'
complete -c oxdb -n "not $triage" -o nx -d 'Do not read the init file'
complete -c oxdb -s h -l help -d 'Help'

complete -c oxdb -n "$triage" -l json -d 'The report as JSON'
complete -c oxdb -n "$triage" -s p -l pid -x -a '(__fish_complete_pids)' -d 'Wait for a process to crash'
complete -c oxdb -n "$triage" -l timeout -x -d 'Report after so many seconds'
complete -c oxdb -n "$triage" -l no-children -d 'Leave descendants alone'

complete -c oxdb -n "$cargo" -s p -l package -x -a '(oxdb cargo-names package 2>/dev/null)' -d Package
complete -c oxdb -n "$cargo" -l exclude -x -a '(oxdb cargo-names package 2>/dev/null)' -d 'All but this package'
complete -c oxdb -n "$cargo" -l workspace -d 'All packages'
complete -c oxdb -n "$cargo" -s F -l features -x -d Features
complete -c oxdb -n "$cargo" -l all-features -d 'All features'
complete -c oxdb -n "$cargo" -l no-default-features -d 'No default features'
complete -c oxdb -n "$cargo" -l bin -x -a '(oxdb cargo-names bin 2>/dev/null)' -d Binary
complete -c oxdb -n "$cargo" -l example -x -a '(oxdb cargo-names example 2>/dev/null)' -d Example
complete -c oxdb -n "$cargo" -l bench -x -a '(oxdb cargo-names bench 2>/dev/null)' -d Benchmark
complete -c oxdb -n "$cargo" -s r -l release -d Optimised
complete -c oxdb -n "$cargo" -l profile -x -a 'dev release test bench' -d Profile
complete -c oxdb -n "$cargo" -s j -l jobs -x -d 'Parallel jobs'
complete -c oxdb -n "$cargo" -l target -x -d 'Target triple'
complete -c oxdb -n "$cargo" -l target-dir -r -d 'Folder of what is built'
complete -c oxdb -n "$cargo" -l manifest-path -r -d Cargo.toml
complete -c oxdb -n "$cargo" -l config -x -d 'A setting of cargo'
complete -c oxdb -n "$cargo" -l color -x -a 'auto always never' -d Colours
complete -c oxdb -n "$cargo" -l locked -d 'Cargo.lock stays as it is'
complete -c oxdb -n "$cargo" -l offline -d 'No network'
complete -c oxdb -n "$cargo" -l frozen -d 'Both'
complete -c oxdb -n "$cargo" -l triage -d 'Run, and explain each crash'
complete -c oxdb -n "$cargo" -l timeout -x -d 'With --triage: at most so many seconds'
complete -c oxdb -n "$test" -f
complete -c oxdb -n "$test" -l list -d 'Only list the tests that match'
complete -c oxdb -n "$test" -l doc -d 'Doc tests'
complete -c oxdb -n "$test" -l no-nextest -d 'Without cargo-nextest'
complete -c oxdb -n "$test" -l lib -d 'The library'
complete -c oxdb -n "$test" -l bins -d 'All binaries'
complete -c oxdb -n "$test" -l test -x -a '(oxdb cargo-names test 2>/dev/null)' -d 'Integration test'
complete -c oxdb -n "$test" -l tests -d 'All tests'
complete -c oxdb -n "$test" -l examples -d 'All examples'
complete -c oxdb -n "$test" -l benches -d 'All benchmarks'
complete -c oxdb -n "$test" -l all-targets -d 'All targets'
complete -c oxdb -n "$none" -a symbolize -d 'Say what stands at addresses'
set -l symbolize '__fish_seen_subcommand_from symbolize'
complete -c oxdb -n "$symbolize" -s e -l exe -r -F -d 'A program or library'
complete -c oxdb -n "$symbolize" -s p -l pid -x -a '(__fish_complete_pids)' -d 'A running process'
complete -c oxdb -n "$symbolize" -l style -x -a 'llvm gnu json' -d 'Whose text'
complete -c oxdb -n "$symbolize" -l json -d 'An object in a line for each'
complete -c oxdb -n "$symbolize" -s a -l addresses -d 'The address in front'
complete -c oxdb -n "$symbolize" -s s -l basenames -d 'Files without directories'
complete -c oxdb -n "$symbolize" -l pretty -d 'A line for each function'
complete -c oxdb -n "$symbolize" -l no-inlines -d 'Only the innermost function'
complete -c oxdb -n "$symbolize" -l no-demangle -d 'Names as the linker knows them'
complete -c oxdb -n "$none" -a dump -d 'Print debug information as it is written'
complete -c oxdb -n '__fish_seen_subcommand_from dump' -a 'info types line cfi names' -d 'What'
