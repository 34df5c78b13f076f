# Completion of oxdb for bash. Names of packages and targets: oxdb asks cargo metadata, which builds nothing.

_oxdb_cargo_options='--package --workspace --exclude --features --all-features --no-default-features --bin --example --bench
	--release --profile --jobs --target --target-dir --manifest-path --config --color --quiet --verbose --locked --offline --frozen
	--triage --timeout --help -p -F -j -q -v -r -Z -ex -iex -x -ix -batch -nx'

_oxdb() {
	local words=("${COMP_WORDS[@]}") at=$COMP_CWORD
	local word=${words[at]} before=${words[at - 1]} command=${words[1]}
	COMPREPLY=()
	if ((at == 1)); then
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W '--args --pid --eval-command --command --batch --quiet --directory --cd --tty --version --help
				-p -ex -x -iex -ix -nx -q -d -cd' -- "$word"))
		else
			compopt -o filenames 2>/dev/null
			COMPREPLY=($(compgen -W 'triage test run symbolize dump natvis help' -- "$word") $(compgen -f -- "$word"))
		fi
		return
	fi
	case $command in
	help)
		((at == 2)) && COMPREPLY=($(compgen -W 'triage test run symbolize dump natvis help' -- "$word"))
		return
		;;
	test | run)
		case $before in
		-p | --package | --exclude) COMPREPLY=($(compgen -W "$(oxdb cargo-names package 2>/dev/null)" -- "$word")); return ;;
		--bin | --example | --bench | --test) COMPREPLY=($(compgen -W "$(oxdb cargo-names "${before#--}" 2>/dev/null)" -- "$word")); return ;;
		--profile) COMPREPLY=($(compgen -W 'dev release test bench' -- "$word")); return ;;
		--color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
		--features | -F | --jobs | -j | --target | --config | --timeout | -Z | -ex | -iex) return ;;
		--manifest-path | --target-dir | -x | -ix) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
		esac
		if [[ $word == -* ]]; then
			local more=
			[[ $command == test ]] && more='--list --doc --no-nextest --lib --bins --test --tests --examples --benches --all-targets'
			COMPREPLY=($(compgen -W "$_oxdb_cargo_options $more" -- "$word"))
		fi
		return
		;;
	symbolize)
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W '--exe= --pid= --style= --json --addresses --basenames --pretty --no-inlines --no-demangle --help -e -p -a -s' -- "$word"))
		elif [[ $before == -e ]]; then
			compopt -o filenames 2>/dev/null
			COMPREPLY=($(compgen -f -- "$word"))
		fi
		return
		;;
	dump)
		if ((at == 2)); then
			COMPREPLY=($(compgen -W 'info types line cfi names --help' -- "$word"))
		elif ((at == 3)); then
			compopt -o filenames 2>/dev/null
			COMPREPLY=($(compgen -f -- "$word"))
		fi
		return
		;;
	natvis)
		((at == 2)) && COMPREPLY=($(compgen -W 'check' -- "$word")) && return
		;;
	triage)
		case $before in
		-p | --pid | --timeout) return ;;
		esac
		if [[ $word == -* ]]; then
			COMPREPLY=($(compgen -W '--json --pid --timeout --no-children --help -p -h' -- "$word"))
			return
		fi
		;;
	esac
	case $before in
	-ex | -iex | --eval-command | -p | --pid) return ;;
	esac
	compopt -o filenames 2>/dev/null
	COMPREPLY=($(compgen -f -- "$word"))
}

complete -F _oxdb oxdb
