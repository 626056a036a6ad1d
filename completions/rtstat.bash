# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2207,SC2034 # no word has a space; lists of options are read by their names
# Completion of rtstat(1) for bash, loaded by bash-completion.

_rtstat() {
  local cur prev words cword split
  _init_completion -s || return

  local options='-o --output --field --scope --details --check --warn --crit -w --watch -i --interval -W --timeout -s --server --token-file --token -H --header
    -k --insecure --cacert -c --config --print-config -q --quiet -v --verbose --color -V --version -h --help'
  local options_top='--sort --limit --admin'

  local command='' word
  for word in "${words[@]:1:cword-1}"; do
    [[ $word == top ]] && command=top
  done

  case $prev in
    -o | --output) COMPREPLY=($(compgen -W 'table json ndjson csv prom value' -- "$cur")); return ;;
    --scope) COMPREPLY=($(compgen -W 'instance cluster' -- "$cur")); return ;;
    --sort) COMPREPLY=($(compgen -W 'lag bytes age user' -- "$cur")); return ;;
    --field)
      COMPREPLY=($(compgen -W 'orders runs drivers totalClients instances uptime rates.events rates.deliveries' -- "$cur"))
      return
      ;;
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --token-file | --cacert | -c | --config) _filedir; return ;;
    -i | --interval | -W | --timeout | -s | --server | --token | -H | --header) return ;;
    --warn | --crit | --limit | --admin) return ;;
  esac
  $split && return

  if [[ $cur == -* || -n $command ]]; then
    local more=options_$command
    COMPREPLY=($(compgen -W "$options ${!more-}" -- "$cur"))
  else
    COMPREPLY=($(compgen -W top -- "$cur"))
  fi
} && complete -F _rtstat rtstat
