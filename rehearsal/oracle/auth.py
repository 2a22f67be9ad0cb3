"""The 12c verifier: what the server keeps of a password, and the challenge that proves that the client knows it.

The server keeps a salt and a digest, never the password: the one that the client sends, encrypted, is digested
again and compared in constant time.
"""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_VERIFIER_TYPE = 0x4815
_VERIFIER_ROUNDS, _SESSION_ROUNDS = 4096, 3
_SPEEDY = b"AUTH_PBKDF2_SPEEDY_KEY"


@dataclass(frozen=True)
class Verifier:
    """A user's salt and digest."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, password: str, salt: bytes | None = None) -> "Verifier":
        """The verifier of ``password``, with a new salt unless one is given."""
        salt = salt or secrets.token_bytes(16)
        key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt + _SPEEDY, _VERIFIER_ROUNDS, 64)
        return cls(salt, hashlib.sha512(key + salt).digest()[:32])

    @classmethod
    def of_nobody(cls) -> "Verifier":
        """One that no password has, so that an unknown user takes the same path as a wrong password."""
        return cls(secrets.token_bytes(16), secrets.token_bytes(32))

    def matches(self, password: bytes) -> bool:
        """Whether ``password`` is the one, compared in constant time."""
        mine = Verifier.of(password.decode(errors="replace"), self.salt)
        return secrets.compare_digest(mine.digest, self.digest)


class Challenge:
    """One login in progress: the server's half of the session key."""

    def __init__(self, verifier: Verifier):
        self._verifier = verifier
        self._half = secrets.token_bytes(32)
        self._session_salt = secrets.token_bytes(16)
        self._key = b""

    def parameters(self) -> tuple[dict[str, str], dict[str, int]]:
        """What the client gets in the first round: values, and the flags that carry the verifier's type."""
        return {
            "AUTH_SESSKEY": _encrypt(self._verifier.digest, self._half).hex().upper(),
            "AUTH_VFR_DATA": self._verifier.salt.hex().upper(),
            "AUTH_PBKDF2_CSK_SALT": self._session_salt.hex().upper(),
            "AUTH_PBKDF2_VGEN_COUNT": str(_VERIFIER_ROUNDS),
            "AUTH_PBKDF2_SDER_COUNT": str(_SESSION_ROUNDS),
        }, {"AUTH_VFR_DATA": _VERIFIER_TYPE}

    def proves(self, answer: dict[str, bytes]) -> bool:
        """Whether the client's second round holds the right password."""
        try:
            half = _decrypt(self._verifier.digest, bytes.fromhex(answer["AUTH_SESSKEY"].decode()))
            shared = (half[:32] + self._half).hex().upper().encode()
            self._key = hashlib.pbkdf2_hmac("sha512", shared, self._session_salt, _SESSION_ROUNDS, 32)
            padded = _decrypt(self._key, bytes.fromhex(answer["AUTH_PASSWORD"].decode()))
        except (KeyError, ValueError):
            return False
        return bool(padded) and self._verifier.matches(padded[16 : -padded[-1]])

    def response(self) -> str:
        """The server's own proof: only who knew the verifier can have made the key."""
        return _encrypt(self._key, secrets.token_bytes(16) + b"SERVER_TO_CLIENT").hex().upper()


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(bytes(16)))


def _encrypt(key: bytes, data: bytes) -> bytes:
    encryptor = _cipher(key).encryptor()
    return encryptor.update(data) + encryptor.finalize()


def _decrypt(key: bytes, data: bytes) -> bytes:
    decryptor = _cipher(key).decryptor()
    return decryptor.update(data) + decryptor.finalize()
