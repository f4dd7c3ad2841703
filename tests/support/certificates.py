"""Certificates for the TLS of a test: an authority of its own, and whatever it signs, right or wrong."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.processes import program

DAY = timedelta(days=1)

_CONFIG = """\
[ca]
default_ca = lab
[lab]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
"""


class Authority:
    """Signs certificates; `file` is its own, as `irc.tls_ca` wants it. All files are in `folder`."""

    def __init__(self, folder: Path, name: str = "Lab authority") -> None:
        self._folder = folder
        folder.mkdir()
        (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "index.txt").touch()
        self.file = folder / "authority.pem"
        self._key = folder / "authority.key"
        self._request(self._key, name, self.file, "-x509", "-addext", "basicConstraints=critical,CA:TRUE")

    def issue(
        self, name: str, *alternatives: str, begins: timedelta = -DAY, ends: timedelta = DAY, chain: str = ""
    ) -> Path:
        """One PEM file with the key and the certificate of `name`, valid from and to these times from now.

        `alternatives` are what it is good for, `DNS:localhost` or `IP:127.0.0.1`; of two of one name `chain`
        tells the files apart.
        """
        stem = self._folder / f"{name}{chain}"
        key, request, signed = (stem.with_suffix(end) for end in (".key", ".csr", ".crt"))
        extra = ["-addext", f"subjectAltName={','.join(alternatives)}"] if alternatives else []
        self._request(key, name, request, *extra)
        now = datetime.now(UTC)
        self._openssl(
            *("ca", "-batch", "-notext", "-in", str(request), "-out", str(signed)),
            *("-cert", str(self.file), "-keyfile", str(self._key)),
            *("-startdate", _stamp(now + begins), "-enddate", _stamp(now + ends)),
        )
        whole = stem.with_suffix(".pem")
        whole.write_bytes(key.read_bytes() + signed.read_bytes())
        return whole

    def _request(self, key: Path, name: str, out: Path, *more: str) -> None:
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        self._openssl(
            *("req", "-new", *curve, "-keyout", str(key), "-subj", f"/CN={name}", "-out", str(out)), *more
        )

    def _openssl(self, *words: str) -> None:
        command = [program("openssl", "openssl"), words[0], "-config", str(self._folder / "openssl.cnf")]
        subprocess.run([*command, *words[1:]], check=True, capture_output=True)


def serving(certificate: Path, clients_by: Path | None = None) -> ssl.SSLContext:
    """TLS of a server that shows `certificate` (with its key), and asks clients for one by `clients_by`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if clients_by is not None:
        context.load_verify_locations(clients_by)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def fingerprint(certificate: Path) -> str:
    """SHA-256 of a certificate as services want it: hexadecimal digits in small letters."""
    pem = certificate.read_text()
    begin = pem.index("-----BEGIN CERTIFICATE-----")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[begin:])).hexdigest()


def _stamp(at: datetime) -> str:
    return at.strftime("%Y%m%d%H%M%SZ")
