# SPDX-License-Identifier: MIT
# Completion of rtserve(1) for bash, loaded by bash-completion.

_rtserve() {
  local cur prev words cword split
  _init_completion -s || return

  local options='--listen --admin-listen --cors-origin --threads --request-timeout --shutdown-grace --dev
    --jwt-secret-file --jwt-issuer --jwt-audience --jwt-leeway --allow-eternal-tokens --allow-query-token
    --cookie-name --store --retain-events --retain-for --heartbeat --max-clients --max-event-bytes --log-level
    --log-format -c --config -V --version -h --help'
  local options_token='--jwt-secret-file --sub --role --order --run --driver --ttl --verify --new-secret'

  case $prev in
    --store) COMPREPLY=($(compgen -W 'memory' -- "$cur")); return ;;
    --log-level) COMPREPLY=($(compgen -W 'debug info warn error off' -- "$cur")); return ;;
    --log-format) COMPREPLY=($(compgen -W 'text json' -- "$cur")); return ;;
    --role) COMPREPLY=($(compgen -W 'admin dispatcher service driver customer' -- "$cur")); return ;;
    --jwt-secret-file | -c | --config) _filedir; return ;;
    --listen | --admin-listen | --cors-origin | --threads | --request-timeout | --shutdown-grace) return ;;
    --jwt-issuer | --jwt-audience | --jwt-leeway | --cookie-name | --retain-events | --retain-for) return ;;
    --heartbeat | --max-clients | --max-event-bytes) return ;;
    --sub | --order | --run | --driver | --ttl | --verify) return ;;
  esac
  $split && return

  local command='' word
  for word in "${words[@]:1:cword-1}"; do
    case $word in
      check-config | healthcheck | token) command=$word && break ;;
    esac
  done

  if [[ $cur == -* ]]; then
    if [[ $command == token ]]; then
      COMPREPLY=($(compgen -W "$options_token -h --help" -- "$cur"))
    else
      COMPREPLY=($(compgen -W "$options" -- "$cur"))
    fi
  elif [[ -z $command ]]; then
    COMPREPLY=($(compgen -W 'check-config healthcheck token' -- "$cur"))
  fi
} && complete -F _rtserve rtserve
