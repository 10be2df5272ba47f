# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# bash completion of pct(1): pct __complete knows.

_pct() {
	local i line word cur='' words=()
	# bash splits at '=' and ':'; put together again what no blank keeps apart.
	local rest=${COMP_LINE:0:COMP_POINT}
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $i -gt 0 && -n $rest && ${rest:0:1} != [[:blank:]] ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
		rest=${rest#"${rest%%[![:blank:]]*}"}
		rest=${rest#"$word"}
	done
	cur=${words[${#words[@]} - 1]}
	# Of a word that bash split, it wants the last part only.
	local before=${cur%"${COMP_WORDS[COMP_CWORD]}"}
	[[ ${COMP_WORDS[COMP_CWORD]} != [=:] ]] || before=$cur

	COMPREPLY=()
	while IFS= read -r line; do
		case $line in
		:file) compopt -o filenames 2>/dev/null
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "${cur#"$before"}") ;;
		:dir) compopt -o filenames 2>/dev/null
			mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "${cur#"$before"}") ;;
		*) word=${line%%$'\t'*}
			[[ $word != *[=:,] ]] || compopt -o nospace 2>/dev/null
			COMPREPLY+=("${word#"$before"}") ;;
		esac
	done < <("$1" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _pct pct
