"""A key and a certificate for 127.0.0.1, made by the JDK's own tool, for servers that are to encrypt."""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra.local.jdk import Jdk

STORE = "server.p12"


def certify(folder: Path, java: Jdk, password: str) -> Path:
    """Put a PKCS #12 file named STORE into the server's folder; return the certificate that clients trust."""
    store, certificate = folder / STORE, folder / "server.pem"
    tool = str(java.java.parent / "keytool")
    keytool = [tool, "-alias", "server", "-keystore", str(store), "-storepass", password]
    made = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=127.0.0.1", "-ext", "SAN=IP:127.0.0.1"]
    subprocess.run([*keytool, *made, "-storetype", "PKCS12"], check=True, capture_output=True)
    subprocess.run(
        [*keytool, "-exportcert", "-rfc", "-file", str(certificate)], check=True, capture_output=True
    )
    store.chmod(0o644)  # the server may run under an account of its own
    return certificate
