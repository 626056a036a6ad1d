# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2207,SC2034 # no word has a space; lists of options are read by their names
# Completion of rtserve(1) for bash, loaded by bash-completion.

_rtserve() {
  local cur prev words cword split
  _init_completion -s || return

  local options='--listen --admin-listen --cors-origin --threads --request-timeout --shutdown-grace --dev
    --tls-cert --tls-key --tls-min --trusted-proxy --jwt-secret-file --jwt-public-key --jwks-file --jwks-url
    --jwks-refresh --authorization --jwt-issuer --jwt-audience --jwt-leeway --allow-eternal-tokens --allow-query-token
    --cookie-name --store --redis-password-file --retain-events --retain-for --heartbeat --max-stream-age --max-clients
    --max-clients-per-user --max-clients-per-topic
    --max-clients-per-ip --publish-rate --max-memory --max-event-bytes --log-level
    --log-format -c --config --print-config -V --version -h --help'
  local options_token='--jwt-secret-file --sub --role --order --run --driver --ttl --verify --new-secret'

  case $prev in
    --log-level) COMPREPLY=($(compgen -W 'debug info warn error off' -- "$cur")); return ;;
    --log-format) COMPREPLY=($(compgen -W 'text json' -- "$cur")); return ;;
    --tls-min) COMPREPLY=($(compgen -W '1.2 1.3' -- "$cur")); return ;;
    --authorization) COMPREPLY=($(compgen -W 'claims authenticated' -- "$cur")); return ;;
    --role) COMPREPLY=($(compgen -W 'admin dispatcher service driver customer' -- "$cur")); return ;;
    --tls-cert | --tls-key | --redis-password-file | --jwt-secret-file | --jwt-public-key | --jwks-file | -c | --config) _filedir; return ;;
    --trusted-proxy | --jwks-url | --jwks-refresh | --max-clients-per-user | --max-clients-per-topic) return ;;
    --max-clients-per-ip | --publish-rate | --max-memory) return ;;
    --listen | --admin-listen | --cors-origin | --threads | --request-timeout | --shutdown-grace) return ;;
    --jwt-issuer | --jwt-audience | --jwt-leeway | --cookie-name | --retain-events | --retain-for) return ;;
    --store | --heartbeat | --max-stream-age | --max-clients | --max-event-bytes) return ;;
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
