"""`python -m infra.kibana build` writes the file; `python -m infra.kibana import` gives it to Kibana."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from typing import Any

import schemas
from infra.kibana.bundle import FILE, ndjson, objects
from infra.kibana.checks import faults


def main() -> int:
    """Exit with 1 when something is wrong with the objects, or Kibana did not take every one."""
    arguments = _arguments()
    if arguments.command == "build":
        return build()
    try:
        answer = deliver(arguments.url, FILE.read_bytes(), authorization(dict(os.environ)))
    except (urllib.error.URLError, ValueError) as error:
        print(f"error: Kibana at {arguments.url} did not take the file: {error}", file=sys.stderr)
        return 1
    for fault in answer.get("errors", []):
        why = json.dumps(fault.get("error"))
        print(f"error: {fault.get('type')} {fault.get('id')}: {why}", file=sys.stderr)
    print(f"{answer.get('successCount', 0)} objects imported into {arguments.url}")
    return 0 if answer.get("success") is True else 1


def build() -> int:
    """Write the file, unless it names a field or an object that there is not."""
    wrong = faults(objects(), {name: index.mappings for name, index in schemas.indices().items()})
    for fault in wrong:
        print(f"error: {fault}", file=sys.stderr)
    if not wrong:
        FILE.write_text(ndjson(), encoding="utf-8")
    return 1 if wrong else 0


def deliver(url: str, file: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Import `file`, replacing objects of the same ids. Raises URLError, ValueError."""
    boundary = uuid.uuid4().hex
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="news.ndjson"\r\n'
        "Content-Type: application/ndjson\r\n\r\n"
    )
    if not url.startswith(("http://", "https://")):
        raise ValueError("the address must begin with http:// or https://")
    asked = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        f"{url.rstrip('/')}/api/saved_objects/_import?overwrite=true",
        data=head.encode() + file + f"\r\n--{boundary}--\r\n".encode(),
        headers={
            "kbn-xsrf": "true",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            **headers,
        },
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - as above
        answered: dict[str, Any] = json.loads(answer.read())
    return answered


def authorization(environment: dict[str, str]) -> dict[str, str]:
    """`KIBANA_API_KEY`, or `KIBANA_USERNAME` and `KIBANA_PASSWORD`, or nothing where security is off."""
    if key := environment.get("KIBANA_API_KEY"):
        return {"Authorization": f"ApiKey {key}"}
    if user := environment.get("KIBANA_USERNAME"):
        pair = f"{user}:{environment.get('KIBANA_PASSWORD', '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.kibana", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="write news.ndjson")
    give = commands.add_parser("import", help="import news.ndjson, replacing what has the same ids")
    give.add_argument("--url", default="http://127.0.0.1:5601")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
