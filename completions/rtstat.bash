# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2207,SC2034 # no word has a space; lists of options are read by their names
# Completion of rtstat(1) for bash, loaded by bash-completion.

_rtstat() {
  local cur prev words cword split
  _init_completion -s || return

  local options='-o --output --scope -w --watch -i --interval -W --timeout -s --server --token-file --token -H --header
    -k --insecure --cacert -c --config --print-config -q --quiet -v --verbose --color -V --version -h --help'

  case $prev in
    -o | --output) COMPREPLY=($(compgen -W 'table json' -- "$cur")); return ;;
    --scope) COMPREPLY=($(compgen -W 'instance cluster' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --token-file | --cacert | -c | --config) _filedir; return ;;
    -i | --interval | -W | --timeout | -s | --server | --token | -H | --header) return ;;
  esac
  $split && return

  COMPREPLY=($(compgen -W "$options" -- "$cur"))
} && complete -F _rtstat rtstat
