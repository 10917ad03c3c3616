"""Answers each request, a line of JSON, with the verdict of SignalWire's Python package."""

import json
import sys

from signalwire.core.security.webhook_middleware import validate


def verdict(request):
    headers = {}
    for name, value in request["headers"]:
        # Starlette's Headers give the first line of a header.
        headers.setdefault(name, value)
    try:
        # As the package's FastAPI dependency decodes it, before it calls validate().
        body = bytes.fromhex(request["body"]).decode("utf-8")
        rejection = validate(
            request["method"],
            request["url"],
            headers,
            body,
            signing_key=request["key"],
        )
    except Exception as error:
        return {"accepts": False, "error": f"{type(error).__name__}: {error}"}
    return {"accepts": rejection is None}


for line in sys.stdin:
    print(json.dumps([verdict(json.loads(line))]), flush=True)
