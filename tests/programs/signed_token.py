# SPDX-License-Identifier: MIT
"""Tokens with claims of any kind, which `rtserve token` would not make: HS256 with the secret of a test's server."""
import base64
import hashlib
import hmac
import json
import time


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secret_of(server):
    with open(server.secret_file, "rb") as f:
        return f.read().strip()


def sign(secret, claims, header=None, ttl_s=3600):
    """`claims` may say `exp` themselves."""
    claims = {"exp": int(time.time()) + ttl_s, **claims}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header or {"alg": "HS256", "typ": "JWT"}, claims))
    return text + "." + base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())
