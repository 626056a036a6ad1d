# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2207,SC2034 # no word has a space; lists of options are read by their names
# Completion of rtwatch(1) for bash, loaded by bash-completion.

_rtwatch() {
  local cur prev words cword split
  _init_completion -s || return

  local options='--path -o --output -C --count -W --timeout --until --last-event-id --state --exec --retries
    --retry-initial --retry-max --notices --print-curl -s --server --token-file --token -H --header -k --insecure --cacert -c --config --print-config
    -q --quiet -v --verbose --color -V --version -h --help'

  case $prev in
    -o | --output) COMPREPLY=($(compgen -W 'pretty ndjson json csv data raw' -- "$cur")); return ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --retries) COMPREPLY=($(compgen -W '5 inf' -- "$cur")); return ;;
    --state | --token-file | --cacert | -c | --config) _filedir; return ;;
    --path | -C | --count | -W | --timeout | --last-event-id | --retry-initial | --retry-max) return ;;
    --exec) COMPREPLY=($(compgen -c -- "$cur")); return ;;
    --until)
      if [[ $cur == status=* ]]; then
        COMPREPLY=($(compgen -W 'DELIVERED COMPLETED' -- "${cur#*=}"))
      else
        COMPREPLY=($(compgen -W 'status=' -- "$cur")) && compopt -o nospace
      fi
      return
      ;;
    -s | --server | --token | -H | --header) return ;;
  esac
  $split && return

  local command='' word
  for word in "${words[@]:1:cword-1}"; do
    case $word in
      order | run | driver | topic) command=$word && break ;;
    esac
  done

  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W 'order run driver topic' -- "$cur"))
  elif [[ $command == topic ]]; then
    COMPREPLY=($(compgen -W "'orders/*' 'runs/*' 'drivers/*'" -- "$cur"))
  fi
} && complete -F _rtwatch rtwatch
